import ArgumentParser
import Assignment
import Glibc
import HostLinux
import Topology

/// The program: arguments in, text and an exit code out.
@main
enum Main {
  static func main() {
    // How viable starts itself to carry out an effect: before anything else, for a child has nothing else to do.
    if CommandLine.argc == 2, let first = unsafe CommandLine.unsafeArgv[1],
      unsafe strcmp(first, EffectRunner.argument.utf8Start) == 0
    {
      exit(EffectRunner.serve())
    }
    exit(run(Array(CommandLine.arguments.dropFirst())))
  }

  /// Parses and runs; whatever ends a command early becomes a code here and nowhere else.
  static func run(_ arguments: [String]) -> Int32 {
    var options = Options()
    do {
      if let plain = PlainLine(arguments) {
        options = plain.options
        try plain.run()
      } else {
        var command = try RunCommand.parse(arguments) ?? RootCommand.parseAsRoot(arguments)
        options = (command as? any GlobalCommand)?.global.chosen ?? options
        try command.run()
      }
      return Exit.done.rawValue
    } catch let end as CommandEnd {
      return end.code
    } catch var failure as Failure {
      failure.message = options.chosenBy.acts.put(in: failure.message)
      return options.json ? refuse(failure) : report(failure, arguments)
    } catch {
      return report(error, arguments)
    }
  }

  /// A refusal as a document, and in words.
  private static func refuse(_ failure: Failure) -> Int32 {
    guard let report = RefusalReport(failure) else { return self.report(failure) }
    let output = Output(descriptor: 1)
    var page = Page(.plain, to: output)
    report.json(into: &page)
    let said = self.report(failure)
    do throws(Failure) { try output.finish() } catch { return self.report(error) }
    return said
  }

  private static func report(_ error: any Error, _ arguments: [String] = []) -> Int32 {
    let ending = Ending(error, arguments)
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
    return ending.exit.rawValue
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

  /// `arguments` are those that led to it: a command's name that was mistyped stands among them.
  init(_ error: any Error, _ arguments: [String] = []) {
    switch error {
    case let failure as Failure:
      exit = failure.exit
      complaint = failure.message
    case let exit as Exit:
      self.exit = exit
    default:
      let message = RootCommand.fullMessage(for: error)
      if let stray = Self.helpless(arguments) {
        exit = .usage
        complaint = stray.complaint + "\n  See 'viable --help' for those that there are."
      } else if RootCommand.exitCode(for: error).isSuccess {
        exit = .done
        output = message.isEmpty ? "" : Completion.mended(HelpText.ordered(message)) + "\n"
      } else {
        exit = .usage
        complaint = Clean.lines(message.hasPrefix("Error: ") ? message.dropFirst(7) : message[...])
        if let hint = Self.hint(complaint, arguments) { complaint = hint }
      }
    }
  }
}

extension Ending {
  /// The complaint with a guess at the command that was meant, where a word stands in the place of one.
  private static func hint(_ complaint: String, _ arguments: [String]) -> String? {
    if complaint.hasPrefix("Missing expected argument '<count>'"),
      let count = arguments.first(where: { (Int($0) ?? 0) < 0 })
    {
      return "a count is 0 to 65535, not \(Clean.visible(count))"
    }
    var lines = complaint.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let first = lines.first, ["Unexpected argument", "Unknown option"].contains(where: first.hasPrefix),
      let stray = try? CommandWord(strayIn: arguments)
    else { return nil }
    lines[0] = stray.complaint
    return lines.joined(separator: "\n")
  }

  /// The command that help was asked for, where there is none of that name: the parser would print that of all. What
  /// begins with three dashes is a shell that asks what could be typed.
  private static func helpless(_ arguments: [String]) -> CommandWord? {
    guard arguments.contains(where: { ["help", "-h", "--help"].contains($0) }),
      !arguments.contains(where: { $0.hasPrefix("---") })
    else { return nil }
    return try? CommandWord(strayIn: arguments)
  }
}

extension Clean {
  /// Several lines, each made visible: an option's name is the typist's and may hold anything.
  static func lines(_ text: Substring) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { visible($0) }.joined(separator: "\n")
  }
}
