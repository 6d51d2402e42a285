import CLinux
import Topology

/// Reads the directories of functions, one after another.
///
/// The listing stays open, and so does the directory above once several functions in a row stand in it, as those of a
/// bus do: the kernel pays for every component of a path. Lives for one look, since directories come and go.
struct FunctionReader: ~Copyable {
  private let root: Root
  private let devices: String
  private let listing: Result<Int32, SystemError>
  /// What is spelled in the buffer starts at this directory: the root, the one above the function, or its own.
  private var here: Int32
  private var buffer = PathBuffer()
  private var above: Int32?
  private var abovePath: [UInt8] = []
  private var neighbours = 0
  private var own: Int32?
  /// The function's directory below the root.
  private(set) var path = ""
  /// What stands in its directory; nil until it was listed.
  private(set) var entries: FunctionEntries?
  /// Identities of virtual functions by their physical one, which they have from it alike (drivers/pci/iov.c
  /// `pci_iov_add_virtfn`): where ids must be put together from five files, one of them pays for all.
  var virtualIdentities: [Address: Identity] = [:]

  /// A neighbour more, and the directory above is worth a call of its own.
  private static let enoughNeighbours = 2

  init(_ root: Root, below devices: String) {
    self.root = root
    self.devices = devices
    here = root.descriptor
    do {
      listing = .success(try root.openDirectory(devices).release())
    } catch {
      listing = .failure(error)
    }
  }

  deinit {
    if case .success(let listing) = listing { root.finish(listing) }
    if let above { root.finish(above) }
    if let own { root.finish(own) }
  }

  /// Goes to a function's directory; ENOENT when nothing is listed under its address.
  mutating func move(to address: Address) throws(SystemError) {
    if let own { root.finish(own) }
    own = nil
    entries = nil
    buffer.clear()
    buffer.append(address)
    path = unsafe try root.directory(of: address, linked: buffer.path, in: try listing.get(), devices)
    try place()
  }

  /// Spells the path from the nearest directory that is open. Where the one above cannot be opened the whole path
  /// stays, and whatever is wrong with it shows when it is used.
  private mutating func place() throws(SystemError) {
    let path = path
    let bytes = path.utf8.span
    var start = bytes.count
    while start > 0, bytes[start - 1] != UInt8(ascii: "/") { start -= 1 }
    if start > 1, bytes.extracting(..<(start - 1)).equals(abovePath.span) {
      neighbours += 1
      if above == nil, neighbours >= Self.enoughNeighbours { above = try? root.openPlace(abovePath) }
    } else {
      if let above { root.finish(above) }
      above = nil
      abovePath = Array(copying: bytes.extracting(..<max(0, start - 1)))
      neighbours = 0
    }
    here = above ?? root.descriptor
    try buffer.set(above == nil ? bytes : bytes.extracting(start...))
  }

  /// Opens the function's own directory, to list it when asked to: that proves that it is there and that no component
  /// of its path is a link. Where one is, it is followed inside the tree.
  mutating func open(listing isListed: Bool = false) throws(SystemError) {
    do {
      try enter(isListed)
    } catch {
      guard Root.mayBeALink(error), let real = root.resolve(path), real != path else { throw error }
      path = real
      try place()
      try enter(isListed)
    }
  }

  private mutating func enter(_ isListed: Bool) throws(SystemError) {
    let flags = isListed ? Root.Flags.directory : Root.Flags.place
    let descriptor = unsafe try root.openStraight(buffer.path, flags, from: here, isKernels: root.isSysfs)
    own = descriptor
    here = descriptor
    buffer.clear()
    guard isListed else { return }
    var found: FunctionEntries = []
    try root.entries(descriptor) { name, kind in found.formUnion(FunctionEntries(name, kind)) }
    entries = found
  }
}

extension FunctionReader {
  /// Reads a file in the directory. ELOOP where a component of the path is a link.
  func readStraight<Value>(
    _ name: StaticString, limit: Int = Root.fileLimit, _ body: (Span<UInt8>) -> Known<Value>
  ) throws(SystemError) -> Known<Value> {
    unsafe try root.readStraight(buffer.entry(name), limit, from: here, isKernels: root.isSysfs, body)
  }

  /// What the header of config space says a function is; for images, where nobody is woken by the question.
  func header() -> Identity? {
    let take: (Span<UInt8>) -> Known<Identity> = { ConfigSpace($0).identity }
    if has(.config) { return read(.config, "config", limit: 256, take).value }
    do {
      return try readStraight("config", limit: 256, take).value
    } catch {
      return nil
    }
  }

  /// Configuration space of a function whose directory was moved to. On a real sysfs the file's size says how much the
  /// kernel can reach, and no register is read that may be better left alone.
  func configSpace() -> Known<ConfigSpace> {
    guard root.isSysfs else {
      return read("config") { .value(ConfigSpace($0)) }
    }
    do {
      var status = cl_status()
      _ = try Syscalls.call { unsafe cl_stat(here, buffer.entry("config"), &status) }
      let file = OwnedDescriptor(try Syscalls.call { unsafe cl_open(here, buffer.entry("config"), Root.Flags.file) })
      return .value(ConfigSpace(ConfigCopy.read(file.number), size: Int(clamping: status.size), beyond: .needsRoot))
    } catch {
      return .missing(error)
    }
  }

  /// Whether something of that name is there, whatever it is.
  func isThere(_ name: StaticString) -> Bool {
    var status = cl_status()
    return unsafe cl_stat(here, buffer.entry(name), &status) >= 0
  }

  /// What `modalias` says. ELOOP where a component of its path is a link.
  func identity() throws(SystemError) -> Known<Identity> {
    guard has(.modalias) else { return try readStraight("modalias", Parse.modalias) }
    return read(.modalias, "modalias", Parse.modalias)
  }

  /// Reads a file in the directory through links inside the tree.
  func read<Value>(_ name: StaticString, _ body: (Span<UInt8>) -> Known<Value>) -> Known<Value> {
    do {
      return try readStraight(name, body)
    } catch {
      return Root.mayBeALink(error) ? root.read(path, name, body) : .missing(error)
    }
  }

  /// Whether an entry was listed.
  func has(_ entry: FunctionEntries) -> Bool { entries?.contains(entry) ?? false }

  /// Reads one of the listed files; absent when no plain file of that name was listed.
  func read<Value>(
    _ entry: FunctionEntries, _ name: StaticString, limit: Int = 4097, _ body: (Span<UInt8>) -> Known<Value>
  ) -> Known<Value> {
    guard has(entry) else { return .absent }
    do {
      let file = try Syscalls.call { unsafe cl_open(here, buffer.entry(name), Root.Flags.file) }
      defer { root.finish(Int32(file)) }
      return root.take(Int32(file), limit, body)
    } catch {
      if error.isShortage { unsafe root.note(error, opening: buffer.entry(name), from: here) }
      return .missing(error)
    }
  }

  /// Hands the last component of one of the links to `body`; what was not listed costs no call.
  func link<Value>(
    _ entry: FunctionEntries, _ name: StaticString, _ body: (Span<UInt8>) -> Known<Value>
  ) -> Known<Value> {
    if let entries, !entries.contains(entry) { return .absent }
    return unsafe root.linkName(buffer.entry(name), from: here, body)
  }
}

/// The entries of a function's directory that a closer look is interested in. Files count only where they are plain
/// ones, links whatever they are.
struct FunctionEntries: OptionSet {
  let rawValue: UInt16
  static let config = FunctionEntries(rawValue: 1)
  static let revision = FunctionEntries(rawValue: 2)
  static let numaNode = FunctionEntries(rawValue: 4)
  static let powerState = FunctionEntries(rawValue: 8)
  static let power = FunctionEntries(rawValue: 16)
  static let totalVFs = FunctionEntries(rawValue: 32)
  static let secondaryBus = FunctionEntries(rawValue: 64)
  static let vfio = FunctionEntries(rawValue: 128)
  static let net = FunctionEntries(rawValue: 256)
  static let modalias = FunctionEntries(rawValue: 512)
  static let override = FunctionEntries(rawValue: 1024)
  static let enabledVFs = FunctionEntries(rawValue: 2048)
  static let driver = FunctionEntries(rawValue: 4096)
  static let group = FunctionEntries(rawValue: 8192)
  static let physicalFunction = FunctionEntries(rawValue: 16384)
  /// A `config` that is no plain file, as only an image can have it.
  static let oddConfig = FunctionEntries(rawValue: 32768)
}

extension FunctionEntries {
  /// What one entry of the listing is.
  init(_ name: Span<UInt8>, _ kind: EntryKind) {
    self =
      switch name.count {
      case 6 where name.equals("driver"): .driver
      case 11 where name.equals("iommu_group"): .group
      case 6 where name.equals("physfn"): .physicalFunction
      default:
        switch kind {
        case .file: Self.file(name)
        case .directory:
          name.equals("power") ? .power : name.equals("vfio-dev") ? .vfio : name.equals("net") ? .net : []
        case .link, .other: name.equals("config") ? .oddConfig : []
        }
      }
  }

  private static func file(_ name: Span<UInt8>) -> FunctionEntries {
    switch name.count {
    case 6: name.equals("config") ? .config : []
    case 8: name.equals("modalias") ? .modalias : name.equals("revision") ? .revision : []
    case 9: name.equals("numa_node") ? .numaNode : []
    case 11: name.equals("power_state") ? .powerState : []
    case 12: name.equals("sriov_numvfs") ? .enabledVFs : []
    case 14: name.equals("sriov_totalvfs") ? .totalVFs : []
    case 15: name.equals("driver_override") ? .override : []
    case 20: name.equals("secondary_bus_number") ? .secondaryBus : []
    default: []
    }
  }
}
