extension WhatIf {
  /// A device gone; or a bridge or switch, with what was below it in its place.
  mutating func remove(_ device: Address) throws(WhatIfError) {
    let place = try place(of: device)
    guard let facts = ports[place] else { return }
    if let physical = inventory[device]?.physicalFunction ?? born[device] {
      throw .impossible(
        "\(device.short) is a virtual function of \(physical.short) and is not taken out by itself: ask "
          + "vfs=N@\(physical.short), with N as many as stay")
    }
    try checkPart(place, called: device)
    noteBoard(place, called: device)
    guard facts.leadsToABus else { return take(everything(with: place)) }
    // A switch is one thing: its downstream ports go with the upstream one.
    let isPart = { (port: PortFacts) in port.parent.function == place && port.type == .express(6) }
    let parts = facts.type == .express(5) ? ports.values.filter(isPart).map(\.address) : []
    let inside = Set(parts + [place])
    let children = ports.values.filter {
      $0.parent.function.map(inside.contains) ?? false && !inside.contains($0.address)
    }
    take([place] + parts)
    settle(children.map(\.address).sorted(), in: facts.parent)
  }

  private mutating func take(_ places: [Address]) {
    for place in places {
      ports[place] = nil
      gone.insert(names[place] ?? place)
    }
  }

  /// Every card has a slot of its own now, the first that of the bridge.
  private mutating func settle(_ children: [Address], in parent: Parent) {
    let above = parent.function.flatMap { ports[$0] }
    // Virtual functions go with theirs.
    let cards = children.filter { inventory[names[$0] ?? $0]?.physicalFunction == nil }
    for place in Set(children).subtracting(cards) { ports[place]?.parent = parent }
    for slot in Set(cards.map { $0.packed >> 3 }).sorted() {
      guard let first = cards.first(where: { $0.packed >> 3 == slot }) else { continue }
      let domain = newBus()
      for old in cards where old.packed >> 3 == slot {
        guard var card = ports.removeValue(forKey: old) else { continue }
        card.address = Address(domain: domain, bus: 0, device: 0, function: old.function)
        card.parent = parent
        if let above { fit(&card, below: above, called: names[old] ?? old) }
        for below in ports.values where below.parent.function == old {
          ports[below.address]?.parent = .function(card.address)
        }
        ports[card.address] = card
        names[card.address] = names.removeValue(forKey: old) ?? old
      }
      if slot != (cards.first.map { $0.packed >> 3 }) {
        notes.append("\((names[first] ?? first).short) needs a slot of its own, like that of the bridge.")
      }
    }
  }
}
