import HostAccess
public import Topology

extension Plan {
  /// The groups whose number has to be named before it runs: those of members that carry more than a little.
  public var groupsAtStake: [GroupID] {
    let grave = Set(findings.filter { $0.severity >= .medium }.map(\.address))
    let concerned = groups.filter { !grave.isDisjoint(with: $0.members) }.map(\.id)
    // Virtual functions that go are in groups of their own, which the plan does not act on.
    let beside = assumptions.filter { grave.contains($0.address) }.compactMap(\.group.value)
    return Set(concerned + beside).sorted()
  }

  /// The words to be typed before it runs, in order; empty where a press of a button is enough. An act that carries
  /// more than a little and has no group takes a `yes` in place of its number.
  public var acknowledgement: [String] {
    guard severity >= .medium else { return [] }
    let groups = groupsAtStake.map(\.description)
    return (groups.isEmpty ? ["yes"] : groups) + (severity == .lockout ? ["LOCKOUT"] : [])
  }

  /// The command line for the same act with the consent that flags can give.
  public var agreedCommandLine: String {
    guard severity >= .medium else { return commandLine + " --yes" }
    let flags = groupsAtStake.map { "--consent \($0)" }
    return ([commandLine] + (flags.isEmpty ? ["--yes"] : flags)).joined(separator: " ")
  }
}
