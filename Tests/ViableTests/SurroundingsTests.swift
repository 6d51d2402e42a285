import Console
import Testing

@testable import viable

/// Colour, characters and width follow the conventions, whatever is set.
struct SurroundingsTests {
  private func here(_ variables: [String: String], terminal: Bool = true) -> Surroundings {
    Surroundings(
      variables: variables, inputIsTerminal: terminal, outputIsTerminal: terminal, columns: terminal ? 80 : nil)
  }

  static let colors: [(variables: [String: String], onTerminal: Bool, onPipe: Bool)] = [
    ([:], true, false),
    (["NO_COLOR": "1"], false, false),
    (["NO_COLOR": ""], true, false),
    (["TERM": "dumb"], false, false),
    (["CLICOLOR": "0"], false, false),
    (["CLICOLOR": "1"], true, false),
    (["CLICOLOR_FORCE": "1"], true, true),
    (["CLICOLOR_FORCE": "0"], true, false),
    (["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false, false),
    (["CLICOLOR_FORCE": "1", "CLICOLOR": "0", "TERM": "dumb"], true, true),
  ]

  @Test(arguments: colors)
  func `colour is on where the conventions want it`(variables: [String: String], onTerminal: Bool, onPipe: Bool) {
    #expect(here(variables).wantsColor(.auto) == onTerminal)
    #expect(here(variables, terminal: false).wantsColor(.auto) == onPipe)
    for terminal in [true, false] {
      #expect(here(variables, terminal: terminal).wantsColor(.always))
      #expect(!here(variables, terminal: terminal).wantsColor(.never))
    }
  }

  @Test(arguments: [
    ([:], false), (["LANG": "C"], false), (["LANG": "C.UTF-8"], true), (["LANG": "de_DE.utf8"], true),
    (["LANG": "C.UTF-8", "LC_ALL": "C"], false), (["LANG": "C", "LC_CTYPE": "en_US.UTF-8"], true),
    (["LC_ALL": "", "LC_CTYPE": "", "LANG": "C.UTF-8"], true), (["LC_ALL": "POSIX", "LC_CTYPE": "C.UTF-8"], false),
    (["LANG": "en_IE.UTF-8@euro"], true), (["LANG": "en_IE@euro"], false), (["LANG": "sr_RS.utf8@latin"], true),
  ])
  func `characters beyond ASCII need a UTF-8 locale`(variables: [String: String], isUTF8: Bool) {
    #expect(here(variables).isUTF8 == isUTF8)
  }

  @Test func `the terminal says how many colours it has`() {
    #expect(here(["COLORTERM": "truecolor"]).colorDepth == .direct)
    #expect(here(["TERM": "xterm-256color"]).colorDepth == .indexed)
    #expect(here(["TERM": "linux"]).colorDepth == .sixteen)
  }

  @Test func `themes of the person come after those of the machine`() {
    #expect(here(["HOME": "/h"]).themeDirectories == ["/usr/share/viable/themes", "/h/.config/viable/themes"])
    #expect(
      here(["HOME": "/h", "XDG_CONFIG_HOME": "/x"]).themeDirectories
        == ["/usr/share/viable/themes", "/x/viable/themes"])
    #expect(here([:]).themeDirectories == ["/usr/share/viable/themes"])
  }

  @Test func `line mode is for dumb terminals and for those who ask`() {
    #expect(here(["TERM": "dumb"]).wantsLineMode)
    #expect(here(["VIABLE_A11Y": "1"]).wantsLineMode)
    #expect(!here(["TERM": "xterm"]).wantsLineMode)
  }

  @Test func `an ink becomes the escape of the depth at hand`() {
    let ink = Ink(rgb: 0x102030, indexed: 99, basic: 9)
    let theme = Theme(name: "t", appearances: [.danger: Appearance(foreground: ink, attributes: [.bold, .underline])])
    func escape(_ depth: Ink.Depth) -> String {
      String(decoding: Inks(theme: theme, depth: depth).escape(for: .danger), as: UTF8.self)
    }
    #expect(escape(.sixteen) == "\u{1b}[1;4;91m")
    #expect(escape(.indexed) == "\u{1b}[1;4;38;5;99m")
    #expect(escape(.direct) == "\u{1b}[1;4;38;2;16;32;48m")
    #expect(Inks(theme: theme, depth: .direct).escape(for: .text).isEmpty)
  }
}
