extension PortFacts {
  /// What the kernel looks at, of every function of a machine, from what was read of its configuration space. A function
  /// that `configs` does not name was not read.
  ///
  /// Nothing is guessed: what the bytes do not carry is a gap, and only what must be so, because the kernel would not
  /// have found the function otherwise, is taken from the tree.
  public static func read(_ inventory: Inventory, _ configs: [Address: Known<ConfigSpace>]) -> [PortFacts] {
    var reading = PortReading(inventory, configs)
    return Tree(inventory).lines.compactMap { reading.read($0.address) }
  }
}

/// Reads one machine, bridges before what is below them.
private struct PortReading {
  let inventory: Inventory
  let configs: [Address: Known<ConfigSpace>]
  /// How many physical functions each slot has.
  let slots: [UInt64: Int]
  /// Others of the image were recorded with their capabilities.
  let headersTellAll: Bool
  var done: [Address: PortFacts] = [:]
  /// What the function before lacks: mostly the next one lacks the same, and then they share one table.
  private var gaps: [PortFact: Ignorance] = [:]

  init(_ inventory: Inventory, _ configs: [Address: Known<ConfigSpace>]) {
    self.inventory = inventory
    self.configs = configs
    var slots: [UInt64: Int] = [:]
    for function in inventory.functions where function.physicalFunction == nil {
      slots[function.address.packed >> 3, default: 0] += 1
    }
    self.slots = slots
    headersTellAll = configs.values.contains { ($0.value?.count ?? 0) > ConfigSpace.header }
  }

  mutating func read(_ address: Address) -> PortFacts? {
    guard let function = inventory[address] else { return nil }
    let above = function.parent.function.flatMap { done[$0] }
    var port = PortFacts(address: address, parent: function.parent)
    let config = self.config(of: address)
    let space = config.value
    port.leadsToABus = space?.layout.value.map { $0 == 1 || $0 == 2 } ?? function.leadsToABus
    readType(of: function, space, config.ignorance, above, &port)
    readMultifunction(function, space, config.ignorance, above, &port)
    switch space?.acs ?? .unknown(config.ignorance ?? .notRecorded) {
    case .value(let acs): port.acs = acs
    case .absent: break
    case .unknown(let why): port.gaps[.acs] = why
    }
    readQuirks(of: function, space, above, &port)
    if port.gaps == gaps { port.gaps = gaps } else { gaps = port.gaps }
    done[address] = port
    return port
  }

  private func config(of address: Address) -> Known<ConfigSpace> {
    guard let config = configs[address] else { return .unknown(.notRead) }
    if case .absent = config { return .unknown(.notRecorded) }
    return headersTellAll ? config.map(\.takenAtItsWord) : config
  }

  private func readType(
    of function: Function, _ space: ConfigSpace?, _ why: Ignorance?, _ above: PortFacts?, _ port: inout PortFacts
  ) {
    switch space?.port ?? .unknown(why ?? .notRecorded) {
    case .value(let type): port.type = type.corrected(below: above?.type)
    case .absent: break
    case .unknown(let why):
      let isOnRootBus = above?.leadsToABus != true
      port.type = port.leadsToABus ? .express(isOnRootBus ? 4 : 6) : .express(0)
      // SR-IOV belongs to PCI Express, and its functions are endpoints; which kind makes no difference to a group.
      if function.physicalFunction == nil { port.gaps[.type] = why }
    }
  }

  /// Scanning finds more functions than 0 only behind a multifunction one, and makes every such function one
  /// (drivers/pci/probe.c `next_fn`, `pci_scan_slot`). Below a port that leads to one device, others than 0 are
  /// functions of it that ARI found (`only_one_child`).
  private func readMultifunction(
    _ function: Function, _ space: ConfigSpace?, _ why: Ignorance?, _ above: PortFacts?, _ port: inout PortFacts
  ) {
    let address = function.address
    guard function.physicalFunction == nil else { return }
    let isBelowOnePort = above.map { $0.gaps[.type] == nil && $0.type.leadsToOneDevice } ?? false
    let hasSiblings = (slots[address.packed >> 3] ?? 0) > 1
    if address.function > 0 || hasSiblings || isBelowOnePort && address.device > 0 {
      port.isMultifunction = true
      return
    }
    switch space?.saysMultifunction ?? .unknown(why ?? .notRecorded) {
    case .value(let isMultifunction): port.isMultifunction = isMultifunction
    case .absent: break
    case .unknown(let why): port.gaps[.multifunction] = why
    }
  }

  private func readQuirks(of function: Function, _ space: ConfigSpace?, _ above: PortFacts?, _ port: inout PortFacts) {
    guard let identity = function.identity.value ?? space?.identity.value else {
      let why = function.identity.ignorance ?? .notRecorded
      port.gaps[.quirk] = why
      port.gaps[.aliases] = why
      return
    }
    if let quirk = AliasQuirk.quirk(of: identity, at: function.address) { apply(quirk, above, &port) }
    switch IsolationQuirk.opinion(on: question(identity, space, above, port)) {
    case .absent: break
    case .unknown(let why): port.gaps[.quirk] = why
    case .value(let opinion):
      port.quirkSource = opinion
      switch opinion.verdict {
      case .isolated: port.quirk = true
      case .notIsolated: port.quirk = false
      case .asWideRegistersSay: readWideACS(space, &port)
      }
    }
  }

  /// A kernel with an IOMMU writes the control register at boot (`pci_quirk_enable_intel_spt_pch_acs`). Where an image has
  /// zeros there it was not recorded: lspci prints the usual place.
  private func readWideACS(_ space: ConfigSpace?, _ port: inout PortFacts) {
    let acs = space?.wideACS ?? .unknown(.notRecorded)
    port.acs = acs.value
    if let why = acs.ignorance { port.gaps[.acs] = why }
    let isBlank = acs.value.map { $0.control == 0 && $0.capability != 0 } ?? false
    if isBlank, space?.size == nil, inventory.host.iommu == .on { port.gaps[.acs] = .notRecorded }
  }

  private func apply(_ quirk: AliasQuirk, _ above: PortFacts?, _ port: inout PortFacts) {
    switch quirk.effect {
    case .uses(let devfns): port.aliases = devfns.subtracting([UInt8(truncatingIfNeeded: port.address.packed)])
    case .usesWhatTheDeviceSays: port.gaps[.aliases] = .notRead
    case .endsAliases: port.endsAliases = true
    case .usesSecondaryBus:
      // `quirk_use_pcie_bridge_dma_alias`
      guard let above, above.leadsToABus, port.leadsToABus, port.type == .conventional else { return }
      guard above.type != .conventional, above.type != .express(7) else { return }
      port.usesSecondaryBus = true
    }
    port.aliasSource = quirk.source
  }

  private func question(
    _ identity: Identity, _ space: ConfigSpace?, _ above: PortFacts?, _ port: PortFacts
  ) -> IsolationQuirk.Question {
    let host = inventory.host
    let isOn: Known<Bool> =
      switch host.iommu {
      case .on: .value(true)
      case .off: .value(false)
      case .unknown: .unknown(.notRecorded)
      }
    // Groups on a machine with AMD's chipset come from AMD's IOMMU, unless another one is named.
    let hasIVRS = host.iommus.isEmpty ? isOn : .value(host.iommus.contains { $0.hasPrefix("ivhd") })
    return IsolationQuirk.Question(
      identity: identity, type: port.gaps[.type].map { .unknown($0) } ?? .value(port.type),
      isMultifunction: port.gaps[.multifunction].map { .unknown($0) } ?? .value(port.isMultifunction),
      isOnRootBus: above?.leadsToABus != true,
      hasACS: port.gaps[.acs].map { .unknown($0) } ?? .value(port.acs != nil), hasIVRS: hasIVRS, enablesACS: isOn,
      portConfiguration: space.map { $0[.intelPortConfiguration].map(\.value) } ?? .unknown(.notRead))
  }
}

extension PortType {
  /// Whether only device 0 is below it (drivers/pci/pci.h `pcie_downstream_port`).
  var leadsToOneDevice: Bool { self == .express(4) || self == .express(6) || self == .express(8) }

  /// A port that cannot be where it is has been wired the other way round (drivers/pci/probe.c `set_pcie_port_type`).
  func corrected(below above: PortType?) -> PortType {
    switch (self, above) {
    case (.express(6), .some(let above)) where above.leadsToOneDevice: .express(5)
    case (.express(5), .express(5)): .express(6)
    default: self
    }
  }
}
