import ArgumentParser
import HostAccess
import Topology

/// What every act takes, whatever it is about: whether it is only shown, and what is agreed to.
struct AgreeOptions: ParsableArguments {
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
}

extension AgreeOptions {
  /// Holds the options against each other, and against those of all commands.
  func check(beside global: Options) throws {
    guard dryRun || !script else { throw ValidationError("--script prints what --dry-run would say; give both") }
    guard !script || !global.json else {
      throw ValidationError("--script and --json are two forms of one output; give one of them")
    }
  }

  /// What was agreed to on the command line, and whether the rest can be asked.
  func consent(in here: Surroundings) -> Consent {
    Consent(yes: yes, groups: Set(consent.map { GroupID($0) }), mayAsk: here.inputIsTerminal && !dryRun)
  }
}
