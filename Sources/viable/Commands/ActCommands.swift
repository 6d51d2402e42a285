import ArgumentParser
import Assignment
import HostAccess
import Topology

/// `viable release`.
struct ReleaseCommand: NamedActCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Take devices from their drivers, so that their groups become viable.",
    usage: "viable release <selector> ... [--yes] [--consent <group>] [<options>]",
    discussion: """
      Concerns every member of the groups that are named, and lists what each of
      them carries before anything is done. The drivers are recorded: 'viable
      restore' gives the devices back to them.

      Examples:
        viable release group:13 --dry-run
        viable release 03:00.0 --consent 13
        viable --rehearse release 03:00.0 --consent 13
      """)
  static let verb = Intent.Verb.release

  @OptionGroup
  var named: NamedActOptions
}

/// `viable assign`.
struct AssignCommand: NamedActCommand {
  static let configuration = CommandConfiguration(
    commandName: "assign",
    abstract: "Bind devices to vfio-pci, or to the variant driver made for them.",
    usage: "viable assign <selector> ... [--persist] [--consent <group>] [<options>]",
    discussion: """
      Concerns every member of the groups that are named: whoever blocks leaves its
      host driver too. Bridges stay as they are, but for those whose driver blocks.
      Every step is recorded before it is done, and a step that fails takes back
      those before it; 'viable restore' gives everything back.

      With --persist the assignment holds over reboots: driverctl's store where that
      is installed, which binds whatever card is at that address, else a udev rule
      for this very card, and beside it a record of the card. 'viable restore
      --persist' ends all of it; driverctl removes its own file alone. A display, or
      a device whose driver is in the initramfs, gets what early boot needs as well:
      a hook of initramfs-tools, or else what to add for dracut or mkinitcpio is
      said. Every file is shown before it is written.

      Examples:
        viable assign group:13 --dry-run
        viable assign 03:00.0 --consent 13
        viable assign 03:00.0 --persist --dry-run
        viable --scenario nic-and-hba assign 02:01.0 --yes
      """)
  static let verb = Intent.Verb.assign

  @Flag(help: "Also after the next boot.")
  var persist = false

  @OptionGroup
  var named: NamedActOptions

  func intent<Place: ActPlace>(on act: inout Act<Place>) throws -> Intent {
    var intent = try intent(named.selector, on: &act)
    intent.persists = persist
    return intent
  }
}

/// `viable restore`.
struct RestoreCommand: DriverActCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Give devices back to the drivers that they had.",
    usage: "viable restore <selector> ...|--all|--entry <n> [--persist] [<options>]",
    discussion: """
      Follows the journal of this boot, also after a crash: --all gives back
      everything that is on record. A device that is bound to a vfio driver and not
      on record goes to whatever driver matches it. Records of another boot, or of
      another card in the same slot, are void: --all says so and forgets them.
      With --persist what 'assign --persist' wrote is removed as well, also where the
      card is gone or another one.

      Examples:
        viable restore 03:00.0
        viable restore --all --dry-run
        viable restore 03:00.0 --persist
      """)
  static let verb = Intent.Verb.restore

  @Argument(help: "Devices or groups.", completion: Completion.selectors)
  var selector: [String] = []

  @Flag(help: "Everything that is on record.")
  var all = false

  @Option(help: ArgumentHelp("What one act changed, by its number in the journal.", valueName: "n"))
  var entry: Int?

  @Flag(help: "Also after the next boot.")
  var persist = false

  @OptionGroup
  var act: ActOptions

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  mutating func validate() throws {
    try agree.check(beside: global.chosen)
    let ways = (all ? 1 : 0) + (entry == nil ? 0 : 1) + (selector.isEmpty ? 0 : 1)
    guard ways == 1 else {
      throw ValidationError(
        ways == 0
          ? "name a device or group, or give --all or --entry" : "devices, --all and --entry: give one of the three")
    }
    guard !selector.isEmpty || !act.onlyNamed else {
      throw ValidationError("--only-named goes with devices: \(all ? "--all" : "--entry") names what it concerns")
    }
    guard entry == nil || !persist else {
      throw ValidationError("--persist goes with devices or --all: --entry gives back what that act wrote, and no more")
    }
  }

  func intent<Place: ActPlace>(on act: inout Act<Place>) throws -> Intent {
    act.tellDamaged(apartFrom: entry)
    if let entry { return Intent(.restore, entry: entry, mayWait: self.act.wait) }
    guard all else {
      // Of a card that is gone nothing is left but what was written of it.
      let kept = persist ? act.configured.statements.compactMap(\.keptAddress) : []
      let gone = selector.compactMap { Address($0) }.filter { kept.contains($0) && act.inventory[$0] == nil }
      var intent = try intent(selector.filter { text in !gone.contains { $0.description == text } }, on: &act)
      intent.named += gone
      intent.persists = persist
      return intent
    }
    act.tellVoid()
    let kept = persist ? Set(act.configured.statements.compactMap(\.keptAddress)) : []
    return Intent(
      .restore, named: kept.union(act.recorded).sorted(), also: act.recordedPlaces, onlyNamed: true, isAll: true,
      mayWait: self.act.wait, persists: persist)
  }
}

extension Configured.Statement {
  /// The function that a store, a rule or a record keeps assigned.
  fileprivate var keptAddress: Address? {
    switch what {
    case .override(let address, _), .rule(let address, _): address
    case .assigned(let card): card.address
    case .vfioIDs, .blacklist, .softdep, .option, .hostdev: nil
    }
  }
}

/// `viable vfs`.
struct VfsCommand: ActCommand {
  static let configuration = CommandConfiguration(
    commandName: "vfs",
    abstract: "Make or remove the virtual functions of an SR-IOV device.",
    usage: "viable vfs <selector> <count> [--dry-run] [--yes] [<options>]",
    discussion: """
      Says first which groups the new ones will be in, what those that go carry, and
      whether host drivers take the new ones as they appear. One number becomes
      another by way of 0, as the kernel demands. Virtual functions that were
      assigned, or that somebody holds, are not taken away: give them back first.
      Only the physical function's own driver can make them.

      Examples:
        viable vfs 03:00.0 4 --dry-run
        viable vfs eth2 8 --yes
        viable vfs 03:00.0 0 --yes
      """)
  static let verb = Intent.Verb.virtualFunctions

  @Argument(help: "The physical function.", completion: Completion.selectors)
  var selector: String

  @Argument(help: "How many there are to be; 0 removes them.")
  var count: Int

  @OptionGroup
  var agree: AgreeOptions

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  mutating func validate() throws {
    try agree.check(beside: global.chosen)
    guard (0...0xffff).contains(count) else { throw ValidationError("a count is 0 to 65535, not \(count)") }
  }

  func intent<Place: ActPlace>(on act: inout Act<Place>) throws -> Intent {
    try Self.intent(selector, count, on: &act)
  }

  /// The intent for one function; a group or several functions are none.
  static func intent<Place: ActPlace>(
    _ text: String, _ count: Int, on act: inout Act<Place>
  ) throws -> Intent {
    let selectors = try Selection.read([text])
    if selectors.contains(where: \.needsDetails) { try act.lookAtAll() }
    let functions: [Address]
    switch try Selection.resolve(selectors[0], in: act.inventory) {
    case .functions(let found): functions = found
    case .group(let group): functions = act.inventory[group]?.members ?? []
    }
    guard functions.count == 1 else {
      throw Failure(
        .usage, "'\(Clean.visible(text))' is \(functions.count) devices; vfs takes one physical function")
    }
    return Intent(verb, named: functions, count: count)
  }
}
