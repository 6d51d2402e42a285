import Foundation

/// Real configuration space of a guest's functions: what the fuzzer begins with, too.
enum ConfigSeeds {
  /// By name, which says what kind of function it is.
  static func all(from file: String = #filePath) throws -> [(name: String, bytes: [UInt8])] {
    let tests = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
    let folder = tests.appendingPathComponent("fuzz/seeds")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try files.filter { $0.pathExtension == "hex" }.sorted { $0.path < $1.path }.map {
      ($0.deletingPathExtension().lastPathComponent, Self.bytes(try String(contentsOf: $0, encoding: .utf8)))
    }
  }

  /// `size N`, then lines of 16 bytes with their offset; what is left out is zero.
  private static func bytes(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("size ") {
        bytes = [UInt8](repeating: 0, count: Int(line.dropFirst(5)) ?? 0)
        continue
      }
      let fields = line.split(separator: " ")
      guard let start = fields.first.flatMap({ Int($0.dropLast(), radix: 16) }) else { continue }
      for (place, field) in fields.dropFirst().enumerated() { bytes[start + place] = UInt8(field, radix: 16) ?? 0 }
    }
    return bytes
  }
}
