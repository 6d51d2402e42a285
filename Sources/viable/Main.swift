import ArgumentParser
import Glibc
import Topology

/// The program: arguments in, text and an exit code out.
@main
enum Main {
  static func main() {
    exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  /// Parses and runs; whatever ends a command early becomes a code here and nowhere else.
  static func run(_ arguments: [String]) -> Exit {
    do {
      var command = try RootCommand.parseAsRoot(arguments)
      try command.run()
      return .done
    } catch {
      return report(error)
    }
  }

  private static func report(_ error: any Error) -> Exit {
    let ending = Ending(error)
    do throws(Failure) {
      if !ending.output.isEmpty {
        let output = Output(descriptor: 1)
        output.write(Array(ending.output.utf8))
        try output.finish()
      }
    } catch {
      return report(error)
    }
    if !ending.complaint.isEmpty { Session.complain(ending.complaint) }
    return ending.exit
  }
}

/// How a command ended, whatever it was that ended it.
struct Ending {
  /// The code.
  var exit: Exit
  /// What goes to standard output: help, the version, a completion script.
  var output = ""
  /// What goes to standard error after `viable: `.
  var complaint = ""

  init(_ error: any Error) {
    switch error {
    case let failure as Failure:
      exit = failure.exit
      complaint = failure.message
    case let exit as Exit:
      self.exit = exit
    default:
      let message = RootCommand.fullMessage(for: error)
      if RootCommand.exitCode(for: error).isSuccess {
        exit = .done
        output = message.isEmpty ? "" : Completion.mended(message) + "\n"
      } else {
        exit = .usage
        complaint = Clean.lines(message.hasPrefix("Error: ") ? message.dropFirst(7) : message[...])
      }
    }
  }
}

extension Clean {
  /// Several lines, each made visible: an option's name is the typist's and may hold anything.
  static func lines(_ text: Substring) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { visible($0) }.joined(separator: "\n")
  }
}
