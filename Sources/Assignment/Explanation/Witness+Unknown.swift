import Topology

/// What decides was not read.
extension Witness {
  func unknown(_ reason: TieReason, _ group: TiedGroup) -> Why {
    let about = reason.at
    let gap = gap(of: about)
    let why = gap.map { " (\($0))" } ?? ""
    let question =
      reason.binds.count == 1
      ? "Whether anything ties \(name(reason.binds[0])) to others" : "Why \(list(reason.binds)) are one group"
    var said = Why(
      reason,
      "\(question) is unknown\(why): the registers of \(about.short) decide, and they could not be read." + hint(reason)
    )
    if gap == .notRecorded, facts(about)?.quirkSource?.verdict == .asWideRegistersSay {
      said.evidence.append(
        "\(about.short) has its ACS Control 8 bytes into the capability (drivers/pci/quirks.c pci_quirk_intel_spt_pch_acs), "
          + "where lspci does not look: an image made from its text lacks it")
    }
    if gap == .needsRoot {
      said.evidence = ["bytes from 64 on are shown to root alone (CAP_SYS_ADMIN)"]
    }
    if inventory.host.commandLine.value?.contains("pcie_acs_override=") == true {
      said.evidence.append(
        "pcie_acs_override is on the kernel's command line: isolation may be asserted and not provided")
    }
    return said
  }

  /// Why something that decides is not known.
  func gap(of address: Address) -> Ignorance? {
    guard let gaps = facts(address)?.gaps else { return nil }
    return PortFact.allCases.lazy.compactMap { gaps[$0] }.first
  }

  /// What can be said all the same.
  private func hint(_ reason: TieReason) -> String {
    guard reason.binds.count > 1 else { return "" }
    let slots = Set(reason.binds.map { $0.packed >> 3 })
    if slots.count == 1 { return " They are functions of one device." }
    let others = bound(reason)
    guard others.allSatisfy({ above($0).contains(reason.at) }) else { return "" }
    return others.count == 1 ? " The other is below it." : " The others are below it."
  }
}
