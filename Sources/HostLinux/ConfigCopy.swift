import CLinux

/// Configuration space as it goes into an image: what serves to understand the machine, without what identifies it.
enum ConfigCopy {
  /// Reads a live device's configuration space and no more of it than is known to be harmless: all of a PCI Express
  /// device's, the header and the capabilities of a conventional one (some hang on reads of reserved registers).
  static func read(_ file: Int32) -> [UInt8] {
    let header = piece(of: file, at: 0, 64)
    guard header.count == 64, header[0x0e] != 0xff || header[0x08] != 0xff else { return header }
    // No capabilities: the rest says nothing, and zeros say so.
    guard header[0x06] & 0x10 != 0 else { return header + [UInt8](repeating: 0, count: 192) }
    var bytes = header + [UInt8](repeating: 0, count: 192)
    var place = Int(header[header[0x0e] & 0x7f == 2 ? 0x14 : 0x34] & 0xfc)
    var hops = 48
    while place >= 0x40, hops > 0 {
      let capability = piece(of: file, at: place, min(24, 256 - place))
      guard capability.count >= 4 else { return header }
      bytes.replaceSubrange(place..<place + capability.count, with: capability)
      if capability[0] == 0x10 { return header + piece(of: file, at: 64, 4096 - 64) }
      place = Int(capability[1] & 0xfc)
      hops -= 1
    }
    return bytes
  }

  private static func piece(of file: Int32, at offset: Int, _ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let (wanted, start) = (count - filled, UInt64(offset + filled))
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe cl_read_at(file, buffer.baseAddress.map { unsafe $0 + filled }, wanted, start)
      }
      guard got > 0 else { break }
      filled += got
    }
    return Array(bytes[..<filled])
  }

  /// Takes out the Device Serial Number (extended capability 0x0003) and what the Vital Product Data registers
  /// (capability 0x03) happen to hold.
  static func withoutSerials(_ config: [UInt8]) -> [UInt8] {
    var bytes = config
    guard bytes.count > 64 else { return bytes }
    var place = bytes[0x06] & 0x10 == 0 ? 0 : Int(bytes[bytes[0x0e] & 0x7f == 2 ? 0x14 : 0x34] & 0xfc)
    var hops = 48
    while place >= 0x40, place + 8 <= min(bytes.count, 256), hops > 0 {
      if bytes[place] == 0x03 { for offset in 2..<8 { bytes[place + offset] = 0 } }
      place = Int(bytes[place + 1] & 0xfc)
      hops -= 1
    }
    place = 0x100
    hops = 960
    while place >= 0x100, place + 12 <= bytes.count, hops > 0 {
      let id = UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8
      if id == 0x0003 { for offset in 4..<12 { bytes[place + offset] = 0 } }
      place = Int(bytes[place + 2] >> 4) | Int(bytes[place + 3]) << 4
      place &= 0xffc
      hops -= 1
    }
    return bytes
  }
}
