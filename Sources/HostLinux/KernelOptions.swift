import CLinux
import Topology

/// What the kernel was built with, as far as its configuration lies about: in /boot, or in /proc where the kernel keeps
/// it itself (CONFIG_IKCONFIG_PROC).
struct KernelOptions {
  private let root: Root
  private let release: String?
  private let source: String
  private let options: [Substring: Substring]

  init(_ root: Root, release: String?) {
    self.root = root
    self.release = release.flatMap { $0.contains("/") ? nil : $0 }
    let file = "boot/config-" + (self.release ?? "")
    let found = self.release == nil ? [:] : Self.options(in: root.text(file, limit: 1 << 20))
    options = found.isEmpty ? Self.options(in: root.inflated("proc/config.gz", limit: 1 << 20)) : found
    source = "/" + (found.isEmpty ? "proc/config.gz" : file)
  }

  var isKnown: Bool { !options.isEmpty }

  /// `: CONFIG_IOMMUFD is not set in /boot/config-6.12`, or nothing.
  func says(_ option: String) -> String {
    guard isKnown else { return "" }
    let value = options[Substring(option)].map { "\(option)=\($0)" } ?? "\(option) is not set"
    return ": \(value) in \(source)"
  }

  /// The path of a module of this kernel, compressed or not.
  func module(_ path: String) -> String? {
    guard let release else { return nil }
    let candidates = ["", ".xz", ".zst", ".gz"].map { "lib/modules/\(release)/\(path)\($0)" }
    return candidates.first { root.status($0) != nil }
  }

  private static func options(in text: String) -> [Substring: Substring] {
    var options: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("CONFIG_") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      options[line[..<equals]] = line[line.index(after: equals)...]
    }
    return options
  }
}

extension Root {
  /// The text of a regular file that gzip made; empty when there is none, or something else in it.
  func inflated(_ path: String, limit: Int) -> String {
    let packed = bytes(path, limit: limit)
    guard !packed.isEmpty else { return "" }
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: limit)
    defer { unsafe buffer.deallocate() }
    let count = unsafe cl_gunzip(packed, packed.count, buffer.baseAddress, limit)
    guard count > 0 else { return "" }
    return unsafe String(decoding: buffer[..<Int(count)], as: UTF8.self)
  }
}
