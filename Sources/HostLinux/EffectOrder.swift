import HostAccess
import Ownership
import Topology

/// What a parent tells the child that carries out an effect, as words through a pipe: each ends with a NUL, which no
/// path, driver or module has in it.
struct EffectOrder: Hashable, Sendable {
  /// What to do.
  var effect: Effect
  /// The directory that `/sys` is looked for in: `/`, or an ordinary directory in tests.
  var root: String
  /// Whether descriptor 3 is the journal's lock.
  var hasLock: Bool

  /// More than any order has.
  static let limit = 16384

  var bytes: [UInt8] {
    let words = [root, hasLock ? "lock" : "no-lock"] + effect.words + ["end"]
    return words.flatMap { Array($0.utf8) + [0] }
  }

  init(_ effect: Effect, root: String, hasLock: Bool) {
    self.effect = effect
    self.root = root
    self.hasLock = hasLock
  }

  /// Nil for anything that `bytes` never gives.
  init?(_ bytes: [UInt8]) {
    guard bytes.last == 0, let words = Words.of(bytes.dropLast()), words.count >= 4, words.last == "end",
      words[0].hasPrefix("/"), ["lock", "no-lock"].contains(words[1]),
      let effect = Effect(words: Array(words[2..<words.count - 1]))
    else { return nil }
    self.init(effect, root: words[0], hasLock: words[1] == "lock")
  }
}

/// What the child answers.
enum EffectReport: Hashable, Sendable {
  case done
  case failed(HostError)

  var bytes: [UInt8] {
    let words =
      switch self {
      case .done: ["done"]
      case .failed(let error): ["failed", String(error.errno.rawValue), error.attempt, error.object]
      }
    return words.flatMap { Array($0.utf8.filter { $0 != 0 }) + [0] }
  }

  /// Nil for anything that `bytes` never gives, such as a word that was cut short.
  init?(_ bytes: [UInt8]) {
    guard bytes.last == 0, let words = Words.of(bytes.dropLast()) else { return nil }
    switch (words.first, words.count) {
    case ("done", 1): self = .done
    case ("failed", 4):
      guard let number = Int32(words[1]) else { return nil }
      self = .failed(HostError(words[2], on: words[3], Errno(rawValue: number)))
    default: return nil
    }
  }
}

private enum Words {
  /// The words between NULs; nil where one is no UTF-8.
  static func of(_ bytes: ArraySlice<UInt8>) -> [String]? {
    var words: [String] = []
    for word in bytes.split(separator: 0, omittingEmptySubsequences: false) {
      guard let text = String(validating: word, as: UTF8.self) else { return nil }
      words.append(text)
    }
    return words
  }
}
