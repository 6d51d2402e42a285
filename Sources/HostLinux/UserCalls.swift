import CLinux
public import HostAccess
public import Ownership
import Topology

/// The calls of VFIO and iommufd, made on the kernel that we run on.
///
/// Every user has a table of descriptors of their own, numbered like a process' from 3 up; to the kernel all of them are
/// this process: its capabilities, its memory limit. Whatever is still open at the end is closed, last first.
public final class UserCalls: Answering {
  let argument = Argument()
  let memory = MemoryToMap()
  private let root: Root
  private var tables: [Int32: Slots<Int32>] = [:]

  /// Calls on the nodes below `root`; anything but `/` is for trying things out.
  /// - Throws: `HostError` when there is no such directory.
  public init(root path: String = "/") throws(HostError) { root = try Root(path) }

  deinit { closeAll() }

  /// Makes one call. The answer has no reason, ledger or consequences: a kernel gives none.
  public func ask(_ call: Call, as user: User) -> Answer {
    do {
      return Answer(outcome: .success(try perform(call, by: user)))
    } catch {
      return Answer(outcome: .refused(error.errno))
    }
  }

  /// Closes whatever any user has open, last first.
  public func closeAll() {
    for table in tables.values {
      for entry in table.entries.reversed() { _ = cl_close(entry.element) }
    }
    tables = [:]
  }

  /// Whether nobody has anything open.
  public var isIdle: Bool { tables.values.allSatisfy(\.isEmpty) }

  private func perform(_ call: Call, by user: User) throws(SystemError) -> Value {
    switch call {
    case .open(let node): return .descriptor(give(try open(node), to: user))
    case .close(let descriptor):
      let file = file(descriptor, of: user)
      tables[user.process]?[descriptor.number] = nil
      // Never made again, not even when interrupted: the number is free whatever the answer (close(2)).
      let refusal = cl_close(file)
      guard refusal >= 0 else { throw SystemError(Int32(truncatingIfNeeded: -refusal)) }
      return .nothing
    case .touch(let descriptor, let touch):
      try self.touch(file(descriptor, of: user), touch)
      return .nothing
    case .ioctl(let descriptor, let ioctl, let shape):
      let file = file(descriptor, of: user)
      if let value = try askGroup(ioctl, file, shape, by: user) { return value }
      if let value = try askContainer(ioctl, file, shape) { return value }
      if let value = try askDevice(ioctl, file, shape, by: user) { return value }
      if let value = try askContext(ioctl, file, shape) { return value }
      // What no Linux has: the proposals' calls, and whoever asks for a number outright.
      var number = CL_NO_SUCH_CALL
      if case .unknown(let other) = ioctl { number = Int(other) }
      return .number(try Argument.call(number, on: file))
    }
  }

  /// The kernel's number of a user's descriptor; one that nobody can have open where the user has none.
  func file(_ descriptor: Descriptor, of user: User) -> Int32 {
    guard descriptor.number >= 0 else { return -1 }
    return tables[user.process]?[descriptor.number] ?? .max
  }

  func give(_ file: Int, to user: User) -> Descriptor {
    Descriptor(tables[user.process, default: Slots(from: 3)].add(Int32(truncatingIfNeeded: file)))
  }

  // MARK: nodes

  private func open(_ node: Openable) throws(SystemError) -> Int {
    // The live root is `/` already.
    let path = (root.isLive ? "" : root.path) + "/" + (try path(of: node))
    return try Syscalls.call { unsafe cl_open_node(path) }
  }

  /// A node's path below the root. A device's is found through sysfs: ENOENT while it has none.
  func path(of node: Openable) throws(SystemError) -> String {
    switch node {
    case .container: return "dev/vfio/vfio"
    case .group(let group): return "dev/vfio/\(group)"
    case .context: return "dev/iommu"
    case .virtualMachine: return "dev/kvm"
    case .device(let address):
      let names = root.list("sys/bus/pci/devices/\(address)/vfio-dev") ?? []
      guard let name = names.map(\.name).min() else { throw SystemError(SystemError.noSuchFile) }
      return "dev/vfio/devices/" + name
    }
  }

  // MARK: touching

  private func touch(_ file: Int32, _ touch: Touch) throws(SystemError) {
    switch touch {
    // The vendor id: four bytes that every function lets read without a side effect.
    case .read:
      var word: UInt32 = 0
      _ = try Syscalls.call { unsafe cl_read_at(file, &word, 4, Self.configuration) }
    case .write: _ = try Syscalls.call { cl_try_writing(file, Self.configuration) }
    case .mmap:
      let place = mappable(file)
      _ = try Syscalls.call { cl_try_mapping(file, place, 4096) }
    }
  }

  /// Where the configuration space of a PCI function begins (drivers/vfio/pci/vfio_pci_core.c: index << 40).
  private static let configuration = UInt64(7) << 40

  /// Where the first region begins that may be mapped; the first of all where none may, or none can be asked for.
  private func mappable(_ file: Int32) -> UInt64 {
    for index: UInt32 in 0..<6 {
      let wish = cl_vfio_region_info(argsz: 0, flags: 0, index: index, cap_offset: 0, size: 0, offset: 0)
      guard let region = try? argument.call(CL_VFIO_DEVICE_GET_REGION_INFO, on: file, wish) else { return 0 }
      if region.flags & UInt32(CL_VFIO_REGION_MMAP) != 0, region.size >= 4096 { return region.offset }
    }
    return 0
  }
}
