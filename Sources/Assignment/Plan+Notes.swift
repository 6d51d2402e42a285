import HostAccess
import Topology

extension Plan {
  /// What to know before it runs, as comments of a shell: what it costs, what it is agreed to with, whom it changes
  /// though nobody named them, and who stays. Nothing in them begins a line of its own.
  public var notes: [String] {
    Self.note("What it costs", costs) + agreement + Self.note("Changed though not named", companions)
      + Self.note("What stays as it is", staying)
  }

  private static func note(_ heading: String, _ items: [String]) -> [String] {
    items.isEmpty
      ? [] : ["# \(heading):"] + items.flatMap { Wrapped.lines(Clean.visible($0), prefix: "# - ", rest: "#   ") }
  }

  private var costs: [String] {
    told.map { "\($0.address.short) (\($0.severity.rawValue)): \($0.text)" }
  }

  private var staying: [String] { untouched.map { "\($0.address.short): \($0.why.sentence)" } }

  /// A command stays in one piece: people copy it.
  private var agreement: [String] {
    guard !steps.isEmpty else { return [] }
    guard severity == .lockout else { return ["# Agreed to with:", "#   \(Clean.visible(agreedCommandLine))"] }
    return Wrapped.lines(
      "This may lock somebody out or stop the machine. No flag agrees to it: viable asks at a terminal for "
        + "\(acknowledgement.joined(separator: " and ")).", prefix: "# ")
  }

  /// Whom it changes beyond what was named, as they were.
  private var companions: [String] {
    guard intent.entry == nil else { return [] }
    var asked = Set(intent.named)
    for group in groups where intent.groups.contains(group.id) { asked.formUnion(group.members) }
    let names = Naming(labels)
    return touched.filter { !asked.contains($0) }.map { address in
      let binding = assumptions.first { $0.address == address }
      let driver = binding?.driver.value ?? "no driver"
      let group = binding?.group.value.map { " of group \($0)" } ?? ""
      return "\(names[address])\(group), with \(driver)"
    }
  }
}
