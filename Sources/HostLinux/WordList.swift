extension [String] {
  /// The words as C has them: each ends with a NUL, and nothing follows the last.
  func withWords<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result) -> Result {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for word in self {
      starts.append(bytes.count)
      // A NUL inside would end it early, and say something else than was meant.
      bytes += word.utf8.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
    }
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      var list: [UnsafePointer<CChar>?] = unsafe starts.map { start in
        unsafe bytes.baseAddress.map { unsafe $0 + start }
      }
      unsafe list.append(nil)
      return unsafe list.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
  }
}
