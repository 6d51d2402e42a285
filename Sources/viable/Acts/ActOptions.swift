import ArgumentParser
import Assignment
import HostAccess
import Topology

/// What every acting command takes.
struct ActOptions: ParsableArguments {
  @Flag(help: "Say what would be done, to the byte, and do nothing.")
  var dryRun = false

  @Flag(help: "With --dry-run: print the same act as a shell script.")
  var script = false

  @Flag(name: .customLong("yes"), help: "Agree to what costs little.")
  var yes = false

  @Option(
    help: ArgumentHelp(
      "Agree to what it costs to take this group from the host; once for each.", valueName: "group"))
  var consent: [UInt32] = []

  @Flag(help: "Stay with what is named; else every member of its groups is concerned.")
  var onlyNamed = false

  @Flag(help: "Wait for a device that somebody has open, for as long as it takes.")
  var wait = false
}

extension ActOptions {
  mutating func validate() throws {
    guard dryRun || !script else { throw ValidationError("--script prints what --dry-run would say; give both") }
  }

  /// What was agreed to on the command line, and whether the rest can be asked.
  func consent(in here: Surroundings) -> Consent {
    Consent(yes: yes, groups: Set(consent.map { GroupID($0) }), mayAsk: here.inputIsTerminal && !dryRun)
  }

  /// What is wanted of what was named.
  func intent(
    _ verb: Intent.Verb, _ selectors: [Selector], in inventory: Inventory
  ) throws(Failure) -> Intent {
    var intent = Intent(verb, onlyNamed: onlyNamed, mayWait: wait)
    for selector in selectors {
      switch try Selection.resolve(selector, in: inventory) {
      case .group(let group): if !intent.groups.contains(group) { intent.groups.append(group) }
      case .functions(let addresses): intent.named += addresses.filter { !intent.named.contains($0) }
      }
    }
    return intent
  }
}
