/// Options that a command has to have to mean the same: which machine, and where its journal is.
public struct CommandOptions: Hashable, Sendable {
  /// What chooses the machine, one word each: `--scenario` and `two-vms`. Empty for a machine itself, whose own acts
  /// need root; a chosen one does not.
  public var machine: [String]
  /// What leads to the journal, one word each: `--state-dir` and `/srv/viable`.
  public var journal: [String]

  /// None, as on the machine we run on with its journal where it always is.
  public init(machine: [String] = [], journal: [String] = []) {
    (self.machine, self.journal) = (machine, journal)
  }

  private var words: [String] { machine + journal }

  /// As the shell takes them, with a blank behind; empty where there are none.
  private var text: String { words.map { Self.word($0) + " " }.joined() }

  /// Behind the program's name, with no change where there are none.
  public func put(behind program: String) -> String { words.isEmpty ? program : "\(program) \(text.dropLast())" }

  /// One command with them: `viable --scenario two-vms why group:5`. What is no command of viable's stays as it is.
  public func put(into command: String) -> String {
    let isRoots = command.hasPrefix(Self.root)
    let bare = isRoots ? String(command.dropFirst(Self.root.count)) : command
    guard bare.hasPrefix(Self.program) else { return command }
    return (isRoots && machine.isEmpty ? Self.root : "") + Self.program + text + bare.dropFirst(Self.program.count)
  }

  /// A text with them in each command that acts or asks what was done: `viable restore --all`. One that has options
  /// before its verb stays as it is.
  public func put(in text: String) -> String {
    guard !words.isEmpty else { return text }
    var (told, rest) = ("", text[...])
    while let found = rest.firstRange(of: Self.program) {
      told += rest[..<found.lowerBound]
      rest = rest[found.upperBound...]
      let isOurs = Self.verbs.contains(String(rest.prefix { $0.isLetter }))
      if isOurs, !machine.isEmpty, told.hasSuffix(Self.root) { told.removeLast(Self.root.count) }
      told += Self.program + (isOurs ? self.text : "")
    }
    return told + rest
  }

  private static let program = "viable "
  private static let root = "sudo "
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
