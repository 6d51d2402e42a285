import Assignment
public import Ownership
public import Topology

extension Sentences {
  /// What to do next: what to know first as `# …` comments, then commands, so that the whole can be pasted.
  public static func next(_ verdict: Verdict, of group: Group, in inventory: Inventory) -> [String] {
    let known = advice(verdict, of: group, in: inventory) + consequences(verdict, in: inventory)
    return known.map { "# " + $0 } + commands(verdict, of: group, in: inventory)
  }

  /// What no command of ours settles, and what is already there.
  public static func advice(
    _ verdict: Verdict, of group: Group, in inventory: Inventory, addresses: Addresses = .full
  ) -> [String] {
    var lines: [String] = []
    for blocker in verdict.blockers {
      switch blocker {
      case .driver: break
      case .otherDriver(let device, let driver):
        lines.append(
          "\(Clean.visible(device)) is no PCI device: take \(Clean.visible(driver)) off it below /sys/bus by hand.")
      case .directRegion(let region):
        lines.append(
          "The mapping at \(region.range) comes from firmware (RMRR, IVMD): only a firmware setting can lift it.")
      case .holder(let holder): lines.append("The group is free once \(who(holder)) has ended or closed it.")
      }
    }
    if let refusal = Refusal.domain(in: verdict, of: group, in: inventory) {
      lines += [refusal.sentence()] + refusal.next()
    }
    for why in Set(verdict.unknowns.map(\.why)) { if let remedy = remedy(for: why) { lines.append(remedy) } }
    if verdict.state == .viable, hasVFIO(verdict) { lines.append(ready(group)) }
    return lines
  }

  /// What leaves the host with the drivers that block, so that nobody is surprised. `isReading` where details are
  /// still on their way, so that their absence is no news.
  public static func consequences(
    _ verdict: Verdict, in inventory: Inventory, addresses: Addresses = .full, isReading: Bool = false
  ) -> [String] {
    blocking(verdict, in: inventory).compactMap { function in
      let address = addresses.text(function.address)
      if isReading, function.details == nil { return nil }
      guard let carried = carried(by: function) else {
        return "What hangs on \(address) was not read: check its disks and interfaces before releasing it."
      }
      return carried.isEmpty ? nil : "Releasing \(address) takes \(list(carried)) away from the host."
    }
  }

  /// Shell commands that free the group for a new owner; they need root. None where no command of ours can.
  public static func commands(_ verdict: Verdict, of group: Group, in inventory: Inventory) -> [String] {
    let isOursToFree = verdict.blockers.allSatisfy { if case .driver = $0 { true } else { false } }
    guard isOursToFree, !steps(verdict, of: group, in: inventory).isEmpty else { return [] }
    let first = parents(verdict, in: inventory).map { "sudo viable vfs \($0.address) 0" }
    return first + ["sudo viable assign group:\(group.id)"]
  }

  /// Physical functions that block while virtual ones of theirs are there: no vfio driver takes them so
  /// (drivers/vfio/pci/vfio_pci_core.c `vfio_pci_core_register_device`).
  private static func parents(_ verdict: Verdict, in inventory: Inventory) -> [Function] {
    let blocking = blocking(verdict, in: inventory)
    guard !blocking.isEmpty else { return [] }
    let physical = Set(inventory.functions.compactMap(\.physicalFunction))
    return blocking.filter { function in
      physical.contains(function.address) || function.details?.virtualFunctions.value?.enabled.value ?? 0 > 0
    }
  }

  /// What the command does, in words.
  public static func steps(
    _ verdict: Verdict, of group: Group, in inventory: Inventory, addresses: Addresses = .full
  ) -> [String] {
    if verdict.state == .viable {
      guard !hasVFIO(verdict) else { return [] }
      let free = group.members.compactMap { inventory[$0] }.filter { !isBridge($0) && $0.driver == .absent }
      return free.isEmpty ? [] : ["bind vfio-pci to \(list(free.map { addresses.text($0.address) }))"]
    }
    guard verdict.state != .owned, Refusal.domain(in: verdict, of: group, in: inventory) == nil else { return [] }
    let parents = Set(parents(verdict, in: inventory).map(\.address))
    // Virtual functions go with the count of their physical one.
    let staying = blocking(verdict, in: inventory).filter { !($0.physicalFunction.map(parents.contains) ?? false) }
    return parents.sorted().map { "remove the virtual functions of \(addresses.text($0))" }
      + staying.map { function in
        let driver = function.driver.value.map { Clean.visible($0) } ?? "its driver"
        let release = "take \(driver) off \(addresses.text(function.address))"
        return isBridge(function) ? release + " and leave it so" : release + ", then bind vfio-pci to it"
      }
  }

  /// `disks sda and sdb`, `interface eth0`; nil when they were not read.
  static func carried(by function: Function) -> [String]? {
    guard let details = function.details else { return nil }
    if details.disks.ignorance != nil || details.interfaces.ignorance != nil { return nil }
    return [("disk", details.disks.value), ("interface", details.interfaces.value)].compactMap { noun, names in
      guard let names, !names.isEmpty else { return nil }
      return (names.count == 1 ? noun : noun + "s") + " " + list(names.map { Clean.visible($0) })
    }
  }

  /// Whether it is a bridge that assigning never binds.
  static func isBridge(_ function: Function) -> Bool {
    function.leadsToABus || function.identity.value?.classCode.isHostBridge ?? false
  }

  /// How to come to know a driver.
  private static func remedy(for why: Ignorance) -> String? {
    switch why {
    case .needsRoot: "Run viable as root to know every driver."
    case .deviceBusy: "Something holds the device's lock: look again in a moment."
    case .notRecorded: "The image lacks it: a new snapshot of that machine would tell."
    case .notRead, .suspended, .refused, .malformed: nil
    }
  }

  private static func blocking(_ verdict: Verdict, in inventory: Inventory) -> [Function] {
    verdict.blockers.compactMap { if case .driver(let address, _) = $0 { inventory[address] } else { nil } }
  }

  static func hasVFIO(_ verdict: Verdict) -> Bool { verdict.devices.contains { $0.state == .vfio } }

  private static func ready(_ group: Group) -> String {
    guard let node = group.details?.node.value else { return "Ready: open /dev/vfio/\(group.id)." }
    return "Ready: open \(Clean.visible(node.path)) (\(node.access))."
  }
}

extension Sentences {
  /// Said of a group that could be taken, as far as somebody without root's eyes can see.
  public static func holdersUnknown(_ group: GroupID) -> String {
    "Whether somebody has it open is known to root only: sudo viable check group:\(group)"
  }

  /// What the commands are for.
  static func intention(_ verdict: Verdict) -> String {
    switch verdict.state {
    case .viable: "To hand it out:"
    case .blocked: "To free the group:"
    case .hostOwned, .owned, .unknown: "To take it from the host:"
    }
  }

  /// What a reserved region is for.
  static func region(_ kind: ReservedRegion.Kind) -> String {
    switch kind {
    case .direct: "fixed firmware mapping (direct): keeps the group from every owner"
    case .directRelaxable: "firmware mapping that may be dropped (direct-relaxable)"
    case .reserved: "reserved, not for DMA"
    case .msi: "interrupts (msi)"
    }
  }
}
