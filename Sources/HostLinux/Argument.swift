import CLinux
import Ownership

/// Room for the argument of an ioctl: a struct, and a later kernel's tail behind it. The kernel may write to it.
@safe
final class Argument {
  private let bytes: UnsafeMutableRawBufferPointer

  /// Longer than every struct and its tail.
  private static let space = 128
  /// What a later kernel's struct has more.
  private static let tail = 8

  init() { unsafe bytes = .allocate(byteCount: Self.space, alignment: 8) }

  deinit { unsafe bytes.deallocate() }

  /// Where the word of flags stands in nearly every struct: behind the size.
  static let flags = 4

  /// Makes a call with a struct that begins with its own size, misshapen on request, and answers what the kernel made
  /// of the struct. A struct without flags at `flags` (nil) cannot have an unknown one.
  func call<Struct: BitwiseCopyable>(
    _ request: Int, on file: Int32, _ value: Struct, _ shape: ArgumentShape = .proper, flags: Int? = flags
  ) throws(SystemError) -> Struct {
    let size = MemoryLayout<Struct>.size
    unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
    unsafe bytes.storeBytes(of: value, as: Struct.self)
    unsafe bytes.storeBytes(of: UInt32(size), as: UInt32.self)
    switch shape {
    case .proper: break
    // Every struct needs more than its first word.
    case .tooSmall: unsafe bytes.storeBytes(of: 4, as: UInt32.self)
    case .unknownFlag:
      guard let flags else { break }
      let known = unsafe bytes.load(fromByteOffset: flags, as: UInt32.self)
      unsafe bytes.storeBytes(of: known | 1 << 31, toByteOffset: flags, as: UInt32.self)
    case .laterTail:
      unsafe bytes.storeBytes(of: UInt32(size + Self.tail), as: UInt32.self)
      unsafe bytes.storeBytes(of: 1, toByteOffset: size, as: UInt8.self)
    case .badPointer:
      _ = try Self.call(request, on: file, Self.nowhere)
      return value
    }
    let base = unsafe bytes.baseAddress
    _ = try Syscalls.call { unsafe cl_ioctl_at(file, UInt(request), base) }
    return unsafe bytes.load(as: Struct.self)
  }

  /// Makes a call whose argument is a bare number, or none.
  static func call(_ request: Int, on file: Int32, _ number: UInt = 0) throws(SystemError) -> Int {
    try Syscalls.call { cl_ioctl(file, UInt(request), number) }
  }

  /// No process has memory there: the kernel keeps the first page free.
  static let nowhere: UInt = 8
}

/// Memory to be mapped for devices. It stays where it is until the end, for the kernel may still have it pinned.
final class MemoryToMap {
  private var regions: [(address: UInt, size: Int)] = []

  deinit {
    for region in regions { unsafe cl_free_memory(UnsafeMutableRawPointer(bitPattern: region.address), region.size) }
  }

  /// The address of at least `size` bytes, and of a page at least. It is an odd page's: where iommufd chooses the IOVA it
  /// aligns that as the memory is aligned, and an odd page needs no more than a page.
  func address(of size: UInt64) throws(SystemError) -> UInt64 {
    let (enough, wraps) = max(size, Self.page).addingReportingOverflow(Self.page)
    let wanted = wraps ? Int.max : Int(clamping: enough)
    if let fitting = regions.first(where: { $0.size >= wanted }) { return Self.odd(fitting.address) }
    var memory: UnsafeMutableRawPointer?
    _ = try Syscalls.call { unsafe cl_memory(wanted, &memory) }
    let address = UInt(bitPattern: memory)
    regions.append((address, wanted))
    return Self.odd(address)
  }

  private static let page: UInt64 = 4096

  private static func odd(_ address: UInt) -> UInt64 { UInt64(address) | page }
}
