import CLinux
public import HostAccess
import Ownership
public import Topology

/// Reads a machine from the sysfs, proc and dev below a directory: the live machine's `/`, or an image of one.
public final class SysfsObserver: Observer {
  /// What machine this is, and whether root looks.
  public let place: Place
  let root: Root
  let names: PCINames?
  let cautious: CautiousReader
  /// Whose node each `vfio3` was when it was seen last: a node that is gone by its name still has holders.
  var partingNames: [String: Address] = [:]

  /// `root` is `/` for the live machine, else the directory of an image. `names` comes from the machine that runs
  /// the program, never from the image.
  /// - Throws: `HostError` with ENOENT or ENOTDIR when there is no such directory.
  public init(root path: String, names: PCINames? = nil) throws(HostError) {
    root = try Root(path)
    self.names = names
    cautious = CautiousReader(root)
    let isPrivileged = cl_effective_user() == 0
    place = Place(
      kind: root.isLive ? .linux : .image, name: root.isLive ? Self.hostName() : path, isPrivileged: isPrivileged)
  }

  /// The whole machine. Where there is no PCI the inventory is empty and says so; that is no error.
  public func inventory(_ depth: Depth) throws(HostError) -> Inventory {
    try thriftily { observer throws(HostError) in try observer.look(depth) }
  }

  /// Whether a machine is there to be looked at: an image has at least its `sys`.
  public var isMachine: Bool { root.isLive || root.list("sys") != nil }

  /// Reads, and where descriptors run out meanwhile closes those that are done with and reads again, one thing after
  /// another. What then cannot be opened is thrown: a picture that lacks it would be false.
  func thriftily<Result>(_ read: (SysfsObserver) throws(HostError) -> Result) throws(HostError) -> Result {
    _ = root.done.takeTrouble()
    let first = try read(self)
    root.closeFinished()
    guard root.done.takeTrouble() != nil else { return first }
    root.isThrifty = true
    defer { root.isThrifty = false }
    let second = try read(self)
    root.closeFinished()
    if let trouble = root.done.takeTrouble() { throw trouble }
    return second
  }

  /// One look at everything. Groups' own lists of members win where they are read.
  func look(_ depth: Depth) throws(HostError) -> Inventory {
    var look = try Look(root)
    guard let addresses = look.addresses else {
      return Inventory(functions: [], groups: [], host: hostFacts(hasGroups: false, hasPCI: false))
    }
    let closer = [.listing, .watching, .close(to: [])].contains(depth) ? nil : CloserLook(root)
    readFunctions(addresses, into: &look, depth == .full ? closer : nil)
    let naming = names?.search(for: look.functions)
    // A pass over the whole file, beside what else is read.
    let named = root.isThrifty ? nil : naming.flatMap { $0.isEmpty ? nil : Parallel.Aside($0.read) }
    readVariants(&look)
    readGroups(&look, isListing: depth == .listing)
    if let closer { readDetails(&look, of: look.indices(of: depth), closer) }
    if depth == .watching { readOverrides(&look, of: Array(look.functions.indices)) } else { readOverrides(&look) }
    readHolders(&look)
    var inventory = Inventory(
      functions: look.functions, groups: look.groups,
      host: hostFacts(hasGroups: look.hasGroups, hasPCI: true), disagreements: look.disagreements)
    if let names, let naming {
      // Names are looked up but once. Where none could be opened, what is done with is closed and they are tried again.
      var found = named?.value
      if found == nil {
        root.closeFinished()
        found = naming.read()
      }
      inventory.names = names.take(naming, found)
    }
    return inventory
  }

  private func readFunctions(_ addresses: [Address], into look: inout Look, _ closer: CloserLook?) {
    let devices = look.devices
    let parts = divided(addresses.count) { observer, range in
      var reader = FunctionReader(observer.root, below: devices)
      var found: [FoundFunction] = []
      found.reserveCapacity(range.count)
      for place in range {
        if let function = observer.seen(addresses[place], &reader, closer) { found.append(function) }
      }
      return found
    }
    look.functions.reserveCapacity(addresses.count)
    look.paths.reserveCapacity(addresses.count)
    for part in parts {
      for found in part {
        look.functions.append(found.function)
        look.paths.append(found.path)
      }
    }
  }

  /// `body` over parts of `0..<count`, each with an observer of its own: none is used by two threads.
  func divided<Part: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (SysfsObserver, Range<Int>) -> [Part]
  ) -> [[Part]] {
    if count < 2 * Parallel.least || root.isThrifty { return [body(self, 0..<count)] }
    let (path, place, done) = (root.path, place, root.done)
    let parts = Parallel.map(count) {
      let observer = try? SysfsObserver(root: path, as: place, closing: done)
      return { range in observer.map { body($0, range) } }
    }
    // Out of descriptors: then on this thread after all.
    return parts.contains { $0 == nil } ? [body(self, 0..<count)] : parts.compactMap { $0 }
  }

  private init(root path: String, as place: Place, closing done: DescriptorBatch) throws(HostError) {
    root = try Root(path, closing: done)
    names = nil
    cautious = CautiousReader(root)
    self.place = place
  }

  private static func hostName() -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = unsafe cl_host_name(&buffer, buffer.count)
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : "localhost"
  }
}

/// What one look has found so far.
struct Look {
  /// The directory that lists functions, its own links followed.
  let devices: String
  /// Functions by address, and beside each the directory that it is.
  var functions: [Function] = []
  var paths: [String] = []
  var groups: [Group] = []
  var disagreements: [Disagreement] = []
  /// Whether the kernel has any group, whoever is in it.
  var hasGroups = false
  /// Everything below `devices`, sorted; nil without PCI.
  let addresses: [Address]?
  /// What was known before, where a look reads only a part again.
  private(set) var before: Inventory?

  static let devicesPath = "sys/bus/pci/devices"

  /// Throws where the listing is there and cannot be read.
  init(_ root: Root) throws(HostError) {
    devices = root.devicesPath
    var found: [Address] = []
    do {
      let directory = try root.openDirectory(devices)
      try root.entries(directory.number) { name, _ in
        if let address = Address(name) { found.append(address) }
      }
      addresses = found.sorted()
    } catch {
      // Want of descriptors is on record, and may pass.
      guard error.saysGone || error.isShortage else {
        throw HostError("list", on: root.path == "/" ? "/" + devices : root.path + "/" + devices, error.errno)
      }
      addresses = nil
    }
  }

  /// A look at functions that were found before.
  init(devices: String, before: Inventory) {
    self.devices = devices
    addresses = nil
    self.before = before
  }

  /// A function as this look found it, else as it was before.
  func function(at address: Address, gone: Set<Address> = []) -> Function? {
    if let index = index(of: address) { return functions[index] }
    return gone.contains(address) ? nil : before?[address]
  }

  /// What a function's driver means, as this look found it or else as it was before. `stances` are those of the
  /// functions of the look.
  func stance(of address: Address, _ stances: [Stance]) -> Stance? {
    index(of: address).map { stances[$0] } ?? before?[address].map { Stance($0) }
  }

  func index(of address: Address) -> Int? { Self.index(of: address, in: functions) }

  /// Where a function is among such as are sorted by address.
  static func index(of address: Address, in functions: [Function]) -> Int? {
    var (low, high) = (0, functions.count)
    while low < high {
      let middle = (low + high) / 2
      if functions[middle].address < address { low = middle + 1 } else { high = middle }
    }
    return low < functions.count && functions[low].address == address ? low : nil
  }

  func indices(of depth: Depth) -> [Int] {
    switch depth {
    case .listing, .watching: []
    case .full: Array(functions.indices)
    case .close(let addresses): addresses.sorted().compactMap { index(of: $0) }
    }
  }
}
