import ArgumentParser
import Catalogue
import Console
import Goldens
import HostAccess
import Ownership
import Testing
import Topology

@testable import viable

/// Help, errors and exit codes, as the parser and we word them.
struct CommandLineTests {
  private static let commands: [(String, any ParsableCommand.Type)] = [
    ("viable", RootCommand.self), ("list", ListCommand.self), ("show", ShowCommand.self),
    ("check", CheckCommand.self), ("why", WhyCommand.self), ("export", ExportCommand.self),
    ("release", ReleaseCommand.self), ("assign", AssignCommand.self), ("restore", RestoreCommand.self),
    ("plan", PlanCommand.self), ("apply", ApplyCommand.self),
    ("vfs", VfsCommand.self), ("attach", AttachCommand.self), ("grant", GrantCommand.self),
    ("run", RunCommand.self), ("demo", DemoCommand.self),
    ("watch", WatchCommand.self), ("doctor", DoctorCommand.self), ("snapshot", SnapshotCommand.self),
    ("scenarios", ScenariosCommand.self), ("keys", KeysCommand.self), ("theme", ThemeCommand.self),
    ("theme-list", ThemeListCommand.self), ("theme-check", ThemeCheckCommand.self),
  ]

  @Test func `help of every command fits 80 columns and has examples`() {
    for (name, command) in Self.commands {
      let text = HelpText.ordered(RootCommand.helpMessage(for: command, columns: 80)) + "\n"
      let outcome = Golden.check(text, "help-\(name).txt")
      #expect(outcome.matches, "\(outcome)")
      #expect(text.contains("xamples:"), "\(name) has no examples")
      for line in text.split(separator: "\n") { #expect(Width.of(line) <= 80, "\(name): \(line)") }
    }
  }

  private func ending(_ arguments: String...) -> Ending? {
    do {
      _ = try RootCommand.parseAsRoot(arguments)
      return nil
    } catch {
      return Ending(error)
    }
  }

  @Test func `wrong usage ends with 64 and says what is meant`() {
    for arguments in [
      ["lst"], ["--colour"], ["list", "--rot", "x"], ["show"], ["check"], ["--color", "blue"], ["show", "a", "b"],
    ] {
      let ending = Result { try RootCommand.parseAsRoot(arguments) }.map { _ in Ending?.none }
      guard case .failure(let error) = ending else {
        Issue.record("\(arguments) was accepted")
        continue
      }
      #expect(Ending(error).exit == .usage)
      #expect(Ending(error).output.isEmpty)
      #expect(!Ending(error).complaint.hasPrefix("Error"))
    }
    #expect(ending("--colr", "never")?.complaint.contains("--color") == true)
  }

  @Test func `an escape sequence in an argument does not reach the terminal`() {
    #expect(ending("--\u{1b}[2J")?.complaint.unicodeScalars.contains("\u{1b}") == false)
    #expect(ending("\u{1b}]0;x\u{7}")?.complaint.unicodeScalars.contains("\u{1b}") == false)
  }

  @Test func `help and version end with 0 on standard output`() {
    for arguments in [["--help"], ["-h"], ["help"], ["list", "--help"], ["help", "check"], ["--version"]] {
      do {
        var command = try RootCommand.parseAsRoot(arguments)
        try command.run()
        Issue.record("\(arguments) ran")
      } catch {
        #expect(Ending(error).exit == .done)
        #expect(Ending(error).complaint.isEmpty)
        #expect(!Ending(error).output.isEmpty)
      }
    }
    #expect(ending("--version")?.output == Version.text + "\n")
  }

  @Test func `global options are taken before and after the command`() throws {
    for arguments in [["--root", "/x", "--json", "list", "03:00.0"], ["list", "--json", "03:00.0", "--root", "/x"]] {
      let command = try #require(try RootCommand.parseAsRoot(arguments) as? ListCommand)
      #expect(command.global.root == "/x")
      #expect(command.global.json)
      #expect(command.selector == ["03:00.0"])
    }
  }

  @Test func `every failure has the exit code that is documented`() {
    let host = { (number: Int32) in Failure(HostError("open", on: "/x", Errno(rawValue: number))).exit }
    #expect(host(2) == .notFound)
    #expect(host(20) == .notFound)
    #expect(host(13) == .privilege)
    #expect(host(1) == .privilege)
    #expect(host(38) == .unavailable)
    let selector = Selector.group(GroupID(3))
    #expect(Failure(SelectorError.notFound(selector, nearest: [])).exit == .notFound)
    #expect(Failure(SelectorError.ambiguous(selector, matches: [])).exit == .usage)
    #expect(Failure(SelectorError.malformed("x", expected: "y")).exit == .usage)
    #expect(Failure(SelectorError.twoReadings("x", readings: [])).exit == .usage)
    let document = { (sort: DocumentError.Sort) in
      Failure(DocumentError(sort, file: "f", expected: "e", found: "g")).exit
    }
    #expect(document(.missing) == .notFound)
    #expect(document(.syntax) == .malformed)
    #expect(document(.meaning) == .malformed)
    #expect(Ending(Exit.cannotTell).exit == .cannotTell)
    #expect(Ending(Failure(.unavailable, "no IOMMU")).complaint == "no IOMMU")
  }

  @Test func `exit codes are what scripts rely on`() {
    let codes = Exit.allCases.map(\.rawValue).sorted()
    #expect(codes == [0, 1, 2, 3, 4, 64, 65, 66, 69, 74, 77, 129, 130, 131, 141, 143])
  }

  @Test func `completion offers addresses and groups that begin so`() {
    let words = Completion.candidates(in: Machines.rich, beginning: "")
    #expect(words.contains("10000:e1:00.0"))
    #expect(words.contains("group:23"))
    #expect(!words.contains("3b:00.0"))
    #expect(Completion.candidates(in: Machines.rich, beginning: "3b:02") == ["3b:02.0", "3b:02.1"])
    #expect(Completion.candidates(in: Machines.rich, beginning: "0000:3b:02.1") == ["0000:3b:02.1"])
    #expect(Completion.candidates(in: Machines.rich, beginning: "group:2").count == 7)
  }
}
