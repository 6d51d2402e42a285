import ArgumentParser

/// How much memory may be locked: `64M`, `8G`, bytes without a letter, or `unlimited`.
struct MemorySize: ExpressibleByArgument, Hashable {
  /// In bytes; `.max` is no limit.
  let bytes: UInt64

  init(bytes: UInt64) { self.bytes = bytes }

  init?(argument: String) {
    if argument == "unlimited" {
      bytes = .max
      return
    }
    let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
    let unit = argument.last.flatMap { units[Character($0.uppercased())] }
    let digits = unit == nil ? argument[...] : argument.dropLast()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let count = UInt64(digits) else {
      return nil
    }
    let (product, overflows) = count.multipliedReportingOverflow(by: unit ?? 1)
    guard !overflows, product < .max else { return nil }
    bytes = product
  }

  /// `8 MiB`, `12345 bytes`, `any amount`.
  var words: String {
    if bytes == .max { return "any amount" }
    for (unit, size) in [("GiB", UInt64(1) << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes >= size {
      if bytes % size == 0 { return "\(bytes / size) \(unit)" }
    }
    return "\(bytes) bytes"
  }
}
