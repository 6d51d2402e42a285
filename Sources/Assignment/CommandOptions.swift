/// Options that a command has to have to mean the same: which machine, and where its journal is.
public struct CommandOptions: Hashable, Sendable {
  /// One word each: `--state-dir` and `/srv/viable`.
  public var words: [String]

  /// None, as on the machine we run on with its journal where it always is.
  public init(_ words: [String] = []) { self.words = words }

  /// As the shell takes them, with a blank behind; empty where there are none.
  private var text: String { words.map { Self.word($0) + " " }.joined() }

  /// Behind the program's name, with no change where there are none.
  public func put(behind program: String) -> String { words.isEmpty ? program : "\(program) \(text.dropLast())" }

  /// A text with them in each command that acts or asks what was done: `viable restore --all`. One that has options
  /// before its verb stays as it is.
  public func put(in text: String) -> String {
    guard !words.isEmpty else { return text }
    var (told, rest) = ("", text[...])
    while let found = rest.firstRange(of: Self.program) {
      told += rest[..<found.upperBound]
      rest = rest[found.upperBound...]
      if Self.verbs.contains(String(rest.prefix { $0.isLetter })) { told += self.text }
    }
    return told + rest
  }

  private static let program = "viable "
  private static let verbs = Set(Intent.Verb.allCases.map(\.rawValue) + ["plan", "apply", "check"])

  /// A word that the shell takes as it is.
  private static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): true
      default: "-_./:@%+=,".utf8.contains(byte)
      }
    }
    return isPlain && !text.isEmpty ? text : Plan.quoted(text)
  }
}
