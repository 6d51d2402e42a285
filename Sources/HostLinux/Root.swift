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
  /// Some sandboxes refuse openat2(2); then components are walked one by one.
  private var hasBeneath = true

  static let pathLimit = 4096
  static let fileLimit = 65536
  private let scratch: UnsafeMutablePointer<CChar>
  private let buffer: UnsafeMutableBufferPointer<UInt8>

  /// Where calls put what they read.
  var space: UnsafeMutablePointer<UInt8>? { unsafe buffer.baseAddress }

  /// The first bytes of the buffer, for as long as `body` runs.
  @inline(__always)
  func filled<Result>(_ range: Range<Int>, _ body: (Span<UInt8>) -> Result) -> Result {
    unsafe body(Span(_unsafeElements: UnsafeBufferPointer(rebasing: buffer[range])))
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
    isSysfs = sys >= 0 && cl_is_sysfs(Int32(sys)) == 1
    if sys >= 0 { _ = cl_close(Int32(sys)) }
    unsafe scratch = .allocate(capacity: 2 * Self.pathLimit)
    unsafe buffer = .allocate(capacity: Self.fileLimit)
  }

  deinit {
    unsafe scratch.deallocate()
    unsafe buffer.deallocate()
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

  /// `sys/bus/pci/devices/0000:00:01.0` and the like, without a string of the address.
  func spelled(_ directory: String, _ address: Address) throws(SystemError) -> UnsafePointer<CChar> {
    var used = try put(directory.utf8, at: 0)
    func write(_ byte: UInt8) {
      unsafe scratch[used] = CChar(bitPattern: byte)
      used += 1
    }
    func write(hexadecimal value: UInt32, digits: Int) {
      for digit in stride(from: digits - 1, through: 0, by: -1) {
        let nibble = UInt8(truncatingIfNeeded: value >> UInt32(4 * digit)) & 15
        write(nibble < 10 ? 48 + nibble : 87 + nibble)
      }
    }
    write(UInt8(ascii: "/"))
    write(hexadecimal: address.domain, digits: max(4, (35 - address.domain.leadingZeroBitCount) / 4))
    write(UInt8(ascii: ":"))
    write(hexadecimal: UInt32(address.bus), digits: 2)
    write(UInt8(ascii: ":"))
    write(hexadecimal: UInt32(address.device), digits: 2)
    write(UInt8(ascii: "."))
    write(48 + address.function)
    write(0)
    return unsafe UnsafePointer(scratch)
  }

  /// `directory/name` as a C string, without an allocation; the pointer is good until the next call.
  @inline(__always)
  func joined(_ directory: String, _ name: StaticString) throws(SystemError) -> UnsafePointer<CChar> {
    var used = try put(directory.utf8, at: 0)
    unsafe scratch[used] = 47
    used += 1
    guard used + name.utf8CodeUnitCount < 2 * Self.pathLimit else { throw SystemError(SystemError.nameTooLong) }
    unsafe (scratch + used).update(
      from: UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), count: name.utf8CodeUnitCount)
    unsafe scratch[used + name.utf8CodeUnitCount] = 0
    return unsafe UnsafePointer(scratch)
  }

  /// A path as a C string; the pointer is good until the next call.
  func spelled(_ path: String) throws(SystemError) -> UnsafePointer<CChar> {
    let used = try put(path.utf8, at: 0)
    unsafe scratch[used] = 0
    return unsafe UnsafePointer(scratch)
  }

  private func put(_ text: String.UTF8View, at start: Int) throws(SystemError) -> Int {
    let count = text.count
    guard start + count < Self.pathLimit, !text.contains(0) else { throw SystemError(SystemError.nameTooLong) }
    var place = start
    for byte in text {
      unsafe scratch[place] = CChar(bitPattern: byte)
      place += 1
    }
    return place
  }

  // MARK: opening

  /// Whether the kernel made what stands at a path: then its links need no proof and its files are plain ones.
  func isKernels(_ path: UnsafePointer<CChar>) -> Bool {
    guard isSysfs else { return false }
    return unsafe isLive || path[0] == 115 && path[1] == 121 && path[2] == 115 && path[3] == 47
  }

  /// Opens a path none of whose components is a link. ELOOP when one is.
  func openStraight(_ path: UnsafePointer<CChar>, _ flags: Int32) throws(SystemError) -> Int32 {
    if unsafe isKernels(path) { return Int32(try Syscalls.call { unsafe cl_open(descriptor, path, flags) }) }
    if hasBeneath {
      do {
        return Int32(try Syscalls.call { unsafe cl_open_beneath(descriptor, path, flags) })
      } catch {
        guard error.number == SystemError.notImplemented || error.number == SystemError.notPermitted else {
          throw error
        }
        hasBeneath = false
      }
    }
    return try openStepwise(unsafe String(cString: path), flags)
  }

  /// The same without openat2(2): one component at a time, each refusing to be a link.
  func openStepwise(_ path: String, _ flags: Int32) throws(SystemError) -> Int32 {
    let components = path.split(separator: "/").filter { $0 != "." }
    guard let last = components.last, !components.contains("..") else { throw SystemError(SystemError.invalid) }
    var here: Int32 = -1
    defer { if here >= 0 { _ = cl_close(here) } }
    for component in components.dropLast() {
      let from = here >= 0 ? here : descriptor
      let next = try Syscalls.call { unsafe cl_open(from, String(component), Flags.place) }
      if here >= 0 { _ = cl_close(here) }
      here = Int32(next)
    }
    let from = here >= 0 ? here : descriptor
    return Int32(
      try Syscalls.call { unsafe cl_open(from, String(last), flags | Int32(CL_NO_FOLLOW)) })
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
