import CLinux
public import Topology

/// Names from the system's pci.ids, for the ids that a machine has: one pass over the mapped file, and only what is
/// asked for is kept. Its format: a vendor's line begins with four hexadecimal digits, a device's with a tab.
public final class PCINames {
  /// Where distributions put it: Debian, then Fedora and Arch, then others.
  public static let places = ["/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids", "/usr/share/pci.ids"]

  private let candidates: [String]
  private var known = Names()
  private var asked: Set<UInt32> = []

  /// `preferred`, if any, then the usual places; each also with `.gz`. Nothing is read before names are asked for.
  public init(preferred: String? = nil, places: [String] = PCINames.places) {
    candidates = ((preferred.map { [$0] } ?? []) + places).flatMap { $0.hasSuffix(".gz") ? [$0] : [$0, $0 + ".gz"] }
  }

  /// Names for the functions' ids. Ids that the file does not have, or a missing file, are no error.
  public func names(for functions: [Function]) -> Names {
    var new: Set<UInt32> = []
    for function in functions {
      guard let identity = function.identity.value else { continue }
      let key = Names.key(vendor: identity.vendor, device: identity.device)
      if !asked.contains(key) { new.insert(key) }
    }
    if !new.isEmpty {
      asked.formUnion(new)
      for path in candidates where read(path, new) { break }
    }
    return known
  }

  /// Takes the names in one file; false when it cannot be read.
  private func read(_ path: String, _ keys: Set<UInt32>) -> Bool {
    guard let file = MappedFile(path) else { return false }
    if file.read({ $0.count > 2 && $0[0] == 0x1f && $0[1] == 0x8b }) {
      guard let text = file.inflated() else { return false }
      known.add(Self.parse(text.span, keys))
    } else {
      known.add(file.read { Self.parse($0, keys) })
    }
    return true
  }

  /// One pass; `keys` as `Names.key` makes them.
  static func parse(_ text: Span<UInt8>, _ keys: Set<UInt32>) -> Names {
    var names = Names()
    let vendors = Set(keys.map { UInt16(truncatingIfNeeded: $0 >> 16) })
    var vendor: UInt16?
    var place = 0
    while place < text.count {
      let line = text.extracting(place..<lineEnd(in: text, from: place))
      place += line.count + 1
      if line.count > 6, line[0] == 9, line[1] != 9 {
        guard let vendor, let device = id(line.extracting(1...)) else { continue }
        let key = Names.key(vendor: vendor, device: device)
        if keys.contains(key) { names.devices[key] = name(line.extracting(5...)) }
      } else if line.count > 5, line[0] != 9, line[0] != UInt8(ascii: "#") {
        // Device classes close the list: "C 00".
        vendor = id(line).flatMap { vendors.contains($0) ? $0 : nil }
        if let vendor { names.vendors[vendor] = name(line.extracting(4...)) }
      }
    }
    return names
  }

  /// Where the line that begins at a place ends. The file has forty thousand.
  private static func lineEnd(in text: Span<UInt8>, from place: Int) -> Int {
    unsafe text.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return text.count }
      return unsafe place + cl_line(start + place, text.count - place)
    }
  }

  private static func id(_ line: Span<UInt8>) -> UInt16? {
    guard line.count > 4, line[4] == 32 else { return nil }
    return Parse.hexadecimal(line.extracting(..<4)).map { UInt16(truncatingIfNeeded: $0) }
  }

  private static func name(_ rest: Span<UInt8>) -> String {
    var start = 0
    while start < rest.count, rest[start] == 32 { start += 1 }
    let end = max(start, rest.trimmedCount)
    return String(decoding: rest.extracting(start..<end))
  }
}

/// A file's bytes, mapped for as long as the value lives.
@safe
struct MappedFile: ~Copyable {
  private let start: UnsafePointer<UInt8>
  private let count: Int

  init?(_ path: String) {
    var (start, count): (UnsafePointer<UInt8>?, Int) = (nil, 0)
    let file = unsafe cl_open(-100, path, Int32(CL_READ_ONLY | CL_NO_WAIT))
    guard file >= 0 else { return nil }
    let answer = unsafe cl_map(Int32(file), &start, &count)
    _ = cl_close(Int32(file))
    guard answer >= 0, let start = unsafe start else { return nil }
    unsafe self.start = start
    self.count = count
  }

  deinit { unsafe cl_unmap(start, count) }

  /// The bytes, for as long as `body` runs.
  func read<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    unsafe body(Span(_unsafeStart: start, count: count))
  }

  /// The contents of a gzip file of at most 64 MiB.
  func inflated() -> [UInt8]? {
    var space = max(count * 6, 1 << 16)
    while space <= 64 << 20 {
      var buffer = [UInt8](repeating: 0, count: space)
      let made = unsafe cl_gunzip(start, count, &buffer, buffer.count)
      if made >= 0 { return Array(buffer[..<made]) }
      guard made == -Int(SystemError.noSpace) else { return nil }
      space *= 2
    }
    return nil
  }
}
