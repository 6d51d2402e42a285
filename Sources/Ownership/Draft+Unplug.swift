import Topology

/// Leaving: a device goes with everything below it, the farthest first and one after the other
/// (drivers/pci/remove.c `pci_stop_bus_device`). Whoever is in use holds up those that come after it.
extension Draft {
  mutating func unplug(_ address: Address) throws(Denial) -> Outcome {
    guard world[address] != nil else { throw Denial(.enodev, .noDevice, [Culprit(address)]) }
    let whole = world.subtree(of: address)
    for (place, next) in whole.enumerated() {
      guard isOpen(next) else {
        remove(next)
        continue
      }
      let rest = whole[place...]
      if rest.count > 1 { world.ledger.waiting += rest.filter { !world.ledger.waiting.contains($0) } }
      return leave(next, .unplug)
    }
    return .success(.nothing)
  }

  /// Whoever waited for what comes before it goes as soon as that has gone. What was plugged in meanwhile goes along.
  mutating func goOnLeaving() {
    while let next = world.ledger.waiting.first, !world.ledger.isStopped {
      guard world.ledger.leaving[next] == nil else { return }
      let newcomers = world.subtree(of: next).filter { !world.ledger.waiting.contains($0) }
      if !newcomers.isEmpty {
        world.ledger.waiting.insert(contentsOf: newcomers, at: 0)
      } else if isOpen(next) {
        ask(next, .unplug)
      } else {
        remove(next)
      }
    }
  }

  mutating func remove(_ address: Address) {
    if let device = world[address] { takeDriver(from: device) }
    world.remove(address)
    world.ledger.waiting.removeAll { $0 == address }
    consequences.append(.gone(address))
  }
}

extension World {
  /// A device and all below it, the farthest first. In an image bridges may hang below each other.
  func subtree(of address: Address) -> [Address] {
    let below = Dictionary(grouping: devices, by: \.bridge).mapValues { $0.map(\.address) }
    var found = [address]
    var place = 0
    while place < found.count {
      found += (below[found[place]] ?? []).filter { !found.contains($0) }
      place += 1
    }
    return found.reversed()
  }
}
