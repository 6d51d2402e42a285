import ArgumentParser
import Testing

@testable import viable

@Suite struct PlainLineTests {
  /// What a command line makes of itself, in words that can be compared.
  private struct Meaning: Equatable {
    var command: String
    var options: Options
    var selectors: [String] = []
    var flags: [Bool] = []
  }

  private static func plain(_ arguments: [String]) -> Meaning? {
    guard let plain = PlainLine(arguments) else { return nil }
    return plain.isList
      ? Meaning(command: "list", options: plain.options, selectors: plain.selectors, flags: [plain.tree, plain.full])
      : Meaning(command: "console", options: plain.options)
  }

  private static func parsed(_ arguments: [String]) -> Meaning? {
    switch try? RootCommand.parseAsRoot(arguments) {
    case let list as ListCommand:
      Meaning(
        command: "list", options: list.global.chosen, selectors: list.selector, flags: [list.tree, list.full])
    case let root as RootCommand: Meaning(command: "console", options: root.global.chosen)
    default: nil
    }
  }

  @Test func `a plain line means what the parser makes of it, and never more`() {
    let words = [
      "list", "--root", "image", "--json", "--tree", "--full", "03:00.0", "--scenario", "--ascii", "--rehearse", "show",
      "--root=image", "--", "-h", "--help", "--version", "--jso", "",
    ]
    var plain = 0
    var lines: [[String]] = [[]]
    for _ in 0..<3 {
      lines += lines.flatMap { line in words.map { line + [$0] } }
    }
    for line in Set(lines) {
      guard let meaning = Self.plain(line) else { continue }
      plain += 1
      #expect(meaning == Self.parsed(line), "\(line)")
    }
    #expect(plain > 100)
  }

  @Test(arguments: [
    "", "list", "--root image list", "list --root image --full --json", "--scenario nic-and-hba list", "--ascii",
    "list 03:00.0 group:13 --tree",
  ])
  func `the lines of the bench and of README need no parser`(line: String) {
    let arguments = line.split(separator: " ").map(String.init)
    #expect(Self.plain(arguments) != nil)
    #expect(Self.plain(arguments) == Self.parsed(arguments))
  }

  @Test func `a line without options means what the parser makes of it`() throws {
    #expect(try GlobalOptions.parse([]).chosen == Options())
  }
}
