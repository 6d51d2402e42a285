import Topology

extension Root {
  /// The function's directory below the root. Where the listing holds real directories instead of links, that one.
  func directory(of address: Address, below devices: String) -> String? {
    do {
      let count = unsafe try linkCount(try spelled(devices, address))
      return filled(0..<count) { target in
        let up: StaticString = "../../../"
        let isPlain = target.count > 9 && target.extracting(..<9).equals(up) && !Self.hasDots(target.extracting(9...))
        return isPlain && devices == Look.devicesPath
          ? "sys/" + String(decoding: target.extracting(9...)) : Self.lexical(String(decoding: target), in: devices)
      }
    } catch {
      return error.number == SystemError.invalid ? devices + "/" + address.description : nil
    }
  }

  /// Whether a component begins with a dot, or is empty.
  private static func hasDots(_ path: Span<UInt8>) -> Bool {
    var isStart = true
    for place in 0..<path.count {
      if isStart, path[place] == UInt8(ascii: ".") || path[place] == UInt8(ascii: "/") { return true }
      isStart = path[place] == UInt8(ascii: "/")
    }
    return false
  }

  /// The directory that lists functions, its own links followed.
  var devicesPath: String { isSysfs ? Look.devicesPath : resolve(Look.devicesPath) ?? Look.devicesPath }
}
