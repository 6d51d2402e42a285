import Foundation
import Topology

/// A machine that nobody here made up, with its configuration space as far as somebody wrote it down.
struct CapturedMachine {
  let name: String
  let inventory: Inventory
  /// As an image has it: bytes and nothing about their size.
  let configs: [Address: Known<ConfigSpace>]
  /// Functions whose bytes are a dump of the real thing.
  let dumped: Set<Address>

  /// Those beside the checkout, in their base state; none where the folder is missing.
  static func all(from file: String = #filePath) throws -> [CapturedMachine] {
    let named = ProcessInfo.processInfo.environment["VIABLE_CAPTURES"].map { URL(fileURLWithPath: $0) }
    let checkout = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let captures = named ?? checkout.deletingLastPathComponent().appendingPathComponent("shared/captures")
    let folder = captures.appendingPathComponent("machines")
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return try files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.map {
      try CapturedMachine(JSONDecoder().decode(Document.self, from: Data(contentsOf: $0)))
    }
  }

  private struct Document: Decodable {
    let name: String
    let roots: [String: Root]?
    let iommus: [String: Anything]?
    let devices: [Device]
  }
  private struct Anything: Decodable {
    init(from decoder: any Decoder) throws {}
  }
  private struct Root: Decodable { let under: String? }

  private struct Device: Decodable {
    let bdf: String
    let parent: String
    let id: String
    let `class`: String
    let subsys: String?
    let driver: String?
    let group: Int?
    let physfn: String?
    let config: [String: Piece]?
    let config_from: String?
  }

  /// A chunk of hexadecimal digits, or the length.
  private struct Piece: Decodable {
    var bytes: [UInt8] = []
    var number = 0
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        self.number = number
        return
      }
      let digits = Array(try container.decode(String.self).utf8)
      bytes = (0..<digits.count / 2).map { place in
        (Hex.digit(digits[2 * place]) ?? 0) << 4 | (Hex.digit(digits[2 * place + 1]) ?? 0)
      }
    }
  }

  private init(_ document: Document) {
    name = document.name
    let roots = document.roots ?? [:]
    let functions = document.devices.compactMap { Self.function($0, roots) }
    let members = Dictionary(grouping: functions.filter { $0.group.value != nil }) { $0.group.value }
    var configs: [Address: Known<ConfigSpace>] = [:]
    for device in document.devices {
      guard let address = Address(device.bdf), let config = device.config else { continue }
      configs[address] = .value(ConfigSpace(Self.bytes(config)))
    }
    self.configs = configs
    dumped = Set(document.devices.filter { $0.config_from == "dump" }.compactMap { Address($0.bdf) })
    inventory = Inventory(
      functions: functions,
      groups: members.compactMap { id, members in id.map { Group(id: $0, members: members.map(\.address)) } },
      host: HostFacts(iommu: members.isEmpty ? .off : .on, iommus: (document.iommus ?? [:]).keys.sorted()))
  }

  private static func bytes(_ config: [String: Piece]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: config["n"]?.number ?? 0)
    for (key, piece) in config where key != "n" {
      guard let start = Int(key, radix: 16), start + piece.bytes.count <= bytes.count else { continue }
      bytes.replaceSubrange(start..<start + piece.bytes.count, with: piece.bytes)
    }
    return bytes
  }

  private static func function(_ device: Device, _ roots: [String: Root]) -> Function? {
    guard let address = Address(device.bdf) else { return nil }
    let above = roots[device.parent]?.under ?? device.parent
    func ids(_ text: String) -> [UInt16] { text.split(separator: ":").compactMap { UInt16($0, radix: 16) } }
    let (id, subsystem) = (ids(device.id), ids(device.subsys ?? ""))
    var function = Function(
      address: address, parent: Address(above).map { .function($0) } ?? .root(above),
      driver: device.driver.map { .value($0) } ?? .absent,
      group: device.group.map { .value(GroupID(UInt32($0))) } ?? .absent,
      physicalFunction: device.physfn.flatMap { Address($0) })
    if id.count == 2, let code = UInt32(device.class, radix: 16) {
      function.identity = .value(
        Identity(
          vendor: id[0], device: id[1], subsystemVendor: subsystem.first ?? 0,
          subsystemDevice: subsystem.count > 1 ? subsystem[1] : 0, classCode: ClassCode(code)))
    }
    return function
  }
}
