import CTerminal

/// The colour pairs in use: curses draws with numbered pairs, and some terminals have only 64.
struct Pairs {
  private struct Colours: Hashable {
    var foreground: Int32
    var background: Int32
  }

  private let limit: Int32
  private let hasDefaults: Bool
  private var numbers: [Colours: Int32] = [:]
  private var next: Int32 = 1

  /// Of the open session.
  init() {
    limit = ct_pairs()
    hasDefaults = ct_has_default_colours()
  }

  /// Whether a theme more may find too few left.
  var isCrowded: Bool { next > limit / 2 }

  /// Numbers are given anew from here on.
  mutating func forget() {
    numbers.removeAll()
    next = 1
  }

  /// The pair of a look; the terminal's own colours where it cannot be had, since drawing with a pair that was
  /// refused shows black on black.
  mutating func number(of look: Look) -> Int32 {
    guard look.foreground >= 0 || look.background >= 0 else { return 0 }
    let colours = Colours(foreground: look.foreground, background: look.background)
    if let known = numbers[colours] { return known }
    var number: Int32 = 0
    if next < limit, define(next, colours) {
      number = next
      next += 1
    }
    numbers[colours] = number
    return number
  }

  private func define(_ pair: Int32, _ colours: Colours) -> Bool {
    // Without default colours white on black is what they would most likely be.
    let foreground = colours.foreground < 0 && !hasDefaults ? 7 : colours.foreground
    let background = colours.background < 0 && !hasDefaults ? 0 : colours.background
    return ct_define_pair(pair, foreground, background)
  }
}
