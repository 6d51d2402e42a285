import Testing

@testable import viable

/// Options that contradict each other, or that mean nothing where they stand, are refused before anything is done.
@Suite struct OptionTests {
  @Test(arguments: [
    ("assign 02:01.0 --dry-run --script --json", "--script", "--json"),
    ("release 02:01.0 --dry-run --script --json", "--script", "--json"),
    ("restore --all --dry-run --script --json", "--script", "--json"),
    ("vfs 02:01.0 0 --dry-run --script --json", "--script", "--json"),
    ("grant 02:01.0 --user 4711 --dry-run --script --json", "--script", "--json"),
    ("apply - --dry-run --script --json", "--script", "--json"),
    ("list --tree --json", "--tree", "--json"), ("list --line --json", "--line", "--json"),
    ("demo --line --json", "--line", "--json"), ("--line --json", "--line", "--json"),
    ("vfs 02:01.0 0 --script", "--script", "--dry-run"), ("apply - --script", "--script", "--dry-run"),
    ("restore --all --only-named", "--only-named", "--all"),
    ("restore --entry 1 --only-named", "--only-named", "--entry"),
    ("restore --entry 1 --persist", "--persist", "--entry"),
    ("plan vfs 02:01.0 0 --only-named", "--only-named", "vfs"), ("plan vfs 02:01.0 0 --wait", "--wait", "vfs"),
    ("attach 02:01.0 --model iommufd --allow-unused", "--allow-unused", "iommufd"),
  ])
  func `a pair that contradicts itself is refused, and both are named`(line: String, one: String, other: String)
    throws
  {
    let outcome = try Shell.run("viable --scenario nic-and-hba \(line) 2>&1 >/dev/null </dev/null")
    let first = outcome.text.split(separator: "\n").first ?? ""
    #expect(outcome.code == 64, "\(outcome.text)")
    #expect(first.contains(one) && first.contains(other), "\(first)")
    let out = try Shell.run("viable --scenario nic-and-hba \(line) 2>/dev/null </dev/null")
    #expect(out.text.isEmpty, "\(out.text)")
  }

  @Test(arguments: ["apply - --only-named", "vfs 02:01.0 0 --only-named", "vfs 02:01.0 0 --wait"])
  func `what would have no use is not offered`(line: String) throws {
    let outcome = try Shell.run("viable --scenario nic-and-hba \(line) 2>&1 </dev/null")
    #expect(outcome.code == 64 && outcome.text.contains("Unknown option"), "\(outcome.text)")
    let command = String(line.prefix { $0 != " " })
    let help = try Shell.run("viable \(command) --help").text
    #expect(!help.contains("--only-named"))
    #expect(help.contains("--wait") == (command == "apply"))
  }

  @Test func `with --json there is no console, and nothing is said of it`() throws {
    let line = "viable --scenario nic-and-hba --json"
    let typed = try Shell.run("script -qec '\(line)' /dev/null </dev/null | tr -d '\\r'")
    let listed = try Shell.run("viable --scenario nic-and-hba list --json")
    #expect(typed.text == listed.text && !typed.text.isEmpty, "\(typed.text.prefix(300))")
    #expect(try Shell.run(line + " 2>&1").text == listed.text)
  }

  @Test(arguments: ["assign 02:01.0 --yes", "release 02:02.0 --yes", "grant 02:01.0 --user 4711 --yes"])
  func `--read-only changes nothing on a simulated machine either`(line: String) throws {
    let scenario = line.hasPrefix("grant") ? "released-hba" : "nic-and-hba"
    let outcome = try Shell.run("viable --scenario \(scenario) --read-only \(line) 2>&1")
    #expect(outcome.code == 1 && outcome.text.contains("--read-only: nothing was changed"), "\(outcome.text)")
    #expect(try Shell.run("viable --scenario \(scenario) --read-only \(line) --dry-run").code == 0)
  }

  @Test func `a command's own options come before those of all`() throws {
    for command in ["assign", "list", "theme list", ""] {
      let help = try Shell.run("viable \(command) --help").text
      let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
      let own = try #require(lines.firstIndex(of: "OPTIONS:"))
      let global = try #require(lines.firstIndex(of: "GLOBAL OPTIONS:"))
      #expect(own < global && lines[own - 1].isEmpty && lines[global - 1].isEmpty, "\(help)")
      #expect(help.hasSuffix("\n") && !help.hasSuffix("\n\n"))
      #expect(help.contains("--help") && help.contains("--state-dir"))
    }
  }
}
