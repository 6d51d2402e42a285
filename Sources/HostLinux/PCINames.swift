import CLinux
public import Topology

/// Names from the system's pci.ids, for the ids that a machine has: one pass over the mapped file, and only what is
/// asked for is kept. Its format: a vendor's line begins with four hexadecimal digits, a device's with a tab.
public final class PCINames {
  /// Where distributions put it: Debian, then Fedora and Arch, then others.
  public static let places = ["/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids", "/usr/share/pci.ids"]

  private let candidates: [String]
  private var known = Names()
  /// What was looked up already, found or not.
  private var asked = Keys()

  /// `preferred`, if any, then the usual places; each also with `.gz`. Nothing is read before names are asked for.
  public init(preferred: String? = nil, places: [String] = PCINames.places) {
    candidates = ((preferred.map { [$0] } ?? []) + places).flatMap { $0.hasSuffix(".gz") ? [$0] : [$0, $0 + ".gz"] }
  }

  /// Names for the functions' ids. Ids that the file does not have, or a missing file, are no error.
  public func names(for functions: [Function]) -> Names {
    let search = search(for: functions)
    return take(search, search.read())
  }

  /// Ids that were not looked up yet, and where they may be found.
  struct Search: Sendable {
    fileprivate let candidates: [String]
    fileprivate let keys: Keys

    /// Whether everything was looked up before.
    var isEmpty: Bool { keys.all.isEmpty }

    /// The names in the first file that can be read; nil when none can, or when want of descriptors hides which.
    func read() -> Names? {
      if isEmpty { return Names() }
      for path in candidates {
        do {
          if let names = try PCINames.read(path, keys) { return names }
        } catch {
          if error.isShortage { return nil }
        }
      }
      return nil
    }
  }

  /// What is to be looked up for functions.
  func search(for functions: [Function]) -> Search {
    var keys: [UInt32] = []
    keys.reserveCapacity(functions.count)
    for function in functions {
      guard let identity = function.identity.value else { continue }
      let key = Names.key(vendor: identity.vendor, device: identity.device)
      // Neighbours are often alike.
      if key != keys.last { keys.append(key) }
    }
    return Search(candidates: candidates, keys: Keys(keys.filter { !asked.contains($0) }))
  }

  /// Every name known once a search is done.
  func take(_ search: Search, _ found: Names?) -> Names {
    asked = Keys(asked.all + search.keys.all)
    if let found { known.add(found) }
    return known
  }

  /// The names in one file; nil when it is damaged.
  private static func read(_ path: String, _ keys: Keys) throws(SystemError) -> Names? {
    let file = try MappedFile(path)
    if file.read({ $0.count > 2 && $0[0] == 0x1f && $0[1] == 0x8b }) {
      return file.inflated().map { parse($0.span, keys) }
    }
    return file.read { parse($0, keys) }
  }

  /// One pass.
  static func parse(_ text: Span<UInt8>, _ keys: Keys) -> Names {
    var names = Names()
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
        vendor = id(line).flatMap { keys.contains(vendor: $0) ? $0 : nil }
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

extension PCINames {
  /// Ids as `Names.key` makes them, each once.
  struct Keys: Sendable {
    /// Sorted: the file has forty thousand lines, and a search among so few is quicker than a hash.
    fileprivate let all: [UInt32]

    init(_ keys: [UInt32] = []) {
      var all: [UInt32] = []
      for key in keys.sorted() where key != all.last { all.append(key) }
      self.all = all
    }

    func contains(_ key: UInt32) -> Bool { first(from: key) == key }

    /// Whether any of them is a device of a vendor.
    func contains(vendor: UInt16) -> Bool {
      first(from: Names.key(vendor: vendor, device: 0)).map { $0 >> 16 == UInt32(vendor) } ?? false
    }

    private func first(from key: UInt32) -> UInt32? {
      let index = all.partitioningIndex { $0 >= key }
      return index < all.count ? all[index] : nil
    }
  }
}

/// A file's bytes, mapped for as long as the value lives.
@safe
struct MappedFile: ~Copyable {
  private let start: UnsafePointer<UInt8>
  private let count: Int

  init(_ path: String) throws(SystemError) {
    var (start, count): (UnsafePointer<UInt8>?, Int) = (nil, 0)
    let file = OwnedDescriptor(try Syscalls.call { unsafe cl_open(-100, path, Int32(CL_READ_ONLY | CL_NO_WAIT)) })
    _ = try Syscalls.call { unsafe cl_map(file.number, &start, &count) }
    guard let start = unsafe start else { throw SystemError(SystemError.invalid) }
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
