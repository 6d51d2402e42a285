import Console
import Glibc
import HostLinux

/// What the process was started into, taken once and handed on as a value.
struct Surroundings {
  /// The environment.
  var variables: [String: String] = [:]
  /// Whether standard input is a terminal.
  var inputIsTerminal = false
  /// Whether standard output is one.
  var outputIsTerminal = false
  /// Its width, when it is.
  var columns: Int?
}

extension Surroundings {
  /// This process's own.
  static func current() -> Surroundings {
    var here = Surroundings()
    for name in names {
      if let value = unsafe getenv(name) { here.variables[name] = unsafe String(cString: value) }
    }
    here.inputIsTerminal = isatty(0) == 1
    here.outputIsTerminal = isatty(1) == 1
    guard here.outputIsTerminal else { return here }
    var size = winsize()
    if unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { here.columns = Int(size.ws_col) }
    if let columns = here.variables["COLUMNS"].flatMap({ Int($0) }), columns > 0 { here.columns = columns }
    return here
  }

  /// The variables that mean something to us; the manual page lists them.
  static let names = [
    "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM", "COLUMNS", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "TERM",
    "SSH_TTY", "VIABLE_A11Y", "VIABLE_PCIIDS", "VIABLE_TEST", "VIABLE_THEME", "XDG_CONFIG_HOME", "XDG_STATE_HOME",
  ]

  private func isSet(_ name: String) -> Bool { !(variables[name] ?? "").isEmpty }

  /// Whether the locale's characters are UTF-8; without a locale they are not.
  var isUTF8: Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { variables[$0] }.first { !$0.isEmpty } ?? "C"
    // What stands behind the @ tells of money and script: en_IE.UTF-8@euro.
    let codeset = locale.lowercased().split(separator: "@", maxSplits: 1).first ?? ""
    return codeset.hasSuffix("utf-8") || codeset.hasSuffix("utf8")
  }

  /// Whether output is coloured: the option first, then `NO_COLOR`, then `CLICOLOR_FORCE`, then the terminal.
  func wantsColor(_ choice: ColorChoice) -> Bool {
    switch choice {
    case .always: true
    case .never: false
    case .auto:
      if isSet("NO_COLOR") {
        false
      } else if isSet("CLICOLOR_FORCE"), variables["CLICOLOR_FORCE"] != "0" {
        true
      } else {
        outputIsTerminal && variables["TERM"] != "dumb" && variables["CLICOLOR"] != "0"
      }
    }
  }

  /// How many colours the terminal says it has.
  var colorDepth: Ink.Depth {
    if ["truecolor", "24bit"].contains(variables["COLORTERM"]) { return .direct }
    return (variables["TERM"] ?? "").contains("256color") ? .indexed : .sixteen
  }

  /// Where themes of this machine and of this person are, the person's last.
  var themeDirectories: [String] {
    let home = variables["HOME"].map { $0 + "/.config" }
    let configuration = isSet("XDG_CONFIG_HOME") ? variables["XDG_CONFIG_HOME"] : home
    return ["/usr/share/viable/themes"] + [configuration].compactMap { $0.map { $0 + "/viable/themes" } }
  }

  /// The pci.ids to prefer, when one was named.
  var preferredNames: String? { isSet("VIABLE_PCIIDS") ? variables["VIABLE_PCIIDS"] : nil }

  /// Where copies and saved logs go unless told otherwise: the person's own state, as XDG has it.
  var stateDirectory: String {
    StateDirectory(asked: nil, isRoot: false, stateHome: variables["XDG_STATE_HOME"], home: variables["HOME"]).path
  }

  /// Where relative paths begin; nil once it is gone.
  static var workingDirectory: String? {
    guard let path = unsafe getcwd(nil, 0) else { return nil }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  /// Whether the console is to run in line mode without being asked: a dumb terminal, or a screen reader.
  var wantsLineMode: Bool { variables["TERM"] == "dumb" || variables["VIABLE_A11Y"] == "1" }
}
