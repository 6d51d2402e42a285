import HostAccess
import Ownership
import Topology

extension Handover {
  /// Markdown for a bug report: facts of hardware and kernel, nothing of whose machine it is. No host name, no disks
  /// or interfaces (whose names may hold a MAC), no mount points, no users, no processes, no serial numbers.
  func report() -> [String] {
    let host = inventory.host
    var lines = ["# PCI passthrough: \(isWhole ? "the whole machine" : title)", ""]
    lines += [
      "- seen on: \(origin)", "- kernel: \(Self.said(host.kernelRelease))", "- IOMMU: \(iommu)",
      "- options: \(options)",
      "- \(count(inventory.functions.count, "function")) in \(count(inventory.groups.count, "group"))"
        + (isWhole ? "" : " on the whole machine"),
    ]
    for capability in capabilities where Self.telling.contains(capability.subject) {
      lines.append("- \(capability.subject.rawValue): \(capability.status.rawValue)")
    }
    let notes = Notes(self)
    for verdict in verdicts { lines += section(verdict, notes) }
    for address in ungrouped { lines += ["", "## \(call(address))", "", "In no IOMMU group."] + table([address]) }
    if isWhole { lines += loose }
    return lines
  }

  private static let telling: Set<Capability.Subject> = [
    .interruptRemapping, .vfioDriver, .container, .iommufd, .deviceNodes, .unsafeInterrupts,
  ]

  private var iommu: String {
    let names = inventory.host.iommus.map { Clean.visible($0) }
    let most = names.count > 4 ? ["\(names[0]) and \(names.count - 1) more"] : names
    return inventory.host.iommu.rawValue + (most.isEmpty ? "" : " (\(most.joined(separator: ", ")))")
  }

  /// Options that concern groups and drivers; the rest of the command line is nobody's business.
  private var options: String {
    guard let line = inventory.host.commandLine.value else { return Self.said(inventory.host.commandLine) }
    let prefixes = [
      "intel_iommu", "amd_iommu", "iommu", "arm-smmu", "vfio", "pci=", "pcie_", "modprobe.blacklist",
      "module_blacklist", "video=", "kvm",
    ]
    let told = KernelCommandLine(line).options.map(\.text).filter { text in prefixes.contains { text.hasPrefix($0) } }
    return told.isEmpty ? "none that concern passthrough" : told.map { Self.code($0) }.joined(separator: " ")
  }

  /// Of the whole machine, what is in no group.
  private var loose: [String] {
    let loose = inventory.functions.map(\.address).filter { inventory.group(of: $0) == nil }
    if inventory.functions.isEmpty { return ["", "No PCI devices."] }
    return loose.isEmpty ? [] : ["", "## In no IOMMU group"] + table(loose)
  }

  /// What is worked out once for all groups.
  private struct Notes {
    let parents: [GroupID?: [Parent]]
    /// Nothing for a whole machine, whose groups do without.
    let resets: [Caveat]

    init(_ handover: Handover) {
      parents = Dictionary(grouping: handover.parents(), by: \.group)
      resets = handover.isWhole ? [] : handover.traits.filter { $0.kind == .reset }
    }
  }

  private func section(_ verdict: Verdict, _ notes: Notes) -> [String] {
    guard let group = inventory[verdict.group] else { return [] }
    var lines = ["", "## Group \(group.id): \(verdict.state.heading)", ""]
    lines += blockers(verdict).map { "- \($0)" }
    lines += (notes.parents[group.id] ?? []).map { "- \(caveat($0).text)" }
    lines += table(group.members, states: verdict.devices)
    for other in group.others { lines.append("- \(Self.text(other.name)), no PCI device") }
    if let explained = explained[group.id] { lines += reasons(explained) }
    if isWhole { return lines }
    let members = Set(group.members)
    let resets = notes.resets.filter { $0.address.map(members.contains) ?? true }
    if !resets.isEmpty { lines += ["", "### Resets", ""] + resets.map { "- \(Self.text($0.text))" } }
    let registers = group.members.map { "- \(call($0)): \(facts($0))" }
    return lines + ["", "### Registers", ""] + registers
  }

  private func blockers(_ verdict: Verdict) -> [String] {
    verdict.blockers.map { blocker in
      switch blocker {
      case .driver(let address, let driver): "\(call(address)) is driven by \(Self.code(driver))"
      case .otherDriver(let device, let driver): "\(Self.text(device)) is driven by \(Self.code(driver))"
      case .directRegion(let region):
        "firmware demands 0x\(Hex.text(region.first, atLeast: 1)) to 0x\(Hex.text(region.last, atLeast: 1)) (direct)"
      case .holder: "a process has it open"
      }
    }
  }

  private func table(_ members: [Address], states: [Verdict.Device] = []) -> [String] {
    guard !members.isEmpty else { return [] }
    let states = Dictionary(states.map { ($0.address, $0.state) }) { first, _ in first }
    let rows = members.map { address -> String in
      guard let function = inventory[address] else { return "| \(address) | gone | | | |" }
      let identity = function.identity.value
      let ids = identity.map { identity in
        identity.ids + (identity.subsystemVendor == 0 ? "" : " (\(Self.subsystem(identity)))")
      }
      let name = identity.flatMap { inventory.names.device(of: $0) }
      let state = states[address]?.rawValue ?? ""
      let aim = function.driverOverride.value.map { ", override \(Self.code($0))" } ?? ""
      return "| \(address) | \(Self.text([Self.noun(function), name].compactMap(\.self).joined(separator: ": "))) "
        + "| \(ids ?? "unknown") | \(Self.text(Self.driver(function)))\(aim) | \(state) |"
    }
    return ["", "| address | device | ids | driver | state |", "| --- | --- | --- | --- | --- |"] + rows
  }

  private static func subsystem(_ identity: Identity) -> String {
    Hex.text(identity.subsystemVendor, atLeast: 4) + ":" + Hex.text(identity.subsystemDevice, atLeast: 4)
  }

  private func reasons(_ explained: Explained) -> [String] {
    var lines = ["", "### Why it is one group", ""]
    for why in explained.whys {
      lines.append("- \(Self.text(why.sentence))")
      lines += why.evidence.map { "  - \(Self.code($0))" }
      lines += why.splits.map { "  - would split it: \(Self.text($0))" }
    }
    switch (explained.group.agrees, explained.group.cause) {
    case (true?, _): lines.append("- the kernel's rules, applied to these registers, come to the same group")
    case (false?, nil): lines.append("- the kernel's rules, applied to these registers, come to another group")
    case (false?, _): lines.append("- the kernel's rules come to this group only for the cause that is named")
    case (nil, _): lines.append("- what the kernel's rules come to cannot be told")
    }
    return lines
  }

  /// What was decoded of a function's configuration space, in a line.
  private func facts(_ address: Address) -> String {
    guard let space = configs[address]?.value else {
      return "not read" + (configs[address]?.ignorance.map { " (\($0))" } ?? "")
    }
    var facts = [Self.said(space.port.map { $0.words })]
    facts.append("function-level reset: \(Self.yes(space.hasFunctionLevelReset))")
    facts.append("loses its state in D3hot: \(Self.yes(space.keepsStateInD3.map { !$0 }))")
    switch space.acs {
    case .value(let acs):
      facts.append("ACS capability \(Witness.flags(acs.capability)), on: \(Witness.flags(acs.control))")
    case .absent: facts.append("no ACS")
    case .unknown(let why): facts.append("ACS unknown (\(why))")
    }
    if case .value(let sriov) = space.sriov {
      facts.append("SR-IOV: \(sriov.number) of \(sriov.total) virtual functions")
    }
    return facts.joined(separator: "; ")
  }

  private static func yes(_ fact: Known<Bool>) -> String {
    fact == .absent ? "no" : said(fact.map { $0 ? "yes" : "no" })
  }

  private static func said(_ fact: Known<String>) -> String {
    switch fact {
    case .value(let value): text(value)
    case .absent: "none"
    case .unknown(let why): "unknown (\(why))"
    }
  }

  private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// Text in a table or list: nothing in it is taken for Markdown.
  private static func text(_ text: String) -> String {
    Clean.visible(text).reduce(into: "") { result, character in
      if "\\`*_<>|[]#&".contains(character) { result.append("\\") }
      result.append(character)
    }
  }

  private static func code(_ text: String) -> String {
    "`" + Clean.visible(text).map { $0 == "`" ? "'" : $0 }.map(String.init).joined() + "`"
  }
}

extension PortType {
  /// `PCI Express root port`.
  fileprivate var words: String {
    switch self {
    case .conventional: "conventional PCI"
    case .express(0): "PCI Express endpoint"
    case .express(1): "legacy PCI Express endpoint"
    case .express(4): "PCI Express root port"
    case .express(5): "upstream port of a switch"
    case .express(6): "downstream port of a switch"
    case .express(7): "PCI Express to PCI bridge"
    case .express(8): "PCI to PCI Express bridge"
    case .express(9): "root complex integrated endpoint"
    case .express(10): "root complex event collector"
    case .express(let number): "PCI Express, type \(number)"
    }
  }
}

extension GroupState {
  /// The state as a heading says it.
  var heading: String {
    switch self {
    case .viable: "viable"
    case .blocked: "NOT VIABLE"
    case .hostOwned: "host-owned"
    case .owned: "owned"
    case .unknown: "unknown"
    }
  }
}
