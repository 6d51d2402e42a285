import Foundation
import Topology

/// An image of a running kernel, with as much of its config space decoded as the partition needs.
struct QEMUImage {
  struct State {
    let name: String
    let facts: [PortFacts]
    /// The kernel's groups, members and groups in order.
    let groups: [[Address]]
  }

  let name: String
  let states: [State]

  /// Those of `../shared/captures` that come from a kernel in QEMU; none where the folder is missing.
  static func all(from file: String = #filePath) throws -> [QEMUImage] {
    let checkout = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = checkout.deletingLastPathComponent().appendingPathComponent("shared/captures/machines")
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return try files.filter { $0.lastPathComponent.hasPrefix("qemu-") }.sorted { $0.path < $1.path }.map {
      QEMUImage(name: $0.lastPathComponent, try JSONDecoder().decode(Document.self, from: Data(contentsOf: $0)))
    }
  }

  private struct Document: Decodable {
    let devices: [Device]
    let snapshots: [Snapshot]
  }

  private struct Snapshot: Decodable {
    let name: String
    let removed: [String]
    let added: [Device]
  }

  private struct Device: Decodable {
    let bdf: String
    let parent: String
    let group: Int?
    let physfn: String?
    let config: [String: Text]

    /// A number or a text; the number is the length.
    struct Text: Decodable {
      let text: String
      init(from decoder: any Decoder) throws {
        text = (try? decoder.singleValueContainer().decode(String.self)) ?? ""
      }
    }
  }

  private init(name: String, _ document: Document) {
    self.name = name
    var states = [Self.state("base", document.devices)]
    for snapshot in document.snapshots {
      let kept = document.devices.filter { !snapshot.removed.contains($0.bdf) }
      states.append(Self.state(snapshot.name, kept + snapshot.added))
    }
    self.states = states
  }

  private static func state(_ name: String, _ devices: [Device]) -> State {
    var members: [Int: [Address]] = [:]
    for device in devices {
      if let group = device.group, let address = Address(device.bdf) { members[group, default: []].append(address) }
    }
    return State(
      name: name, facts: devices.compactMap(facts),
      groups: members.values.map { $0.sorted() }.sorted { $0[0] < $1[0] })
  }

  private static func facts(_ device: Device) -> PortFacts? {
    guard let address = Address(device.bdf) else { return nil }
    let config = bytes(device.config)
    let header = config[0x0e]
    let isVirtual = device.physfn != nil
    let express = capability(0x10, in: config)
    return PortFacts(
      address: address, parent: Address(device.parent).map { .function($0) } ?? .root(device.parent),
      leadsToABus: header & 0x7f != 0, type: express.map { .express(config[$0 + 2] >> 4) } ?? .conventional,
      isMultifunction: !isVirtual && (header & 0x80 != 0 || address.function > 0), acs: acs(in: config))
  }

  private static func bytes(_ config: [String: Device.Text]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    for (key, value) in config where key != "n" {
      guard let start = Int(key, radix: 16) else { continue }
      let digits = Array(value.text.utf8)
      for place in 0..<digits.count / 2 {
        bytes[start + place] = (Hex.digit(digits[2 * place]) ?? 0) << 4 | (Hex.digit(digits[2 * place + 1]) ?? 0)
      }
    }
    return bytes
  }

  private static func capability(_ id: UInt8, in config: [UInt8]) -> Int? {
    guard config[0x06] & 0x10 != 0 else { return nil }
    var place = Int(config[0x34] & 0xfc)
    for _ in 0..<48 where place >= 0x40 {
      if config[place] == id { return place }
      place = Int(config[place + 1] & 0xfc)
    }
    return nil
  }

  private static func acs(in config: [UInt8]) -> ACS? {
    func word(_ place: Int) -> UInt16 { UInt16(config[place]) | UInt16(config[place + 1]) << 8 }
    var place = 0x100
    for _ in 0..<960 where place >= 0x100 {
      let (id, next) = (word(place), Int(word(place + 2) >> 4) & 0xffc)
      if id == 0x0d { return ACS(capability: word(place + 4), control: word(place + 6)) }
      place = next
    }
    return nil
  }
}
