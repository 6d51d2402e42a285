/// Guesses which known word was meant by an unknown one.
public enum Suggestion {
  /// The word that takes the fewest slips (a letter wrong, missing, too many, or two swapped) to become `word`:
  /// at most a third of its letters, and no guess at all where two words are equally near.
  public static func nearest(to word: String, among words: [String]) -> String? {
    let wanted = Array(word.lowercased().unicodeScalars.prefix(longest))
    let guesses = words.map { (word: $0, slips: slips(wanted, Array($0.unicodeScalars))) }
    guard let least = guesses.map(\.slips).min(), least <= max(1, wanted.count / 3) else { return nil }
    let nearest = guesses.filter { $0.slips == least }
    return nearest.count == 1 ? nearest[0].word : nil
  }

  /// The words that hold what was typed, where those are few: `vms` for `two-vms`.
  static func holding(_ part: String, among words: [String]) -> String? {
    let part = part.lowercased()
    let found = words.filter { $0.contains(part) }
    return part.unicodeScalars.count < 3 || found.isEmpty || found.count > 3 ? nil : found.joined(separator: " or ")
  }

  private static let longest = 40

  /// Optimal string alignment distance.
  private static func slips(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var last = Array(0...other.count)
    for (row, letter) in one.enumerated() {
      var line = [row + 1]
      for (column, wanted) in other.enumerated() {
        var cost = min(last[column] + (letter == wanted ? 0 : 1), last[column + 1] + 1, line[column] + 1)
        if row > 0, column > 0, letter == other[column - 1], one[row - 1] == wanted {
          cost = min(cost, before[column - 1] + 1)
        }
        line.append(cost)
      }
      (before, last) = (last, line)
    }
    return last[other.count]
  }
}
