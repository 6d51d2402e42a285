public import HostAccess
public import Ownership
public import Topology

extension Plan {
  /// The functions as they will be once every step is done.
  public var outcome: [Binding] {
    var found = Dictionary(assumptions.map { ($0.address, $0) }) { _, last in last }
    for step in steps {
      guard let address = step.effect.address else { continue }
      switch step.effect {
      case .setOverride(_, let driver): found[address]?.override = driver.map { .value($0) } ?? .absent
      case .unbind: found[address]?.driver = .absent
      case .probe(_, let driver): found[address]?.driver = driver.map { .value($0) } ?? .unknown(.notRead)
      case .setVirtualFunctions(_, let count): found[address]?.virtualFunctions = .value(count)
      case .loadModule, .writeFile, .setOwner: break
      }
    }
    return found.values.sorted { $0.address < $1.address }
  }

  /// What each group is worth once every step is done.
  public func verdicts(in inventory: Inventory, rules: RuleSet) -> [Verdict] {
    let after = Basis(
      inventory, bindings: [], journal: Journal(in: Entry.Session(boot: "", machine: "")),
      drivers: VFIODrivers(registered: [], aliases: .absent), rules: rules
    ).inventory(after: outcome, without: leaving(in: inventory), with: joining(inventory))
    return groups.compactMap { after[$0.id] }.map { Judge(rules: rules).verdict(on: $0, in: after) }
  }

  func after(_ inventory: Inventory, _ rules: RuleSet, _ names: Naming) -> [String] {
    let bound = outcome
    return verdicts(in: inventory, rules: rules).map { verdict in
      let blockers = verdict.blockers.map { Self.name($0, names) }
      let isVFIO = verdict.devices.contains { $0.state == .vfio || $0.state == .open }
      switch verdict.state {
      case .viable:
        let node =
          isVFIO ? "; /dev/vfio/\(verdict.group) may be opened by its owner" : "; no member is bound to a vfio driver"
        return "group \(verdict.group) is viable\(node)"
      case .blocked: return "group \(verdict.group) is blocked by \(names.list(blockers))"
      case .hostOwned: return "group \(verdict.group) belongs to the host: \(names.list(blockers))"
      case .owned: return "group \(verdict.group) is held by \(names.list(blockers))"
      case .unknown: return "what group \(verdict.group) is worth will be seen: a driver is not known before it binds"
      }
    }
      + steps.compactMap { step in
        guard case .probe(let address, nil) = step.effect else { return nil }
        return "which driver takes \(names[address]) is known only afterwards"
      }
      + virtualFunctions(inventory, names)
      + lasting(names)
      + bound.filter { $0.group.value == nil && touched.contains($0.address) }.map { binding in
        "\(names[binding.address]) is with \(binding.driver.value.map { Clean.visible($0) } ?? "no driver")"
      }
  }

  private func lasting(_ names: Naming) -> [String] {
    let kept = steps.compactMap { step -> Address? in
      guard case .writeFile(.assignment(let address, _), .some) = step.effect else { return nil }
      return address
    }
    let forgotten = steps.compactMap { step -> Address? in
      guard case .writeFile(.assignment(let address, _), nil) = step.effect else { return nil }
      return address
    }
    return
      (kept.isEmpty
      ? [] : ["\(names.list(kept.map { names[$0] })) \(kept.count == 1 ? "stays" : "stay") so over a reboot"])
      + (kept.isEmpty
        ? []
        : Self.unkept(outcome).map {
          "\(names[$0]) has no driver, and nothing keeps it without one: "
            + "what takes it at the next boot keeps the group from being viable"
        })
      + stored(names)
      + (forgotten.isEmpty ? [] : ["at the next boot the host has \(names.list(forgotten.map { names[$0] })) again"])
  }

  /// Who has no driver, though one may be made for it. Bridges have none, or the port driver.
  private static func unkept(_ bindings: [Binding]) -> [Address] {
    bindings.filter { $0.driver == .absent && $0.identity.value?.classCode.base != 0x06 }.map(\.address)
  }

  private static func name(_ blocker: Blocker, _ names: Naming) -> String {
    switch blocker {
    case .driver(let address, let driver): "\(names[address]) (\(Clean.visible(driver)))"
    case .otherDriver(let device, let driver): "\(Clean.visible(device)) (\(Clean.visible(driver)))"
    case .directRegion: "a region that firmware claims"
    case .holder(let holder): "\(Clean.visible(holder.command)) (process \(holder.process))"
    }
  }
}
