import CLinux
import HostAccess
import Ownership
import Topology

/// A directory tree to look at: the live machine's `/`, or an image of one. Paths are relative to it and have no
/// leading slash.
///
/// On an image nothing outside the tree is ever reached and nothing but regular files is opened: whoever made it may
/// have put links, FIFOs and device nodes anywhere. Used by one thread at a time.
@safe
final class Root {
  /// As it was handed in.
  let path: String
  /// Whether this is the machine that we run on.
  let isLive: Bool
  /// Whether `sys` below it is a real sysfs; statfs decides. Its files are the kernel's own, so links need no proof.
  let isSysfs: Bool
  private(set) var descriptor: Int32
  private var owned: OwnedDescriptor
  let done: DescriptorBatch
  /// Descriptors on their way there. A lock for each of them would cost threads more than closing it does.
  private var finished: [Int32] = []
  /// Some sandboxes refuse openat2(2); then components are walked one by one.
  private var hasBeneath = true

  static let pathLimit = PathBuffer.limit
  static let fileLimit = 65536
  private var scratch = PathBuffer()
  private let buffer: UnsafeMutableBufferPointer<UInt8>

  /// Where calls put what they read.
  var space: UnsafeMutablePointer<UInt8>? { unsafe buffer.baseAddress }

  /// The first bytes of the buffer, for as long as `body` runs.
  @inline(__always)
  func filled<Result>(_ range: Range<Int>, _ body: (Span<UInt8>) -> Result) -> Result {
    unsafe body(Span(_unsafeElements: UnsafeBufferPointer(rebasing: buffer[range])))
  }

  /// Overwrites a part of the buffer.
  func put(_ text: StaticString, at place: Int) {
    for offset in 0..<text.utf8CodeUnitCount { unsafe buffer[place + offset] = text.utf8Start[offset] }
  }

  /// ENOENT and ENOTDIR are the caller's to report; anything below is not.
  init(_ path: String, closing done: DescriptorBatch = DescriptorBatch()) throws(HostError) {
    self.done = done
    do {
      owned = OwnedDescriptor(
        try Syscalls.call { unsafe cl_open(-100, path, Flags.directory) })
    } catch {
      throw HostError("open", on: path, error.errno)
    }
    self.path = path
    descriptor = owned.number
    isLive = path.utf8.allSatisfy { $0 == UInt8(ascii: "/") } && !path.isEmpty
    // An image's link to the running machine's /sys must not pass for a sysfs of its own.
    let sys = unsafe cl_open(owned.number, "sys", Flags.directory | Flags.file)
    let isShort = sys < 0 && SystemError(Int32(truncatingIfNeeded: -sys)).isShortage
    // A sysfs that cannot be told from an image is none that can be read.
    if isShort { throw HostError("open", on: path + "/sys", Errno(rawValue: Int32(truncatingIfNeeded: -sys))) }
    isSysfs = sys >= 0 && cl_is_sysfs(Int32(sys)) == 1
    if sys >= 0 { _ = cl_close(Int32(sys)) }
    unsafe buffer = .allocate(capacity: Self.fileLimit)
  }

  deinit {
    done.add(finished)
    unsafe buffer.deallocate()
  }

  /// Descriptors are short: whatever is done with is closed at once, and nothing is read side by side.
  var isThrifty = false

  /// Takes a descriptor that is done with, to be closed together with others.
  func finish(_ descriptor: Int32) {
    if isThrifty {
      _ = cl_close(descriptor)
      return
    }
    finished.append(descriptor)
    if finished.count >= DescriptorBatch.handful { passOn() }
  }

  /// Closes whatever is done with.
  func closeFinished() {
    passOn()
    done.closeAll()
  }

  private func passOn() {
    done.add(finished)
    finished.removeAll(keepingCapacity: true)
  }

  /// Opens the directory that the path means now, where that is another one: an image may be removed and made anew
  /// while somebody looks at it. As long as the path means nothing, the old directory stays.
  func follow() {
    guard !isLive else { return }
    var (here, there) = (cl_status(), cl_status())
    let opened = unsafe cl_open(-100, path, Flags.directory)
    guard opened >= 0 else { return }
    let fresh = OwnedDescriptor(opened)
    guard unsafe cl_stat(descriptor, ".", &here) >= 0, unsafe cl_stat(fresh.number, ".", &there) >= 0,
      (here.device, here.inode) != (there.device, there.inode)
    else { return }
    descriptor = fresh.number
    owned = fresh
  }

  /// Combinations of CLinux's open flags.
  enum Flags {
    static let file = Int32(CL_READ_ONLY | CL_NO_FOLLOW | CL_NO_WAIT)
    static let directory = Int32(CL_READ_ONLY | CL_DIRECTORY)
    static let place = Int32(CL_PATH | CL_DIRECTORY | CL_NO_FOLLOW)
    static let create = Int32(CL_CREATE | CL_NO_FOLLOW)
  }

  /// `sys/bus/pci/devices/0000:00:01.0` and the like; the pointer is good until the next call.
  func spelled(_ directory: String, _ address: Address) throws(SystemError) -> UnsafePointer<CChar> {
    try scratch.set(directory)
    scratch.append(address)
    return unsafe scratch.path
  }

  /// `directory/name`; the pointer is good until the next call.
  func joined(_ directory: String, _ name: StaticString) throws(SystemError) -> UnsafePointer<CChar> {
    try scratch.set(directory)
    return unsafe scratch.entry(name)
  }

  /// A path as a C string; the pointer is good until the next call.
  func spelled(_ path: String) throws(SystemError) -> UnsafePointer<CChar> {
    try scratch.set(path)
    return unsafe scratch.path
  }

  // MARK: opening

  /// Whether the kernel made what stands at a path: then its links need no proof and its files are plain ones.
  func isKernels(_ path: UnsafePointer<CChar>) -> Bool {
    guard isSysfs else { return false }
    return unsafe isLive || path[0] == 115 && path[1] == 121 && path[2] == 115 && path[3] == 47
  }

  /// Makes a note of what a path below a directory answered.
  func note(_ error: SystemError, opening path: UnsafePointer<CChar>, from directory: Int32) {
    let name = unsafe String(cString: path)
    var target = [UInt8](repeating: 0, count: Self.pathLimit)
    let count = unsafe cl_readlink(-100, "/proc/self/fd/\(directory)", &target, target.count)
    let above = count > 0 ? String(decoding: target[..<min(count, target.count)], as: UTF8.self) : self.path
    done.note(HostError("open", on: above == "/" ? above + name : above + "/" + name, error.errno))
  }

  /// Opens a path none of whose components is a link. ELOOP when one is.
  func openStraight(_ path: UnsafePointer<CChar>, _ flags: Int32) throws(SystemError) -> Int32 {
    unsafe try openStraight(path, flags, from: descriptor, isKernels: isKernels(path))
  }

  /// The same from a directory that was reached without a link. What could not be opened for want of descriptors or
  /// memory is noted.
  func openStraight(
    _ path: UnsafePointer<CChar>, _ flags: Int32, from directory: Int32, isKernels: Bool
  ) throws(SystemError) -> Int32 {
    do {
      return unsafe try openAsIs(path, flags, from: directory, isKernels: isKernels)
    } catch {
      if error.isShortage { unsafe note(error, opening: path, from: directory) }
      throw error
    }
  }

  private func openAsIs(
    _ path: UnsafePointer<CChar>, _ flags: Int32, from directory: Int32, isKernels: Bool
  ) throws(SystemError) -> Int32 {
    if isKernels { return Int32(try Syscalls.call { unsafe cl_open(directory, path, flags) }) }
    if hasBeneath {
      do {
        return Int32(try Syscalls.call { unsafe cl_open_beneath(directory, path, flags) })
      } catch {
        guard error.number == SystemError.notImplemented || error.number == SystemError.notPermitted else {
          throw error
        }
        hasBeneath = false
      }
    }
    return try openStepwise(unsafe String(cString: path), flags, from: directory)
  }

  /// The same without openat2(2): one component at a time, each refusing to be a link.
  func openStepwise(_ path: String, _ flags: Int32, from directory: Int32? = nil) throws(SystemError) -> Int32 {
    let components = path.split(separator: "/").filter { $0 != "." }
    guard let last = components.last, !components.contains("..") else { throw SystemError(SystemError.invalid) }
    var here: Int32 = -1
    defer { if here >= 0 { _ = cl_close(here) } }
    for component in components.dropLast() {
      let from = here >= 0 ? here : directory ?? descriptor
      let next = try Syscalls.call { unsafe cl_open(from, String(component), Flags.place) }
      if here >= 0 { _ = cl_close(here) }
      here = Int32(next)
    }
    let from = here >= 0 ? here : directory ?? descriptor
    return Int32(
      try Syscalls.call { unsafe cl_open(from, String(last), flags | Int32(CL_NO_FOLLOW)) })
  }

  /// Opens a directory to start paths at. ELOOP where a component is a link.
  func openPlace(_ path: [UInt8]) throws(SystemError) -> Int32 {
    try scratch.set(path.span)
    return unsafe try openStraight(scratch.path, Flags.place)
  }

  /// Opens a directory, through links as long as they stay inside the tree.
  func openDirectory(_ path: String) throws(SystemError) -> OwnedDescriptor {
    do {
      return OwnedDescriptor(Int(unsafe try openStraight(try spelled(path), Flags.directory)))
    } catch {
      guard Self.mayBeALink(error), let real = resolve(path), real != path else { throw error }
      return OwnedDescriptor(Int(unsafe try openStraight(try spelled(real), Flags.directory)))
    }
  }
}
