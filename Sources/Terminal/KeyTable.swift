import Console

/// The bytes that this terminal's keys send, as its terminfo entry says. What every terminal of today sends alike,
/// `KeyReader` knows by itself.
struct KeyTable {
  private var keys: [[UInt8]: Key] = [:]
  private var beginnings: Set<[UInt8]> = []

  /// Terminfo's names; the extended ones are xterm's for arrows with Ctrl.
  private static let capabilities: [(String, Key)] =
    [
      ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right),
      ("khome", .home), ("kend", .end), ("kpp", .pageUp), ("knp", .pageDown),
      ("kich1", .insert), ("kdch1", .delete), ("kbs", .backspace), ("kcbt", .backTab), ("kent", .enter),
      ("kUP5", .controlUp), ("kDN5", .controlDown), ("kLFT5", .controlLeft), ("kRIT5", .controlRight),
    ] + (1...12).map { ("kf\($0)", .function($0)) }

  /// Asks `sequence` for each name; nil where the terminal has no such key.
  init(sequence: (String) -> [UInt8]?) {
    for (name, key) in Self.capabilities {
      // Single bytes mean the same everywhere.
      guard let bytes = sequence(name), bytes.count > 1, bytes[0] == 0x1b else { continue }
      keys[bytes] = key
      for length in 1..<bytes.count { beginnings.insert(Array(bytes[..<length])) }
    }
  }

  /// The key that is exactly these bytes.
  func key(_ bytes: [UInt8]) -> Key? { keys[bytes] }

  /// Whether some key begins with these bytes and goes on.
  func continues(_ bytes: [UInt8]) -> Bool { beginnings.contains(bytes) }
}
