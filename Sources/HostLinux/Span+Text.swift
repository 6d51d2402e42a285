import Topology

extension String {
  /// The bytes as UTF-8; what is not becomes U+FFFD.
  init(decoding bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

extension Span<UInt8> {
  /// How many bytes stand before the white space at the end: attributes close with a newline.
  var trimmedCount: Int {
    var end = count
    while end > 0, self[end - 1] == 10 || self[end - 1] == 32 || self[end - 1] == 0 { end -= 1 }
    return end
  }

  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    for place in 0..<count where unsafe self[place] != text.utf8Start[place] { return false }
    return true
  }
}

extension Span<UInt8> {
  func equals(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for place in 0..<count where self[place] != other[place] { return false }
    return true
  }
}

extension [UInt8] {
  /// A copy that outlives what it was borrowed from.
  init(copying bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
  }
}
