import Topology

/// A port on the way up whose ACS is not switched on.
extension Witness {
  func acsOff(_ reason: TieReason, _ group: TiedGroup) -> Why {
    let port = reason.at
    let kind = portNoun(port) ?? "port"
    let missing = facts(port)?.leak.flatMap { leak in
      if case .acsOff(let missing) = leak { Self.flags(missing) } else { nil }
    }
    let isPartly = facts(port)?.acs.map { $0.control & ACS.required != 0 } ?? false
    var why = Why(
      reason,
      "\(below(reason, kind)) because ACS of \(port.short) is \(isPartly ? "only partly" : "not") switched on"
        + (missing.map { " (\($0) missing)" } ?? "")
        + ": it may turn a device's traffic back towards another one, past the IOMMU.")
    why.evidence = acsEvidence(port)
    if let option = option(at: port, group) {
      why.evidence.append("the kernel's command line has \(option)")
      why.splits = ["Boot without \(option)."]
    } else {
      why.splits = [
        "Boot with the IOMMU on (intel_iommu=on on Intel machines): the kernel then switches ACS on.",
        "Look for an ACS setting in the firmware.",
      ]
    }
    why.splits.append("Then reboot, or remove the devices below the port and rescan: groups are made once.")
    why.keeps = ["Writing the register with setpci changes the hardware, but not a group that is made already."]
    why.risk = Self.peers
    return why
  }

  /// The option that keeps ACS off at a port.
  private func option(at port: Address, _ group: TiedGroup) -> String? {
    if case .commandLine(let option)? = group.cause { return Clean.visible(option) }
    guard let line = inventory.host.commandLine.value else { return nil }
    let options = KernelCommandLine(line).acs.options(for: port, in: inventory)
    return options.first.map { "pci=" + Clean.visible($0.text) }
  }
}
