import Assignment
import Console
import HostLinux
import Ownership
import Topology

/// What `run` would do: every call with the answer that its rules expect, and what the command would have.
struct RunReport {
  let attempt: Attempt
  let handOver: HandOver
  /// The command with its placeholders filled in.
  let words: [String]
  /// Whom it would run as.
  let who: Recipient
  /// What it may lock of memory; nil where that is not known.
  let limit: MemorySize?
  /// Whether setuid programs have their rights.
  let mayGain: Bool

  /// For people.
  func text(into page: inout Page) {
    page.line("CALLS as root", .title)
    for line in attempt.lines {
      page.line("  " + line.text)
      for news in line.news { page.line("    - " + news, .dim) }
    }
    page.line("HANDED OVER", .title)
    for item in handOver.items {
      page.put("  \(item.number)")
      page.tab(to: 6)
      page.put(Self.name(item.thing))
      page.tab(to: 22)
      page.put(variables(of: item).joined(separator: ", "), .dim)
      page.endLine()
    }
    if let space = handOver.space { page.line("  IOAS \(space), to which every device is attached: VIABLE_IOAS") }
    page.line("COMMAND as \(Clean.visible(who.name))", .title)
    page.line("  " + words.map { Shown.word($0) }.joined(separator: " "))
    for line in setting { page.line("  " + line, .dim) }
  }

  private var setting: [String] {
    var lines: [String] = []
    if let account = who.account {
      let groups = account.groups.map { "\($0)" }.joined(separator: ", ")
      lines.append("uid \(account.uid), gid \(account.gid), groups \(groups), no capability")
    } else {
      lines.append("uid \(who.uid), no capability")
    }
    lines.append(mayGain ? "setuid programs have their rights" : "setuid programs give it nothing (no_new_privs)")
    if let limit { lines.append("it may lock \(limit.words) of memory (RLIMIT_MEMLOCK)") }
    return lines
  }

  private static func name(_ thing: HandOver.Thing) -> String {
    switch thing {
    case .container: "/dev/vfio/vfio"
    case .iommufd: "/dev/iommu"
    case .group(let group): "/dev/vfio/\(group)"
    case .device(let address): address.description
    }
  }

  /// Names of the environment that have this descriptor's number.
  private func variables(of item: HandOver.Item) -> [String] {
    handOver.environment.filter { entry in
      entry.value == "\(item.number)" && Self.prefixes(item.thing).contains { entry.name.hasPrefix($0) }
    }.map(\.name)
  }

  private static func prefixes(_ thing: HandOver.Thing) -> [String] {
    switch thing {
    case .container: ["VIABLE_CONTAINER"]
    case .iommufd: ["VIABLE_IOMMUFD"]
    case .group: ["VIABLE_GROUP"]
    case .device: ["VIABLE_DEVICE_", "VIABLE_DEVICE"]
    }
  }

  /// `run --dry-run --json`.
  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.key("calls")
      json.lines(attempt.lines) { json, line in json.call(line) }
      json.strings("command", words)
      json.key("environment")
      json.array(handOver.environment) { json, entry in
        json.object {
          $0.field("name", entry.name)
          $0.field("value", entry.value)
        }
      }
      json.key("handed")
      json.lines(handOver.items) { json, item in
        json.object {
          $0.field("number", item.number)
          $0.field("of", Self.name(item.thing))
        }
      }
      json.field("ioas", handOver.space)
      if handOver.space == nil {
        let isContainer = handOver.model != .iommufd
        json.field("ioas_reason", isContainer ? "a container has none" : "binding is left to the command")
      }
      json.field("memory_limit", limit.flatMap { $0.bytes == .max ? nil : $0.bytes })
      if limit?.bytes == .max { json.field("memory_limit_reason", "unlimited") }
      if limit == nil { json.field("memory_limit_reason", "a simulated machine has no limits") }
      json.field("model", handOver.model.rawValue)
      json.field("new_privileges", mayGain)
      json.schema()
      json.field("uid", who.uid)
      json.field("user", who.name)
    }
  }
}

/// Words as a shell reads them back.
enum Shown {
  /// A word, quoted where a shell would take it apart, and made visible.
  static func word(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        switch byte {
        case 48...57, 65...90, 97...122, 37, 43...47, 58, 61, 64, 95: true
        default: false
        }
      }
    if isPlain { return word }
    return "'" + Clean.visible(word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))
      + "'"
  }
}
