import HostAccess
import Topology

/// What a script says about modules, files and nodes.
extension Plan {
  /// A file is written beside its place and moved there; nothing goes through a link.
  static let lastingHelpers = [
    "holds() { [ -f \"$1\" ] && [ ! -L \"$1\" ] && printf '%s' \"$2\" | cmp -s - \"$1\" || die \"$1 has another text\"; }",
    "lacks() { [ ! -e \"$1\" ] && [ ! -L \"$1\" ] || die \"$1 is there already\"; }",
    "file() {",
    "  mkdir -p \"$(dirname \"$1\")\" && [ ! -L \"$1\" ] || die \"cannot write $1\"",
    "  rm -f \"$1.new\" && (set -C; printf '%s' \"$3\" > \"$1.new\") && chmod \"$2\" \"$1.new\" && sync \"$1.new\" &&",
    "    mv -f \"$1.new\" \"$1\" && holds \"$1\" \"$3\" || die \"cannot write $1\"",
    "}",
    "belongs() {",
    "  [ -c \"$1\" ] && [ ! -L \"$1\" ] && [ \"$(stat -c '%u:%g 0%a' \"$1\")\" = \"$2 $3\" ] || die \"$1 is not $2 $3\"",
    "}",
    "give() { chown -h \"$2\" \"$1\" && chmod \"$3\" \"$1\" && belongs \"$1\" \"$2\" \"$3\" || die \"cannot give $1\"; }",
  ]

  /// What has to be true of a file or a node before anything is written.
  static func checks(_ reading: Reading) -> [String] {
    switch reading {
    case .function: []
    case .file(let file, nil): ["lacks \(quoted(file.path))"]
    case .file(let file, let text?): ["holds \(quoted(file.path)) \(quoted(text))"]
    case .node(let node, let seen):
      ["belongs \(quoted(node.path)) \(seen.owner):\(seen.group) \(Effect.octal(seen.mode))"]
    }
  }

  /// An effect that is no write to an attribute.
  static func lasting(_ effect: Effect) -> [String] {
    switch effect {
    case .loadModule(let name): ["modprobe -- \(quoted(name))"]
    case .writeFile(let file, let text?):
      ["file \(quoted(file.path)) \(Effect.octal(file.mode)) \(quoted(text))"] + reload(after: file)
    case .writeFile(let file, nil):
      ["rm -f \(quoted(file.path)) && lacks \(quoted(file.path))"] + reload(after: file)
    case .setOwner(let node, let uid, let gid, let mode):
      ["give \(quoted(node.path)) \(uid):\(gid) \(Effect.octal(mode))"]
    case .setOverride, .unbind, .probe, .setVirtualFunctions: []
    }
  }

  /// Without udev, or where it does not answer, the rule stands for when udev looks.
  private static func reload(after file: ConfigurationFile) -> [String] {
    file.isRule ? ["udevadm control --reload || true"] : []
  }
}
