import ArgumentParser
import Assignment
import HostAccess
import HostSimulated
import Ownership
import Topology

/// `viable attach`.
struct AttachCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach",
    abstract: "Attach devices by a uAPI's own calls, each traced, and give everything back.",
    usage: "viable attach <selector> ... --model <model> [--hold] [<options>]",
    discussion: """
      On this machine explicit and iommufd make the kernel's own calls, map and
      unmap a page, say what each device is, and close everything; no driver is
      changed. It takes root, or nodes that were given to this user. Every model
      works on a simulated machine: --scenario NAME, or --rehearse for a copy of
      this one or of an image. A device joins only itself. group:N joins every
      endpoint of the group under the implicit models and iommufd; under the
      explicit ones it takes every member that is bound to a vfio driver. Ends
      with 0 when all of them were attached, and with 1 when a call was refused.

      Examples:
        viable attach 02:01.0 --model explicit
        viable attach group:5 --model iommufd --hold
        viable --scenario nic-and-hba attach 02:01.0 --model explicit
        viable --scenario permissions attach 02:01.0 --model explicit --as alice
        viable --rehearse attach group:13 --model implicit
        viable --root DIR --rehearse attach 03:00.0 --model iommufd --json
      """)

  @Argument(help: "Devices or groups.", completion: Completion.selectors)
  var selector: [String]

  @Option(help: ArgumentHelp("The uAPI whose calls are made.", valueName: "model"))
  var model: Model

  @Flag(help: "With implicit: let the rest of the group stay unused (IOASID_IMPLICIT_GROUP).")
  var allowUnused = false

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "On a simulated machine: who makes the calls, a user of the scenario or a uid; else root.", valueName: "user"))
  var user: String?

  @Flag(help: "Hold the devices until Enter, or the end of the input.")
  var hold = false

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func validate() throws {
    guard !allowUnused || model.rules == .implicitApril else {
      throw ValidationError(
        "--allow-unused is for --model implicit: \(model.rules.rawValue) has no flag for the rest of a group")
    }
  }

  func run() throws {
    let session = try Session(global.chosen)
    if HostChoice.isLive(global.chosen) { return try runLive(session) }
    var stage = try HostChoice.stage(global.chosen, session.here)
    let inventory: Inventory
    do throws(HostError) {
      inventory = try stage.inventory(.full)
    } catch {
      throw Failure(error)
    }
    let devices = try Self.devices(selector, in: inventory, stage.world, model.rules)
    let scenario = try HostChoice.scenario(global.chosen)
    let caller = try Self.caller(user, among: scenario?.users ?? [])
    var attempt = Attempt(
      model.rules, taking: devices, allowUnused: allowUnused, by: caller, labels: scenario?.labels ?? [:])
    attempt.take(on: &stage)
    if !global.json { try session.print { AttachReport(attempt: attempt).taking(into: &$0) } }
    if hold, attempt.isAttached {
      Session.complain("holding; Enter gives everything back")
      _ = readLine()
    }
    attempt.giveBack(on: &stage)
    let report = AttachReport(attempt: attempt)
    try session.print { page in
      if global.json { report.json(into: &page) } else { report.givingBack(into: &page) }
    }
    guard report.exit == .done else { throw report.exit }
  }

  /// A user of the scenario by name, or somebody with a uid; root's program where nobody is asked for.
  private static func caller(_ text: String?, among users: [User]) throws(Failure) -> User {
    guard let text else { return User(process: 1000, name: "viable", uid: 0) }
    if let user = users.first(where: { $0.name == text }) { return user }
    if let uid = text == "root" ? 0 : UInt32(text) { return User(process: 1000, name: "viable", uid: uid) }
    let known = users.isEmpty ? "there are none here; a uid will do" : users.map(\.name).joined(separator: ", ")
    throw Failure(.notFound, "--as \(Clean.visible(text)): no such user (\(Clean.visible(known)))")
  }

  /// The same on the machine that we run on: whatever ends it, everything is given back first.
  private func runLive(_ session: Session) throws {
    guard !global.readOnly else {
      throw Failure(
        .not, "--read-only: attaching takes devices for a while, so nothing was opened; try --rehearse",
        Grounds(kind: "read-only"))
    }
    guard user == nil else { throw Failure(.usage, "--as names a user of a scenario; here, run viable as that user") }
    var live = try LiveAttach(selector, model: model.rules)
    let signals: SignalSource
    do throws(HostError) { signals = try SignalSource() } catch { throw Failure(error) }
    live.take()
    let taken = AttachReport(attempt: live.attempt, notes: live.notes)
    if !global.json { try session.print { taken.taking(into: &$0) } }
    let isHeld = hold && live.attempt.isAttached
    if isHeld { Session.complain("holding; Enter, SIGINT or SIGTERM gives everything back") }
    let holding = Holding(signals, isWaiting: isHeld)
    live.giveBack()
    SignalSource.giveBack()
    let report = AttachReport(attempt: live.attempt, notes: live.notes)
    try session.print { page in
      if global.json { report.json(into: &page) } else { report.givingBack(into: &page) }
    }
    guard report.isAsBefore else { throw Exit.stuck }
    if let exit = holding.exit { throw exit }
    if let failure = live.failure {
      // The calls are printed already, and they have it: one document is enough.
      guard global.json else { throw failure }
      Session.complain(failure.message)
      throw failure.exit
    }
    guard report.exit == .done else { throw report.exit }
  }

  /// What the selectors choose, each device once, in the order of the selectors.
  static func devices(
    _ texts: [String], in inventory: Inventory, _ world: World, _ model: RuleSet
  ) throws(Failure) -> [Address] {
    var chosen: [Address] = []
    for selector in try Selection.read(texts) {
      let found: [Address]
      switch try Selection.resolve(selector, in: inventory) {
      case .functions(let addresses): found = addresses
      case .group(let group):
        found = Attempt.devices(of: group, under: model, in: world)
        guard !found.isEmpty else {
          throw Failure(
            .not, "group \(group) has no device that a user could have",
            Grounds(culprits: [Refusal.Culprit(group: group)]))
        }
      }
      chosen += found.filter { !chosen.contains($0) }
    }
    return chosen
  }
}
