import ArgumentParser
import Catalogue
import Topology

/// A word that stands where the name of a command has to stand, and is none.
struct CommandWord: Hashable {
  /// The word, behind the command that it should be one of: `nosuch`, `theme nosuch`.
  let text: String
  /// The one that may have been meant.
  let nearest: String?

  /// Nil where every such word names a command, and where an option comes first that nobody knows.
  init?(strayIn arguments: [String]) throws(Failure) {
    let options = try HelpTree.own().command.arguments ?? []
    var walk = Walk(options)
    for word in arguments.prefix(while: { $0 != "--" }) {
      switch walk.step(word) {
      case .on: continue
      case .done: return nil
      case .stray(let nearest):
        text = (walk.path + [Clean.visible(word)]).joined(separator: " ")
        self.nearest = nearest.map { (walk.path + [$0]).joined(separator: " ") }
        return
      }
    }
    return nil
  }

  /// What is said of it.
  var complaint: String { "no such command: '\(text)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "") }
}

/// The words of a command line, one after another, down the tree of commands.
private struct Walk {
  enum Step {
    case on, done
    case stray(nearest: String?)
  }

  private let names: Set<String>
  private let withValue: Set<String>
  /// What may stand next.
  private var below = Child.of(RootCommand.configuration)
  private(set) var path: [String] = []
  private var isHelp = false
  private var expectsValue = false

  init(_ options: [HelpTree.Argument]) {
    let texts = { (some: [HelpTree.Argument]) in Set(some.flatMap { ($0.names ?? []).map(\.text) }) }
    names = texts(options)
    withValue = texts(options.filter { $0.kind == "option" })
  }

  mutating func step(_ word: String) -> Step {
    if expectsValue {
      expectsValue = false
      return .on
    }
    if word.hasPrefix("-") {
      let name = word.prefix { $0 != "=" }
      expectsValue = withValue.contains(word)
      return names.contains(String(name)) ? .on : .done
    }
    if word == "help", path.isEmpty, !isHelp {
      isHelp = true
      return .on
    }
    guard let next = below.first(where: { $0.name == word }) else {
      return .stray(nearest: Suggestion.nearest(to: word, among: below.filter(\.isShown).map(\.name)))
    }
    below = Child.of(next.configuration)
    path.append(word)
    if below.isEmpty, !isHelp { return .done }
    return .on
  }

  /// A command below another one.
  private struct Child {
    let name: String
    let isShown: Bool
    let configuration: CommandConfiguration

    static func of(_ parent: CommandConfiguration) -> [Child] {
      parent.subcommands.map { command in
        let configuration = command.configuration
        return Child(
          name: configuration.commandName ?? "", isShown: configuration.shouldDisplay, configuration: configuration)
      }
    }
  }
}
