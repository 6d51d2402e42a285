import HostAccess
public import Topology

/// New virtual functions that will be one group, as the kernel's rules have it.
public struct Newcomers: Hashable, Sendable {
  /// The new functions, by address. Where nobody could read where they will be, there are only so many.
  public var functions: [Address]
  /// Whether their addresses are those that they will have.
  public var isPlaced: Bool
  /// Whom else they will be together with, by address.
  public var others: [Address]
  /// Whether everything that decides about it is known.
  public var isCertain: Bool
}

extension Plan {
  /// Works out which groups the virtual functions that it makes will be in. `ports` is what the kernel looks at,
  /// `virtual` where physical functions have their virtual ones, where that was read.
  public mutating func foresee(
    in inventory: Inventory, _ ports: [PortFacts], virtual: [Address: Known<SRIOV>] = [:]
  ) {
    guard intent.verb == .virtualFunctions, let count = intent.count, count > 0 else { return }
    newcomers = touched.flatMap { physical -> [Newcomers] in
      var paper = WhatIf(inventory, ports, virtual: virtual)
      guard (try? paper.apply(.virtualFunctions(physical, count))) != nil else { return [] }
      let outcomes = paper.outcomes()
      let then = paper.machine(outcomes)
      let mine = Set(then.functions.filter { $0.physicalFunction == physical }.map(\.address))
      return outcomes.compactMap { outcome in
        let functions = outcome.members.filter { mine.contains($0) }
        guard !functions.isEmpty else { return nil }
        return Newcomers(
          functions: functions, isPlaced: (virtual[physical]?.value?.offset ?? 0) > 0,
          others: outcome.members.filter { !mine.contains($0) }, isCertain: outcome.isCertain)
      }
    }
  }

  /// The functions that lose their drivers or go: what they carry is what the plan costs. A physical function stays
  /// with its driver when the number of its virtual ones changes; those that there are go.
  public func losing(in inventory: Inventory) -> [Address] {
    var found: [Address] = []
    for effect in steps.map(\.effect) {
      var more: [Address] = []
      switch effect {
      case .setVirtualFunctions: more = Plan.Step.leaving(effect, in: inventory)
      default: more = [effect.address].compactMap(\.self)
      }
      found += more.filter { !found.contains($0) }
    }
    return found
  }

  /// The virtual functions that go. Where others come in their places they go all the same: the kernel makes every one
  /// anew (drivers/pci/iov.c `sriov_disable`, `sriov_enable`).
  func leaving(in inventory: Inventory) -> Set<Address> { Plan.Step.leaving(steps, in: inventory) }

  /// The new virtual functions that will be in groups that are there already, as far as that was worked out. Who takes
  /// them is known before only where nobody may.
  func joining(_ inventory: Inventory) -> [Function] {
    let leaving = leaving(in: inventory)
    return newcomers.flatMap { group -> [Function] in
      guard let id = group.others.compactMap({ inventory.group(of: $0)?.id }).first else { return [] }
      let free = group.functions.filter { inventory[$0] == nil || leaving.contains($0) }
      return free.map { address in
        var function = Function(
          address: address, parent: .root(""), identity: .unknown(.notRead), group: .value(id))
        if touched.allSatisfy({ inventory[$0]?.details?.virtualFunctions.value?.probes == .value(false) }) {
          function.driver = .absent
        }
        return function
      }
    }
  }

  /// What becomes of virtual functions, in sentences: those that go, the groups of those that come, and who will
  /// drive them.
  func virtualFunctions(_ inventory: Inventory, _ names: Naming) -> [String] {
    guard intent.verb == .virtualFunctions else { return [] }
    var lines: [String] = []
    let going = leaving(in: inventory).sorted()
    let isAgain = !going.isEmpty && intent.count != 0
    if !going.isEmpty {
      let who = going.prefix(8).map { address in
        "\(address.short) (\(inventory[address]?.driver.value.map { Clean.visible($0) } ?? "no driver"))"
      }
      let rest = going.count > 8 ? ["\(going.count - 8) more"] : []
      let why = isAgain ? " first: from one number to another leads over 0" : ""
      lines.append("\(names.list(who + rest)) \(going.count == 1 ? "goes" : "go")\(why)")
    }
    guard let count = intent.count, count > 0, !steps.isEmpty else { return lines }
    return lines + groupsOfNewcomers(names).map { isAgain ? "then " + $0 : $0 }
      + touched.map { probing($0, inventory, names) }
  }

  private func groupsOfNewcomers(_ names: Naming) -> [String] {
    let alone = newcomers.filter { $0.functions.count == 1 && $0.others.isEmpty }
    var lines: [String] = []
    func doubt(_ isCertain: Bool) -> String {
      isCertain ? "" : ", as far as it can be told: registers that decide were not read"
    }
    if let first = alone.first, let last = alone.last {
      let isPlaced = alone.allSatisfy(\.isPlaced)
      let who =
        !isPlaced
        ? (alone.count == 1 ? "a new one" : "the \(alone.count) new ones")
        : alone.count == 1
          ? first.functions[0].short : "\(first.functions[0].short) to \(last.functions[0].short)"
      let verb = alone.count == 1 ? "gets a group of its own" : "get a group each"
      lines.append("\(who) \(verb)\(doubt(alone.allSatisfy(\.isCertain)))")
    }
    for group in newcomers where group.functions.count > 1 || !group.others.isEmpty {
      let number = group.functions.count == 1 ? "a new one" : "\(group.functions.count) new ones"
      let who = group.isPlaced ? names.list(group.functions.map(\.short)) : number
      let with = group.others.isEmpty ? "" : ", with \(names.list(group.others.prefix(6).map { names[$0] }))"
      lines.append("\(who) \(group.functions.count == 1 ? "is" : "are") in one group\(with)\(doubt(group.isCertain))")
    }
    return lines
  }

  /// drivers/pci/iov.c `pci_iov_add_virtfn`, drivers/pci/pci-driver.c `pci_device_can_probe`.
  private func probing(_ physical: Address, _ inventory: Inventory, _ names: Naming) -> String {
    let knob = "/sys/bus/pci/devices/\(physical)/sriov_drivers_autoprobe"
    switch inventory[physical]?.details?.virtualFunctions.value?.probes {
    case .value(true)?:
      return "host drivers that match take them as they appear (sriov_drivers_autoprobe is 1); with 0 in \(knob) "
        + "before, they stay without"
    case .value(false)?: return "they stay without a driver: sriov_drivers_autoprobe is 0"
    default: return "host drivers that match take them as they appear, unless 0 is in \(knob)"
    }
  }
}

extension Plan.Step {
  /// The virtual functions that go with one effect: all there are, for a count is only ever changed over 0.
  static func leaving(_ effect: Effect, in inventory: Inventory) -> [Address] {
    guard case .setVirtualFunctions(let physical, 0) = effect else { return [] }
    return inventory.functions.filter { $0.physicalFunction == physical }.map(\.address)
  }

  /// Those that go with any of some steps.
  static func leaving(_ steps: [Plan.Step], in inventory: Inventory) -> Set<Address> {
    Set(steps.flatMap { leaving($0.effect, in: inventory) })
  }
}
