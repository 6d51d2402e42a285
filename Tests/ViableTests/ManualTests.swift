import Testing

@testable import viable

/// The manual page says what the parser does, and is written down as it is made.
struct ManualTests {
  @Test func `docs/viable_1 is what the definitions make`() throws {
    let text = try ManualPage.text()
    let kept = try Shell.run("cat '\(Shell.package)/docs/viable.1'")
    #expect(kept.text == text, "viable manual > docs/viable.1 brings it up to date")
  }

  @Test func `every command, option and exit code is in it`() throws {
    let text = try ManualPage.text()
    for command in [
      "list", "show", "check", "why", "release", "assign", "restore", "plan", "apply", "vfs", "export", "attach",
      "grant", "run", "demo", "watch", "doctor", "snapshot",
      "keys",
      "theme list",
      "theme check",
    ] {
      #expect(text.contains(".SS \"viable \(command)\"\n"))
    }
    for option in ["root", "json", "color", "theme", "ascii", "line", "tree", "full", "model"] {
      #expect(text.contains("\\fB\\-\\-\(option)"), "--\(option)")
    }
    for exit in Exit.allCases { #expect(text.contains("\\fB\(exit.rawValue)\\fR\n")) }
    #expect(!text.contains("viable manual"))
    #expect(!text.split(separator: "\n").contains { $0.utf8.count > 240 })
  }

  @Test func `dots, quotes and backslashes at the start of a line stay text`() {
    var roff = Roff()
    roff.paragraph(".profile 'quoted' \\n -x ~ ^ `")
    roff.example(["'a", ".b"])
    #expect(
      roff.text == """
        .PP
        \\&.profile \\(aqquoted\\(aq \\en \\-x \\(ti \\(ha \\(ga
        .RS 4
        .sp
        .nf
        \\(aqa
        \\&.b
        .fi
        .RE

        """)
  }
}
