import Topology

/// A port on the way up whose ACS is not switched on.
extension Witness {
  func acsOff(_ reason: TieReason, _ group: TiedGroup) -> Why {
    let port = reason.at
    let kind = portNoun(port) ?? "port"
    let today = facts(port)?.acs
    let then = registers(of: port, group)
    let missing = then.flatMap { $0.isolates ? nil : Self.flags($0.missing) }
    let isPartly = then.map { $0.control & ACS.required != 0 } ?? false
    let isPast = today?.isolates == true
    var why = Why(
      reason,
      "\(below(reason, kind)) because ACS of \(port.short) \(isPast ? "was" : "is") "
        + "\(isPartly ? "only partly" : "not") switched on"
        + (isPast ? " when the groups were made" : "")
        + (missing.map { " (\($0) missing)" } ?? "")
        + ": it may turn a device's traffic back towards another one, past the IOMMU.")
    why.evidence = acsEvidence(port)
    if isPast {
      why.evidence.append(
        "ACS of \(port.short) is on today; groups are made once, and not made anew for it")
    }
    if let option = option(at: port, group) {
      why.evidence.append("the kernel's command line has \(option)")
      why.splits = ["Boot without \(option)."]
    } else if inventory.host.iommu == .on {
      why.splits = [
        "Find out what keeps it off: the IOMMU is on, and so the kernel asks every port for ACS as it finds it. Either this "
          + "kernel did not ask, or something switched it off before the groups were made: look at 'lspci -vvs "
          + "\(port.short)' right after boot, for ACS settings in the firmware, and for setpci in boot scripts."
      ]
    } else {
      why.splits = [
        "Boot with the IOMMU on (intel_iommu=on on Intel machines): the kernel then switches ACS on.",
        "Look for an ACS setting in the firmware.",
      ]
    }
    why.splits.append(
      "Then reboot, or remove the devices below the port and rescan: groups are made once.")
    why.keeps = [
      "Writing the register with setpci changes the hardware, but not a group that is made already."
    ]
    why.keeps += pretences([port])
    why.risk = Self.peers
    return why
  }

  /// The registers as they were when the groups were made, as far as the command line tells.
  private func registers(of port: Address, _ group: TiedGroup) -> ACS? {
    guard var acs = facts(port)?.acs else { return nil }
    guard case .commandLine? = group.cause, let line = inventory.host.commandLine.value else {
      return acs
    }
    for option in KernelCommandLine(line).acs.options(for: port, in: inventory) {
      acs.control = option.applied(to: acs.control)
    }
    return acs
  }

  /// The option that keeps ACS off at a port.
  private func option(at port: Address, _ group: TiedGroup) -> String? {
    if case .commandLine(let option)? = group.cause { return Clean.visible(option) }
    guard let line = inventory.host.commandLine.value else { return nil }
    let options = KernelCommandLine(line).acs.options(for: port, in: inventory)
    return options.first.map { "pci=" + Clean.visible($0.text) }
  }
}
