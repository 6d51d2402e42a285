import Topology

/// How many columns text takes. One function for the whole console; it agrees with glibc's wcwidth on every
/// scalar that `Clean.visible` lets through, which a test checks.
public enum Width {
  /// 0 for a lone mark, 2 for East Asian wide and emoji presentation, else 1. Terminals take scalars one by one, so
  /// what Unicode joins into one letter may take the columns of several: see `parts`.
  public static func of(_ character: Character) -> Int {
    if let ascii = character.asciiValue { return ascii < 0x20 || ascii == 0x7f ? 0 : 1 }
    return character.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  /// A character as terminals place it: one part for every scalar that takes columns, with the marks on it. A flag of
  /// two letters, a hand and its colour, a consonant and a vowel sign that stands beside it are two.
  public static func parts(of character: Character) -> [Character] {
    var parts: [String.UnicodeScalarView] = []
    for scalar in character.unicodeScalars {
      if parts.isEmpty || of(scalar) > 0 { parts.append(String.UnicodeScalarView()) }
      parts[parts.count - 1].append(scalar)
    }
    return parts.compactMap { String($0).first }
  }

  /// The columns of a whole text.
  @inlinable
  public static func of(_ text: some StringProtocol) -> Int { of(String(text)) }

  /// The same of a text of its own.
  public static func of(_ text: String) -> Int {
    Clean.isPlain(text.utf8.span) ? text.utf8.count : text.reduce(0) { $0 + of($1) }
  }

  /// `text` cut to `columns`, its end marked with `mark` when something was lost.
  public static func cut(_ text: String, to columns: Int, mark: Character = "…") -> String {
    guard columns > 0 else { return "" }
    if text.utf8.count <= columns || of(text) <= columns { return text }
    var (result, used) = ("", 0)
    for character in text {
      let width = of(character)
      if used + width > columns - 1 { break }
      result.append(character)
      used += width
    }
    return result + String(mark)
  }

  /// `text` cut or padded to exactly `columns`.
  public static func fit(_ text: String, to columns: Int, mark: Character = "…") -> String {
    let cut = cut(text, to: columns, mark: mark)
    return cut + String(repeating: " ", count: max(0, columns - of(cut)))
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    // Lines and blocks are most of what a frame holds beside ASCII.
    if (0x2500..<0x25a0).contains(scalar.value) { return 1 }
    switch scalar.value {
    // Vowels and finals of Hangul letters join the consonant before them; Ahom's medial RA was a mark until Unicode 16.
    case 0x1160...0x11ff, 0xd7b0...0xd7ff, 0x1171e: return 0
    default: break
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    let index = wide.partition(above: scalar.value)
    return index > 0 && wide[index - 1].contains(scalar.value) ? 2 : 1
  }

  /// Unicode 15 East Asian Width W and F, joined into ranges.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x231a...0x231b, 0x2329...0x232a, 0x23e9...0x23ec, 0x23f0...0x23f0, 0x23f3...0x23f3,
    0x25fd...0x25fe, 0x2614...0x2615, 0x2648...0x2653, 0x267f...0x267f, 0x2693...0x2693, 0x26a1...0x26a1,
    0x26aa...0x26ab, 0x26bd...0x26be, 0x26c4...0x26c5, 0x26ce...0x26ce, 0x26d4...0x26d4, 0x26ea...0x26ea,
    0x26f2...0x26f3, 0x26f5...0x26f5, 0x26fa...0x26fa, 0x26fd...0x26fd, 0x2705...0x2705, 0x270a...0x270b,
    0x2728...0x2728, 0x274c...0x274c, 0x274e...0x274e, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
    0x27b0...0x27b0, 0x27bf...0x27bf, 0x2b1b...0x2b1c, 0x2b50...0x2b50, 0x2b55...0x2b55, 0x2e80...0x303e,
    0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
    0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x16fe0...0x16ff1, 0x17000...0x18cd5,
    0x18d00...0x18d08, 0x1aff0...0x1b2fb, 0x1f004...0x1f004, 0x1f0cf...0x1f0cf, 0x1f18e...0x1f18e,
    0x1f191...0x1f19a, 0x1f200...0x1f320, 0x1f32d...0x1f335, 0x1f337...0x1f37c, 0x1f37e...0x1f393,
    0x1f3a0...0x1f3ca, 0x1f3cf...0x1f3d3, 0x1f3e0...0x1f3f0, 0x1f3f4...0x1f3f4, 0x1f3f8...0x1f43e,
    0x1f440...0x1f440, 0x1f442...0x1f4fc, 0x1f4ff...0x1f53d, 0x1f54b...0x1f54e, 0x1f550...0x1f567,
    0x1f57a...0x1f57a, 0x1f595...0x1f596, 0x1f5a4...0x1f5a4, 0x1f5fb...0x1f64f, 0x1f680...0x1f6c5,
    0x1f6cc...0x1f6cc, 0x1f6d0...0x1f6d2, 0x1f6d5...0x1f6d7, 0x1f6dc...0x1f6df, 0x1f6eb...0x1f6ec,
    0x1f6f4...0x1f6fc, 0x1f7e0...0x1f7eb, 0x1f7f0...0x1f7f0, 0x1f90c...0x1f93a, 0x1f93c...0x1f945,
    0x1f947...0x1f9ff, 0x1fa70...0x1faff, 0x20000...0x2fffd, 0x30000...0x3fffd,
  ]
}

extension [ClosedRange<UInt32>] {
  /// How many ranges begin at or below `value`; the list is sorted.
  fileprivate func partition(above value: UInt32) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].lowerBound <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
