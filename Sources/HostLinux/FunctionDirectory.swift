import CLinux
import Topology

/// A function's directory, opened and listed once: which files are there costs no further call, and none that is not
/// a plain file is ever opened.
struct FunctionDirectory: ~Copyable {
  /// The entries that a closer look is interested in.
  struct Entries: OptionSet {
    let rawValue: UInt16
    static let config = Entries(rawValue: 1)
    static let revision = Entries(rawValue: 2)
    static let numaNode = Entries(rawValue: 4)
    static let powerState = Entries(rawValue: 8)
    static let power = Entries(rawValue: 16)
    static let totalVFs = Entries(rawValue: 32)
    static let secondaryBus = Entries(rawValue: 64)
    static let vfio = Entries(rawValue: 128)
    static let net = Entries(rawValue: 256)
  }
  private let descriptor: Int32
  private let root: Root
  let entries: Entries

  /// Opens and lists a function's directory; nil when it is gone.
  static func open(_ path: String, _ root: Root) -> FunctionDirectory? {
    do {
      let descriptor = try root.openDirectory(path)
      var found: Entries = []
      try root.entries(descriptor.number) { name, kind in found.formUnion(Self.entry(name, kind)) }
      return FunctionDirectory(descriptor: descriptor.release(), root: root, entries: found)
    } catch {
      return nil
    }
  }

  private static func entry(_ name: Span<UInt8>, _ kind: EntryKind) -> Entries {
    switch kind {
    case .file:
      if name.equals("config") { return .config }
      if name.equals("revision") { return .revision }
      if name.equals("numa_node") { return .numaNode }
      if name.equals("power_state") { return .powerState }
      if name.equals("sriov_totalvfs") { return .totalVFs }
      return name.equals("secondary_bus_number") ? .secondaryBus : []
    case .directory:
      if name.equals("power") { return .power }
      if name.equals("vfio-dev") { return .vfio }
      return name.equals("net") ? .net : []
    case .link, .other: return []
    }
  }

  private init(descriptor: Int32, root: Root, entries: Entries) {
    self.descriptor = descriptor
    self.root = root
    self.entries = entries
  }

  deinit { root.done.add(descriptor) }

  /// Reads one of the files in it; absent when the listing has no such file.
  func read<Value>(
    _ entry: Entries, _ name: StaticString, limit: Int = 4097, _ body: (Span<UInt8>) -> Known<Value>
  ) -> Known<Value> {
    guard entries.contains(entry) else { return .absent }
    do {
      let file = try Syscalls.call {
        unsafe cl_open(
          descriptor, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), Root.Flags.file)
      }
      defer { root.done.add(Int32(file)) }
      return root.take(Int32(file), limit, body)
    } catch {
      return .missing(error)
    }
  }
}
