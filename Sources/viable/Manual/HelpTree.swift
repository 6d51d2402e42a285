import ArgumentParser
import FoundationEssentials

/// The commands and options as ArgumentParser describes them: what the manual page is made of.
struct HelpTree: Decodable {
  var command: Command

  /// One command.
  struct Command: Decodable {
    var commandName: String
    var shouldDisplay: Bool?
    var abstract: String?
    var discussion: String?
    var subcommands: [Command]?
    var arguments: [Argument]?
  }

  /// One argument, option or flag.
  struct Argument: Decodable {
    var kind: String
    var shouldDisplay: Bool
    var sectionTitle: String?
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var valueName: String?
    var abstract: String?
  }

  /// `--root` or `-h`.
  struct Name: Decodable {
    var kind: String
    var name: String

    var text: String { (kind == "long" ? "--" : "-") + name }
  }

  /// The program's own, from the definitions that parse its arguments.
  static func own() throws(Failure) -> HelpTree {
    do {
      return try JSONDecoder().decode(HelpTree.self, from: Data(RootCommand._dumpHelp().utf8))
    } catch {
      throw Failure(.unavailable, "the parser's own description cannot be read: \(error)")
    }
  }
}
