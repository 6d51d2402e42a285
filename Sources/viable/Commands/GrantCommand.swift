import ArgumentParser
import Assignment
import HostAccess
import HostLinux
import HostSimulated
import Ownership
import Topology

/// `viable grant`.
struct GrantCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant",
    abstract: "Give the nodes of devices to one user, or take them back.",
    usage: "viable grant <selector> ... --user <user> | --revoke [<options>]",
    discussion: """
      Changes the owner of the group's node, of the device's own node and of
      /dev/iommu, as far as they are there: mode 0600, or 0660 where the group of
      the node had it, and never for everybody. Devices have to be on a vfio driver
      ('viable assign'), unless --persist gives them for whenever they are. What comes
      with it is said before: other members that the group's node opens too, which
      takes --consent GROUP, what DMA reaches within the group, and how much memory
      the user may lock.

      --persist also writes /etc/udev/rules.d/72-viable-grant-ADDRESS.rules, which
      gives the nodes whenever they appear, to this card in this slot alone. Without
      it the nodes are root's again when the device leaves its driver, and after a
      reboot. --revoke gives the nodes back to root, or to whoever had them before,
      and removes the rule; whoever has a node open keeps it until it is closed. A
      node has one owner, and so has /dev/iommu: for more than one user see
      'viable run'.

      Examples:
        viable grant 02:01.0 --user alice
        viable grant group:5 --user alice --persist --yes
        viable grant 02:01.0 --revoke
        viable --scenario released-hba grant 02:01.0 --user 1000 --dry-run
      """)

  @Argument(help: "Devices or groups.", completion: Completion.selectors)
  var selector: [String]

  @Option(help: ArgumentHelp("Who gets them: a name or a uid.", valueName: "user"))
  var user: String?

  @Flag(help: "Take them back.")
  var revoke = false

  @Flag(help: "Give them by a udev rule too, which outlasts a reboot.")
  var persist = false

  @Flag(help: "Say what would be done, to the byte, and do nothing.")
  var dryRun = false

  @Flag(help: "With --dry-run: print the same act as a shell script.")
  var script = false

  @Flag(name: .customLong("yes"), help: "Agree to what costs little.")
  var yes = false

  @Option(
    help: ArgumentHelp("Agree to what this group's node gives beyond what is named; once for each.", valueName: "group")
  )
  var consent: [UInt32] = []

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  mutating func validate() throws {
    guard user != nil || revoke else { throw ValidationError("give --user, or --revoke to take them back") }
    guard !persist || !revoke else { throw ValidationError("--revoke removes the rule anyway; leave --persist out") }
    try agree.check(beside: global.chosen)
  }

  func run() throws {
    let session = try Session(global.chosen)
    let grantee: Grantee? = try user.map { try self.grantee($0) }
    try Deed(session, agree).perform { (act: inout Act<LivePlace>) in
      try intent(grantee, &act)
    } rehearsed: { (act: inout Act<RehearsedPlace>) in
      try intent(grantee, &act)
    }
  }

  private var agree: AgreeOptions {
    var options = AgreeOptions()
    (options.dryRun, options.script, options.yes, options.consent) = (dryRun, script, yes, consent)
    return options
  }

  private func intent<Place: ActPlace>(
    _ grantee: Grantee?, _ act: inout Act<Place>
  ) throws(Failure) -> Intent {
    // Numbers of nodes, and who owns which, are details.
    try act.lookAtAll()
    var options = ActOptions()
    (options.onlyNamed, options.wait) = (true, false)
    let chosen = try options.intent(.grant, try Selection.read(selector), in: act.inventory)
    guard let grantee, !revoke else {
      return .revoke(from: grantee, named: chosen.named, groups: chosen.groups, in: act.inventory)
    }
    return .grant(
      grantee, named: chosen.named, groups: chosen.groups, persists: persist, in: act.inventory)
  }

  /// A user of the scenario, of this machine, or whoever has that uid.
  private func grantee(_ text: String) throws(Failure) -> Grantee {
    guard let found = try Recipient(text, global.chosen) else {
      throw try Recipient.failure("--user", text, global.chosen, nothing: "changed")
    }
    guard found.uid != 0 else {
      throw Failure(.usage, "--user \(Clean.visible(text)): root may open every node; to take them back: --revoke")
    }
    return Grantee(uid: found.uid, name: found.name)
  }
}
