import HostSimulated
import Ownership
import Topology

/// The machine of a scenario: its devices' tables become parts.
struct ScenarioParts {
  let document: ScenarioDocument
  /// By label, in the order of the text.
  private(set) var labels: [String] = []
  private(set) var parts: [String: Part] = [:]
  private(set) var names = Names()
  /// Labels of cards that wait outside.
  private(set) var outside: [String] = []
  private(set) var addresses: [String: Address] = [:]
  private var types: [String: PortType] = [:]
  private let uid: (Field) throws(DocumentError) -> UInt32

  init(
    _ document: ScenarioDocument, uid: @escaping (Field) throws(DocumentError) -> UInt32
  ) throws(DocumentError) {
    self.document = document
    self.uid = uid
    labels = document.devices.names
    try locate()
    for key in ["below", "virtual-function-of"] { try checkCycles(key) }
    for label in labels { types[label] = try type(of: label, depth: 0) }
    for label in labels {
      guard let section = document.devices[label] else { continue }
      parts[label] = try part(label, section)
      if let plugged = section.fields["plugged"], try !plugged.flag() { outside.append(label) }
    }
    try checkBuses()
    let slots = Dictionary(grouping: parts.values.map(\.port.address)) { $0.packed >> 3 }
    for label in labels where section(label)?.fields["multifunction"] == nil {
      guard let address = addresses[label] else { continue }
      parts[label]?.port.isMultifunction = slots[address.packed >> 3]?.count ?? 0 > 1
    }
  }

  func section(_ label: String) -> ScenarioDocument.Section? { document.devices[label] }

  // MARK: places

  private mutating func locate() throws(DocumentError) {
    var taken: [Address: String] = [:]
    for label in labels {
      guard let section = section(label) else { continue }
      let expected = "at = \"BUS:DEVICE.FUNCTION\", hexadecimal, for instance \"02:01.0\""
      guard let field = section.fields["at"] else { throw section.header.missing("at", expected: expected) }
      let text = try field.string(expected: expected)
      guard let address = Address(text) ?? Address("0000:" + text) else { throw field.error(expected: expected) }
      if let other = taken[address] {
        throw field.error(expected: "an address that no other device has; \(other) is there")
      }
      taken[address] = label
      addresses[label] = address
    }
  }

  /// Nothing stands below itself, and nothing is a virtual function of itself, by way of however many others.
  private func checkCycles(_ key: String) throws(DocumentError) {
    var cleared: Set<String> = []
    for start in labels {
      var chain: [String] = []
      var places: [String: Int] = [:]
      var next: String? = start
      while let label = next, !cleared.contains(label), let field = section(label)?.fields[key] {
        places[label] = chain.count
        chain.append(label)
        next = field.string
        guard let target = next, let first = places[target] else { continue }
        let cycle = chain[first...] + [target]
        let shown = cycle.count > 6 ? cycle.prefix(3) + ["…"] + cycle.suffix(2) : cycle
        throw field.error(
          expected: "a device that does not lead back to \(label) (\(shown.joined(separator: " \(key) ")))")
      }
      cleared.formUnion(chain)
    }
  }

  func above(_ label: String) throws(DocumentError) -> String? {
    guard let field = section(label)?.fields["below"] else { return nil }
    let bridge = try field.string(expected: "the label of a bridge")
    guard addresses[bridge] != nil, bridge != label else {
      throw field.error(
        expected: "the label of a bridge",
        suggestion: Suggestion.nearest(to: bridge, among: labels.filter { $0 != label }))
    }
    return bridge
  }

  private static let typeWords: [(word: String, type: PortType, isBridge: Bool)] = [
    ("endpoint", .express(0), false), ("legacy-endpoint", .express(1), false), ("root-port", .express(4), true),
    ("upstream-port", .express(5), true), ("downstream-port", .express(6), true),
    ("pcie-to-pci-bridge", .express(7), true), ("pci-to-pcie-bridge", .express(8), true),
    ("integrated-endpoint", .express(9), false), ("event-collector", .express(10), false),
    ("conventional-bridge", .conventional, true), ("conventional", .conventional, false),
  ]

  private func typeWord(_ label: String) throws(DocumentError) -> (word: String, type: PortType, isBridge: Bool)? {
    guard let field = section(label)?.fields["type"] else { return nil }
    let word = try field.word(of: Self.typeWords.map(\.word))
    return Self.typeWords.first { $0.word == word }
  }

  /// What is said; else what fits below the bridge above.
  private func type(of label: String, depth: Int) throws(DocumentError) -> PortType {
    if let said = try typeWord(label) { return said.type }
    guard let above = try above(label), depth < labels.count else { return .express(9) }
    switch try type(of: above, depth: depth + 1) {
    case .conventional, .express(7): return .conventional
    case .express: return .express(0)
    }
  }

  // MARK: parts

  private mutating func part(_ label: String, _ section: ScenarioDocument.Section) throws(DocumentError) -> Part {
    guard let address = addresses[label], let type = types[label] else {
      throw section.header.missing("at", expected: "an address")
    }
    let fields = section.fields
    let isBridge = try typeWord(label)?.isBridge ?? false
    var parent = Parent.root("pci" + Hex.text(address.domain, atLeast: 4) + ":" + Hex.text(address.bus, atLeast: 2))
    if let bridge = try above(label), let place = addresses[bridge] {
      guard try typeWord(bridge)?.isBridge ?? false else {
        throw (fields["below"] ?? section.header).error(
          expected: "the label of a bridge; \(bridge) has no bus below it")
      }
      parent = .function(place)
    }
    var port = PortFacts(address: address, parent: parent, leadsToABus: isBridge, type: type)
    port.acs = try acs(fields["acs"], type)
    if let field = fields["multifunction"] { port.isMultifunction = try field.flag() }
    let identity = try identity(section, isBridge, type)
    var part = Part(port, identity)
    part.hostDrivers =
      try fields["host-drivers"]?.drivers() ?? DriverTable().drivers(for: identity, type: type)
    part.driver = part.hostDrivers.first
    if let field = fields["driver"] {
      let driver = try field.driver(or: "none")
      // vfio-pci's probe takes normal headers only (drivers/vfio/pci/vfio_pci_core.c).
      guard !isBridge || !RuleSet.vfioDrivers.contains(driver) else {
        throw field.error(expected: "a driver that takes bridges, or \"none\": no vfio driver does")
      }
      part.driver = driver == "none" ? nil : driver
    }
    part.disks = try fields["disks"]?.strings(expected: "an array of disks' names") ?? []
    part.interfaces = try fields["interfaces"]?.strings(expected: "an array of interfaces' names") ?? []
    if let field = fields["node-owner"] { part.nodeOwner = try uid(field) }
    if let field = fields["isolated-interrupts"] { part.interruptsAreIsolated = try field.flag() }
    if let field = fields["coherent"] { part.isCoherent = try field.flag() }
    if let field = fields["direct-region"] { part.hasDirectRegion = try field.flag() }
    part.isLocked = try fields["locked"]?.flag() ?? false
    part.physicalFunction = try physicalFunction(fields["virtual-function-of"], of: label)
    if let field = fields["group"] { part.statedGroup = GroupID(UInt32(try field.number(in: 0...65535))) }
    return part
  }

  private func physicalFunction(_ field: Field?, of label: String) throws(DocumentError) -> Address? {
    guard let field else { return nil }
    let other = try field.string(expected: "the label of a device")
    guard other != label, let address = addresses[other] else {
      throw field.error(
        expected: "the label of another device",
        suggestion: Suggestion.nearest(to: other, among: labels.filter { $0 != label }))
    }
    guard try typeWord(label)?.isBridge != true else {
      throw field.error(expected: "no such key here: \(label) is a bridge, and a virtual function is none")
    }
    if section(other)?.fields["virtual-function-of"] != nil {
      throw field.error(expected: "the label of a physical function; \(other) is a virtual function itself")
    }
    return address
  }

  /// Ports keep traffic apart unless it is said that they do not; other functions do not unless it is said.
  private func acs(_ field: Field?, _ type: PortType) throws(DocumentError) -> ACS? {
    let usual = type == .express(4) || type == .express(6) ? "on" : "none"
    switch try field?.word(of: ["on", "off", "none"]) ?? usual {
    case "on": return ACS(capability: ACS.required, control: ACS.required)
    case "off": return ACS(capability: ACS.required, control: 0)
    default: return nil
    }
  }

  private static let classWords: [(word: String, code: UInt32)] = [
    ("scsi", 0x010000), ("ide", 0x01018a), ("raid", 0x010400), ("sata", 0x010601), ("sas", 0x010700),
    ("nvme", 0x010802), ("ethernet", 0x020000), ("infiniband", 0x020700), ("wireless", 0x028000), ("vga", 0x030000),
    ("3d", 0x030200), ("audio", 0x040300), ("bridge", 0x060400), ("usb", 0x0c0330), ("accelerator", 0x120000),
  ]

  private mutating func identity(
    _ section: ScenarioDocument.Section, _ isBridge: Bool, _ type: PortType
  ) throws(DocumentError) -> Identity {
    let fields = section.fields
    let expectedIDs = "ids = \"VENDOR:DEVICE\", four hexadecimal digits each, for instance \"8086:100e\""
    var ids: (UInt16, UInt16) = type == .express(7) ? (0x1b36, 0x000e) : (0x1b36, 0x000c)
    if let field = fields["ids"] {
      let halves = try field.string(expected: expectedIDs).split(separator: ":", omittingEmptySubsequences: false)
      guard halves.count == 2, halves.allSatisfy({ $0.utf8.count == 4 }), let vendor = UInt16(halves[0], radix: 16),
        let device = UInt16(halves[1], radix: 16)
      else { throw field.error(expected: expectedIDs) }
      ids = (vendor, device)
    } else if !isBridge {
      throw section.header.missing("ids", expected: expectedIDs)
    }
    var code: UInt32 = 0x060400
    if let field = fields["class"] {
      code = try classCode(field)
    } else if !isBridge {
      throw section.header.missing(
        "class", expected: "class = one of \(Self.classWords.map(\.word).joined(separator: ", ")), or six digits")
    }
    if let name = try fields["name"]?.string(expected: "a name") {
      names.devices[Names.key(vendor: ids.0, device: ids.1)] = name
    }
    if let vendor = try fields["vendor"]?.string(expected: "a name") { names.vendors[ids.0] = vendor }
    return Identity(vendor: ids.0, device: ids.1, classCode: ClassCode(code))
  }

  private func classCode(_ field: Field) throws(DocumentError) -> UInt32 {
    let words = Self.classWords.map(\.word)
    let expected = "one of \(words.joined(separator: ", ")), or six hexadecimal digits as \"020000\""
    let text = try field.string(expected: expected)
    if let known = Self.classWords.first(where: { $0.word == text }) { return known.code }
    guard text.utf8.count == 6, let code = UInt32(text, radix: 16) else {
      throw field.error(expected: expected, suggestion: Suggestion.nearest(to: text, among: words))
    }
    return code
  }
}
