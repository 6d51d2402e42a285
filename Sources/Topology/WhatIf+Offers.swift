extension WhatIf {
  /// A change that one may think of at a device.
  public struct Offer: Hashable, Sendable {
    /// Which.
    public var change: Change
    /// Why it cannot be made, even on paper: a sentence; nil where it can.
    public var obstacle: String?
  }

  /// What can be changed about a device and what is above it, most promising first: another slot, ACS on the way up,
  /// bridges gone, virtual functions, the override, and every slot that there is. What cannot be made says why.
  public func offers(for device: Address) -> [Offer] {
    guard inventory[device] != nil, !gone.contains(device), let place = try? place(of: device) else { return [] }
    // A slot that is there on paper alone has no name that anybody could type.
    let path = [place] + bridges(above: place).filter { inventory[name(of: $0)] != nil }
    var changes: [Change] = isApart(device) ? [] : [.moveApart(device)]
    changes += path.flatMap { accessControl(at: $0, isDevice: $0 == place) }
    changes += path.dropFirst().filter { isRemovable($0) }.map { .remove(name(of: $0)) }
    if ports[place]?.leadsToABus != true || isRemovable(place) { changes.append(.remove(device)) }
    changes += virtualFunctions(of: inventory[device]?.physicalFunction ?? device)
    changes.append(.withoutOverride)
    return changes.map { Offer(change: $0, obstacle: obstacle(to: $0)) } + slots(for: device, at: place)
  }

  private func name(of place: Address) -> Address { names[place] ?? place }

  /// Whether the last move gave a device a slot of its own.
  private func isApart(_ device: Address) -> Bool {
    let moves = changes.filter { change in
      switch change {
      case .move(device, _), .moveApart(device): true
      default: false
      }
    }
    return moves.last == .moveApart(device)
  }

  private func obstacle(to change: Change) -> String? {
    var paper = self
    do throws(WhatIfError) {
      try paper.apply(change)
      return nil
    } catch {
      return error.description
    }
  }

  private func bridges(above place: Address) -> [Address] {
    var found: [Address] = []
    var next = ports[place]?.parent.function
    while let bridge = next, !found.contains(bridge), let facts = ports[bridge] {
      found.append(bridge)
      next = facts.parent.function
    }
    return found
  }

  /// The other position of a switch that decides something.
  private func accessControl(at place: Address, isDevice: Bool) -> [Change] {
    guard let facts = ports[place] else { return [] }
    let decides: Bool =
      switch facts.type {
      case .express(4), .express(6), .express(7), .express(8): true
      case .conventional: facts.leadsToABus
      case .express: isDevice && facts.isMultifunction
      }
    return decides ? [.acs(name(of: place), isOn: facts.isolation.value != true)] : []
  }

  private func isRemovable(_ place: Address) -> Bool {
    guard let facts = ports[place], facts.leadsToABus else { return false }
    return facts.type != .express(4) && facts.type != .express(6)
  }

  private func virtualFunctions(of physical: Address) -> [Change] {
    guard let place = try? place(of: physical), ports[place]?.leadsToABus == false else { return [] }
    let enabled = inventory.functions.count { $0.physicalFunction == physical }
    guard let total = virtual[physical]?.value.map({ Int($0.total) }) else {
      return [.virtualFunctions(physical, enabled + 1)]
    }
    let all: [Change] = total > enabled ? [.virtualFunctions(physical, total)] : []
    return all + (enabled > 0 ? [.virtualFunctions(physical, 0)] : [])
  }

  /// Every other slot, those that are free first.
  private func slots(for device: Address, at place: Address) -> [Offer] {
    if obstacle(to: .moveApart(device)) != nil { return [] }
    let moving = Set(everything(with: place))
    let below = Dictionary(grouping: ports.values) { $0.parent.function }
    let targets = ports.values.filter { port in
      port.leadsToABus && !moving.contains(port.address) && port.address != ports[place]?.parent.function
        && !gone.contains(name(of: port.address)) && port.type != .express(5)
        && inventory[name(of: port.address)] != nil
    }
    let offers = targets.map { port in
      let occupants = (below[port.address] ?? []).filter { !moving.contains($0.address) }.map { name(of: $0.address) }
      let obstacle = port.type.leadsToOneDevice ? occupants.min().map { "the slot is taken by \($0.short)" } : nil
      return Offer(change: .move(device, below: name(of: port.address)), obstacle: obstacle)
    }
    return offers.sorted { left, right in
      (left.obstacle == nil ? 0 : 1, left.change.description) < (
        right.obstacle == nil ? 0 : 1, right.change.description
      )
    }
  }
}
