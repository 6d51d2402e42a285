import ArgumentParser
import Assignment
import CLinux
import Glibc
import HostAccess
import HostLinux
import HostSimulated
import Ownership
import Topology

/// A uAPI that kernels have. Every other one is read too, so that its refusal says why.
struct KernelModel: ExpressibleByArgument, Hashable {
  let rules: RuleSet

  init?(argument: String) {
    guard let rules = RuleSet(rawValue: argument) else { return nil }
    self.rules = rules
  }

  /// Whether a kernel has it.
  var isReal: Bool { Self.allValueStrings.contains(rules.rawValue) }

  static let allValueStrings = [RuleSet.explicitLinux, .iommufd].map(\.rawValue)
}

/// `viable run`.
struct RunCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a command as an unprivileged user with devices opened for it.",
    usage: "viable run <selector> ... --model <model> --as <user> -- <command> ...",
    discussion: """
      Opens and binds as root, by the model's own calls, and starts the command as
      the user, with the open descriptors: no node has to be given to anybody. With
      iommufd each device is bound and attached to one new IOAS; with explicit the
      groups are in a container whose type is set. Nothing is mapped. The command
      has them from descriptor 3 on, their numbers in its environment and in its
      arguments:

        {iommufd} {ioas}    VIABLE_IOMMUFD, VIABLE_IOAS
        {container}         VIABLE_CONTAINER
        {group} {group:N}   VIABLE_GROUP, VIABLE_GROUP_N
        {device}            VIABLE_DEVICE, of the only one
        {device:ADDRESS}    VIABLE_DEVICE_0 and on, VIABLE_ADDRESS_0 and on
        {devid}             VIABLE_DEVID, of the only one (iommufd)
        {devid:ADDRESS}     VIABLE_DEVID_0 and on

      {{word}} stands for {word}. Devices have to be on a vfio driver already
      ('viable assign'), in a group that is viable and not in use.

      The command keeps the terminal, its directory and the environment but for
      HOME, USER, LOGNAME and SHELL; every other descriptor is closed, it has the
      user's groups and no capability, and setuid programs give it nothing unless
      --allow-new-privileges. SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2
      are passed on. It ends with the command's exit code, or with 128 and the
      signal that ended it; with 3 when processes that it left behind still have
      the devices, which are named.

      What the command has is its own: viable closes its copies once it has
      started. When the command ends, however that happens, the kernel closes the
      rest, and nothing is left bound or attached. When viable itself is killed,
      the command goes on with what it has.

      What may be mapped is limited by the command's RLIMIT_MEMLOCK: --memlock sets
      it. A command that shares a terminal with root could type into it on kernels
      that allow TIOCSTI: start what you do not trust through setsid.

      Examples:
        viable run 02:01.0 --model iommufd --as alice -- driver --fd {device}
        viable run group:5 --model explicit --as alice --dry-run -- driver
        viable run 02:01.0 --model iommufd --as alice --open-only -- \\
          qemu-system-x86_64 -object iommufd,id=i0,fd={iommufd} \\
          -device vfio-pci,iommufd=i0,fd={device}
      """)

  @Argument(help: "Devices or groups.", completion: Completion.selectors)
  var selector: [String]

  @Option(
    help: ArgumentHelp("The uAPI whose calls are made.", valueName: "model"),
    completion: .list(KernelModel.allValueStrings))
  var model: KernelModel

  @Option(
    name: .customLong("as"), help: ArgumentHelp("Who the command runs as: a name or a uid.", valueName: "user"),
    completion: .custom { _, _, _ in [] })
  var user: String

  @Flag(help: "Print every call and what would be handed over, and do nothing.")
  var dryRun = false

  @Flag(help: "With iommufd: open only, and leave binding to the command, as QEMU wants it.")
  var openOnly = false

  @Option(
    help: ArgumentHelp(
      "What the command may lock of memory: 64M, 8G, unlimited; else as much as viable may.", valueName: "size"))
  var memlock: MemorySize?

  @Flag(help: "Let setuid programs that the command starts have their rights.")
  var allowNewPrivileges = false

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  /// The command and its arguments: what stands behind `--`.
  var command: [String] = []

  /// The parser takes one list of words, which is that of the selectors.
  enum CodingKeys: String, CodingKey {
    case selector, model, user, dryRun, openOnly, memlock, allowNewPrivileges, global
  }

  /// A command line for this command, taken apart at its `--`; nil for any other.
  static func parse(_ arguments: [String]) throws -> (any ParsableCommand)? {
    // A shell that asks what could be typed has a `--` of its own.
    guard arguments.first?.hasPrefix("---") != true else { return nil }
    let place = arguments.firstIndex(of: "--") ?? arguments.endIndex
    guard arguments[..<place].contains("run"),
      var run = try RootCommand.parseAsRoot(Array(arguments[..<place])) as? RunCommand
    else { return nil }
    run.command = Array(arguments[place...].dropFirst())
    return run
  }

  mutating func validate() throws {
    guard model.isReal else {
      throw ValidationError("--model \(model.rules.rawValue): no kernel has it; run takes explicit or iommufd")
    }
    guard !openOnly || model.rules == .iommufd else {
      throw ValidationError("--open-only is for --model iommufd: a group's devices are had from a container only")
    }
    guard dryRun || !global.json else {
      throw ValidationError("--json goes with --dry-run: else only the command prints")
    }
  }

  func run() throws {
    guard !command.isEmpty else { throw Failure(.usage, "no command to run: put it behind --") }
    let session = try Session(global.chosen)
    if let host = try HostChoice.simulated(global.chosen, session.here) {
      guard dryRun else {
        throw Failure(.unavailable, "a simulated machine has nothing that a command could be handed; add --dry-run")
      }
      var rules = host.rules
      rules.set = model.rules
      let recipient = try recipient()
      let scope = try RunScope(selector, model.rules, in: host.inventory, host.world, rules)
      return try report(scope, recipient, session)
    }
    guard HostChoice.isLive(global.chosen) else {
      throw Failure(.unavailable, "an image has no nodes to open: add --rehearse --dry-run to see the calls")
    }
    guard dryRun || !global.readOnly else {
      throw Failure(
        .not, "--read-only: running takes devices for a while, so nothing was opened; try --dry-run",
        Grounds(kind: "read-only"))
    }
    let recipient = try recipient()
    guard let account = recipient.account else { throw try noSuchUser() }
    let program = try ProgramSearch.find(command[0], path: unsafe getenv("PATH").map { unsafe String(cString: $0) })
    // Before anything is opened, so that nothing of ours stands where the command has its input and output.
    if !dryRun { _ = cl_fill_standard() }
    let machine = try LiveMachine(model.rules)
    let scope = try RunScope(selector, model.rules, in: machine.inventory, machine.world, machine.rules)
    if dryRun { return try report(scope, recipient, session) }
    let forecast = try scope.forecast(onlyOpening: openOnly)
    _ = try filled(forecast.handOver)
    guard cl_effective_user() == 0 else {
      throw Failure(
        .privilege, "opening devices for somebody else needs root, and nothing was opened: run it with sudo")
    }
    try run(scope, on: machine, program, account)
  }

  private func run(_ scope: RunScope, on machine: LiveMachine, _ program: String, _ account: Account) throws {
    let watch = try CommandWatch()
    var live = try LiveRun(scope, on: machine, onlyOpening: openOnly)
    let handOver = try live.open()
    if let signal = watch.early() {
      live.giveBack()
      throw CommandEnd(code: 128 + signal)
    }
    let words: [String]
    do { words = try filled(handOver) } catch {
      live.giveBack()
      throw error
    }
    let start = CommandStart(
      program, words, environment: RunSetting(account, handOver).environment(from: ProgramSearch.environment()),
      as: account, memoryLimit: memlock?.bytes, mayGainPrivileges: allowNewPrivileges, unblocked: CommandWatch.signals)
    if let warning = RunSetting.memoryWarning(limit, account) { Session.complain(warning) }
    let running = try live.start(start, with: handOver)
    let code = watch.wait(for: running)
    let left = live.holders()
    guard left.isEmpty else {
      let who = left.map { "\(Clean.visible($0.command)) (pid \($0.process)) has \(Clean.visible($0.node)) open" }
      throw Failure(.stuck, "the command ended with \(code), and not all is given back: \(who.joined(separator: ", "))")
    }
    guard code == 0 else { throw CommandEnd(code: code) }
  }

  private func report(_ scope: RunScope, _ recipient: Recipient, _ session: Session) throws {
    let (attempt, handOver) = try scope.forecast(onlyOpening: openOnly)
    // What this machine allows its users says nothing of a scenario or an image.
    let isOurs = global.scenario == nil && global.root == nil
    let report = RunReport(
      attempt: attempt, handOver: handOver, words: try filled(handOver), who: recipient,
      limit: isOurs ? limit : memlock, mayGain: allowNewPrivileges)
    try session.print { page in
      if global.json { report.json(into: &page) } else { report.text(into: &page) }
    }
  }

  /// What the command will be allowed to lock.
  private var limit: MemorySize { memlock ?? MemorySize(bytes: cl_memory_lock_limit()) }

  /// Who the command runs as, on whatever machine is looked at; root has no use for it.
  private func recipient() throws(Failure) -> Recipient {
    guard let found = try Recipient(user, global.chosen) else { throw try noSuchUser() }
    guard found.uid != 0 else {
      let root = ["root", "0"].contains(user) ? "root" : "root (uid 0)"
      throw Failure(
        .usage, "--as \(Clean.visible(user)): \(root) can open them by itself; name an unprivileged user, or a uid")
    }
    return found
  }

  private func noSuchUser() throws(Failure) -> Failure {
    try Recipient.failure("--as", user, global.chosen, nothing: "opened")
  }

  private func filled(_ handOver: HandOver) throws(Failure) -> [String] {
    var words: [String] = []
    for word in command {
      do throws(HandOver.PlaceholderError) {
        words.append(try handOver.filling(word))
      } catch {
        throw Failure(.usage, error.description)
      }
    }
    return words
  }
}
