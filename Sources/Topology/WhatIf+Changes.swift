extension WhatIf {
  /// Where a function is on paper.
  func place(of address: Address) throws(WhatIfError) -> Address {
    if gone.contains(address) { throw .impossible("\(address.short) is gone already") }
    let place = names.first { $0.value == address }?.key ?? address
    guard ports[place] != nil else { throw .impossible("\(address.short) is not there") }
    return place
  }

  /// All functions of a device, and everything below them.
  func everything(with place: Address) -> [Address] {
    var found = Set(ports.keys.filter { $0.packed >> 3 == place.packed >> 3 })
    for function in inventory.functions {
      if let physical = function.physicalFunction, found.contains(physical) { found.insert(function.address) }
    }
    let below = Dictionary(grouping: ports.values) { $0.parent.function }
    var next = Array(found)
    while let above = next.popLast() {
      for child in below[above] ?? [] where found.insert(child.address).inserted { next.append(child.address) }
    }
    return found.sorted()
  }

  mutating func move(_ device: Address, below port: Address) throws(WhatIfError) {
    let (start, end) = (try place(of: device), try place(of: port))
    try checkMovable(start, called: device)
    let moving = everything(with: start)
    guard let target = ports[end], target.leadsToABus else {
      throw .impossible("\(port.short) is no port or bridge: nothing can be below it")
    }
    if target.type == .express(5), target.gaps[.type] == nil {
      throw .impossible("\(port.short) is the upstream port of a switch: a slot is below one of its downstream ports")
    }
    if moving.contains(end) { throw .impossible("\(port.short) would move with \(device.short)") }
    let occupants = ports.values.filter { $0.parent.function == end && !moving.contains($0.address) }
    if let occupant = occupants.min(by: { $0.address < $1.address }), target.type.leadsToOneDevice {
      throw .impossible(
        "the slot below \(port.short) is taken by \((names[occupant.address] ?? occupant.address).short); move that first"
      )
    }
    put(start, moving, below: target, beside: occupants.map(\.address))
  }

  mutating func moveApart(_ device: Address) throws(WhatIfError) {
    let start = try place(of: device)
    try checkMovable(start, called: device)
    let slot = PortFacts(
      address: Address(domain: newBus(), bus: 0, device: 0, function: 0), parent: .root("paper"), leadsToABus: true,
      type: .express(4), acs: ACS(capability: ACS.required, control: ACS.required))
    ports[slot.address] = slot
    gone.insert(slot.address)
    put(start, everything(with: start), below: slot, beside: [])
  }

  /// Virtual functions and the ports of a switch or of the board go nowhere by themselves.
  private mutating func checkMovable(_ place: Address, called name: Address) throws(WhatIfError) {
    if let physical = inventory[name]?.physicalFunction ?? born[name] {
      throw .impossible("\(name.short) is a virtual function of \(physical.short) and goes where that one goes")
    }
    try checkPart(place, called: name)
    noteBoard(place, called: name)
  }

  /// Ports that are a part of something else: of the board, or of a switch.
  func checkPart(_ place: Address, called name: Address) throws(WhatIfError) {
    guard let facts = ports[place], facts.leadsToABus, facts.gaps[.type] == nil else { return }
    if facts.type == .express(4) {
      throw .impossible("\(name.short) is a root port, a part of the processor or chipset: it stays where it is")
    }
    guard facts.type == .express(6), let above = facts.parent.function else { return }
    throw .impossible("\(name.short) is a port of the switch \((names[above] ?? above).short): name that one")
  }

  mutating func noteBoard(_ place: Address, called name: Address) {
    guard case .root? = ports[place]?.parent else { return }
    notes.append("\(name.short) is on a root bus: on a real board it is a part of it, and cannot be taken off.")
  }

  /// Puts a device below a port. On a bus with others it takes the first free device number.
  private mutating func put(_ start: Address, _ moving: [Address], below target: PortFacts, beside: [Address]) {
    let taken = Set(beside.map(\.device))
    let device = (0..<32).first { !taken.contains($0) } ?? 31
    let (domain, bus) = beside.first.map { ($0.domain, $0.bus) } ?? (newBus(), 0)
    var places: [Address: Address] = [:]
    for old in moving where old.packed >> 3 == start.packed >> 3 {
      places[old] = Address(domain: domain, bus: bus, device: device, function: old.function)
    }
    for (old, new) in places {
      guard var facts = ports.removeValue(forKey: old) else { continue }
      facts.address = new
      facts.parent = .function(target.address)
      fit(&facts, below: target, called: names[old] ?? old)
      ports[new] = facts
      names[new] = names.removeValue(forKey: old) ?? old
    }
    // Virtual functions stand beside theirs; what is below keeps its place.
    for other in moving where places[other] == nil {
      guard let parent = ports[other]?.parent.function else { continue }
      if inventory[names[other] ?? other]?.physicalFunction != nil {
        ports[other]?.parent = .function(target.address)
      } else if let place = places[parent] {
        ports[other]?.parent = .function(place)
      }
    }
  }

  /// A card that does not fit the slot is taken for one of the other sort.
  mutating func fit(_ facts: inout PortFacts, below target: PortFacts, called name: Address) {
    let isExpressSlot =
      switch target.type {
      case .express(7), .conventional: false
      case .express: true
      }
    if isExpressSlot, facts.type == .conventional, !facts.leadsToABus {
      facts.type = .express(0)
      notes.append("\(name.short) is a conventional card: this speaks of a PCI Express card in its stead.")
    } else if !isExpressSlot, facts.type != .conventional, !facts.leadsToABus {
      facts.type = .conventional
      notes.append("\(name.short) is a PCI Express card: this speaks of a conventional one in its stead.")
    }
    facts.gaps[.type] = facts.leadsToABus ? facts.gaps[.type] : nil
  }

  mutating func setACS(_ port: Address, _ isOn: Bool) throws(WhatIfError) {
    let place = try place(of: port)
    guard var facts = ports[place] else { return }
    switch facts.type {
    case .conventional where facts.gaps[.type] == nil, .express(7), .express(8):
      throw .impossible("\(port.short) is or leads to conventional PCI, which has no ACS")
    default: break
    }
    let isRead = facts.gaps[.acs] == nil
    if isOn, facts.acs == nil, isRead {
      notes.append(
        "\(port.short) has no ACS: this speaks of a \(facts.leadsToABus ? "port" : "card") in its stead that has.")
    }
    // What is not implemented is not asked for, so there is nothing in it that could be missing.
    let flags = facts.acs.map { $0.capability & ACS.required } ?? 0
    if !isOn, isRead, facts.quirk == nil, flags == 0 {
      throw .impossible(
        facts.acs == nil
          ? "\(port.short) has no ACS: there is nothing to switch off"
          : "\(port.short) has an ACS capability that implements nothing of what is asked for: there is nothing to "
            + "switch off")
    }
    if facts.quirk != nil { notes.append("The kernel's quirk for \(port.short) is left out of account.") }
    let capability = flags == 0 ? ACS.required : facts.acs?.capability ?? ACS.required
    let others = (facts.acs?.control ?? 0) & ~ACS.required
    facts.acs = ACS(capability: capability, control: isOn ? others | ACS.required & capability : others)
    (facts.quirk, facts.quirkSource) = (nil, nil)
    for gap in [PortFact.acs, .quirk, .type] { facts.gaps[gap] = nil }
    ports[place] = facts
  }

  mutating func setVirtualFunctions(of physical: Address, _ count: Int, _ known: Known<SRIOV>?) throws(WhatIfError) {
    let place = try place(of: physical)
    guard let facts = ports[place], inventory[physical]?.physicalFunction == nil else {
      throw .impossible("\(physical.short) is a virtual function itself")
    }
    if facts.leadsToABus { throw .impossible("\(physical.short) is a bridge, which has no virtual functions") }
    if facts.type == .conventional, facts.gaps[.type] == nil {
      throw .impossible("\(physical.short) is conventional PCI, which has no virtual functions")
    }
    if case .absent? = known { throw .impossible("\(physical.short) has no SR-IOV, and so no virtual functions") }
    let sriov = known?.value
    if let sriov, count > Int(sriov.total) {
      throw .impossible("\(physical.short) can have \(sriov.total) virtual functions at most")
    }
    if sriov == nil { notes.append("Whether \(physical.short) can have virtual functions was not read.") }
    let old = inventory.functions.filter { $0.physicalFunction == physical }.map(\.address).sorted()
    for (number, address) in old.enumerated() where number >= count {
      ports[address] = nil
      gone.insert(address)
    }
    guard count > old.count else { return }
    let domain = newBus()
    for number in old.count..<count {
      let address = Self.address(of: number, of: physical, sriov, domain)
      ports[address] = PortFacts(address: address, parent: facts.parent, type: .express(0))
      born[address] = physical
    }
    notes.append("New virtual functions are taken to be driverless; the host's driver may take them.")
  }

  mutating func dropOverride() throws(WhatIfError) {
    guard let line = inventory.host.commandLine.value else {
      throw .impossible("whether pcie_acs_override is on the kernel's command line was not read")
    }
    guard KernelCommandLine(line).acsOverride != nil else {
      throw .impossible("pcie_acs_override is not on the kernel's command line")
    }
    heedsOverride = false
    if basis.heedsOverride { return }
    notes.append(
      ties.groups.allSatisfy { $0.agrees == true }
        ? "No group depends on pcie_acs_override: the groups are what they are without it."
        : "Whether this kernel heeds pcie_acs_override could not be told.")
  }

  /// Routing ids are the physical one's, an offset and a stride further (drivers/pci/iov.c `pci_iov_virtfn_bus`).
  private static func address(of number: Int, of physical: Address, _ sriov: SRIOV?, _ domain: UInt32) -> Address {
    if let sriov, sriov.offset > 0 {
      let id = Int(physical.packed & 0xffff) + Int(sriov.offset) + Int(sriov.stride) * number
      let packed = UInt16(truncatingIfNeeded: id)
      return Address(
        domain: physical.domain, bus: UInt8(packed >> 8), device: UInt8(packed >> 3 & 31), function: UInt8(packed & 7))
    }
    let packed = UInt16(truncatingIfNeeded: number)
    return Address(
      domain: domain, bus: UInt8(packed >> 8), device: UInt8(packed >> 3 & 31), function: UInt8(packed & 7))
  }
}
