import Topology

extension Root {
  /// The function's directory below the root. Where the listing holds real directories instead of links, that one.
  func directory(of address: Address, below devices: String) -> String? {
    do {
      return unsafe try directory(of: address, linked: try spelled(devices, address), in: descriptor, devices)
    } catch {
      return nil
    }
  }

  /// The same for an entry that is spelled already, from an open directory.
  func directory(
    of address: Address, linked path: UnsafePointer<CChar>, in directory: Int32, _ devices: String
  ) throws(SystemError) -> String {
    do {
      let count = unsafe try linkCount(path, from: directory)
      let isPlain = filled(0..<count) { target in
        target.count > 9 && target.extracting(..<9).equals("../../../") && !Self.hasDots(target.extracting(9...))
      }
      if isPlain, devices == Look.devicesPath {
        // From sys/bus/pci/devices three levels up are the tree's sys.
        put("sys/", at: 5)
        return filled(5..<count) { String(decoding: $0) }
      }
      return filled(0..<count) { Self.lexical(String(decoding: $0), in: devices) }
    } catch {
      guard error.number == SystemError.invalid else { throw error }
      return devices + "/" + address.description
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
