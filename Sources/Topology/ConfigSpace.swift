/// A function's configuration space, as far as it could be read: 0 to 4096 bytes of any content.
///
/// What lies beyond the bytes at hand is unknown, with the reason that `beyond` gives; it is absent only where the
/// bytes themselves, or the kernel's size of the file, say that there is nothing.
public struct ConfigSpace: Hashable, Sendable {
  /// How many bytes were read.
  public let count: Int
  /// Why there are no more.
  public let beyond: Ignorance
  /// How much the kernel can reach, 256 or 4096, as the size of the file says on a live machine; nil in an image,
  /// where a file is as long as what somebody copied into it.
  public let size: Int?
  /// A header of 64 bytes without a status register, in an image: put together from ids by whoever made the image, or
  /// copied without privilege. Whether there are capabilities it does not tell, unless it is taken at its word.
  public private(set) var isBareHeader: Bool
  /// Without the zeros at the end: most of 4096 bytes are some.
  private let significant: [UInt8]

  /// What there is of a function. More than 4096 bytes is no configuration space; what follows is ignored.
  public init(_ bytes: some Collection<UInt8>, size: Int? = nil, beyond: Ignorance = .notRecorded) {
    let bytes = Array(bytes.prefix(Self.most))
    count = bytes.count
    self.size = size
    self.beyond = beyond
    let last = bytes.lastIndex { $0 != 0 }
    significant = last.map { Array(bytes[...$0]) } ?? []
    isBareHeader = size == nil && bytes.count == Self.header && bytes[0x06] == 0 && bytes[0x07] == 0
  }

  /// The same from borrowed bytes.
  public init(_ bytes: Span<UInt8>, size: Int? = nil, beyond: Ignorance = .notRecorded) {
    var copy: [UInt8] = []
    copy.reserveCapacity(min(bytes.count, Self.most))
    for place in 0..<min(bytes.count, Self.most) { copy.append(bytes[place]) }
    self.init(copy, size: size, beyond: beyond)
  }

  /// The header that anyone may read.
  static let header = 64
  /// Where extended capabilities begin (PCI_CFG_SPACE_SIZE).
  static let conventional = 256
  /// PCI_CFG_SPACE_EXP_SIZE.
  static let most = 4096

  /// The same header, believed where it shows no capabilities: others of its image were recorded with theirs.
  public var takenAtItsWord: ConfigSpace {
    var copy = self
    copy.isBareHeader = false
    return copy
  }

  /// The bytes that were read.
  public var bytes: [UInt8] { significant + [UInt8](repeating: 0, count: count - significant.count) }

  /// Whether a header is there, and an answer of the device.
  public var isWhole: Bool { count >= Self.header && !isSilent }

  /// All ones: what reads return while a device does not answer (PCI_ERROR_RESPONSE).
  public var isSilent: Bool { byte(0x08) == 0xff && byte(0x0e) == 0xff }

  static let silence = Ignorance.malformed("all ones, the device does not answer")

  /// A byte that was read.
  func byte(_ offset: Int) -> UInt8? {
    guard offset >= 0, offset < count else { return nil }
    return offset < significant.count ? significant[offset] : 0
  }

  /// Little endian, 1, 2 or 4 bytes; nil where a part of it lies beyond.
  func number(at offset: Int, width: Int) -> UInt32? {
    var number: UInt32 = 0
    for place in 0..<width {
      guard let byte = byte(offset + place) else { return nil }
      number |= UInt32(byte) << UInt32(8 * place)
    }
    return number
  }

  /// What a register holds; absent where the function has no such capability.
  public subscript(register: ConfigRegister) -> Known<Evidence> {
    let start: Known<Int> =
      switch register.place {
      case .header(let place): .value(place)
      case .capability(let id, let place): offset(of: ConfigCapability(id)).map { $0 + place }
      case .extended(let id, let place): offset(of: ExtendedCapability(id)).map { $0 + place }
      }
    if isSilent { return .unknown(Self.silence) }
    switch start {
    case .absent: return .absent
    case .unknown(let why): return .unknown(why)
    case .value(let offset):
      // Whatever a hostile list says, a capability at the very end has no room for its registers.
      guard offset + register.width <= Self.most else { return .absent }
      guard let value = number(at: offset, width: register.width) else {
        return isBeyondTheKernel(offset) ? .absent : .unknown(beyond)
      }
      return .value(Evidence(register: register, offset: UInt16(offset), value: value))
    }
  }

  /// Whether the kernel itself cannot reach a byte.
  func isBeyondTheKernel(_ offset: Int) -> Bool { size.map { offset >= $0 } ?? false }
}

extension ConfigSpace: CustomStringConvertible {
  /// `4096 bytes`: nobody wants to read them all.
  public var description: String { "\(count) bytes" }
}

extension ConfigSpace: CustomReflectable {
  /// The same for whoever looks inside.
  public var customMirror: Mirror { Mirror(self, children: ["count": count]) }
}
