import Assignment
import CLinux
import Glibc
import HostAccess
import HostLinux
import Ownership
import Topology

/// Devices taken on the machine that we run on, call by call through its own uAPI, and given back.
struct LiveAttach {
  let observer: SysfsObserver
  let model: RuleSet
  let devices: [Address]
  /// The machine before the first call.
  let before: World
  private var inventory: Inventory
  private let calls: UserCalls
  private let user: User
  private var mirror: Mirror<UserCalls>
  private(set) var attempt: Attempt
  private(set) var notes = AttachReport.Notes()

  /// What the selectors choose on this machine. 69 where no kernel has the interface, or the devices have no group.
  init(_ selectors: [String], model: RuleSet) throws(Failure) {
    let machine = try LiveMachine(model, near: selectors)
    try self.init(
      on: machine, taking: try AttachCommand.devices(selectors, in: machine.inventory, machine.world, model))
  }

  /// These devices of a machine of which their groups were looked at closely, by its own calls.
  init(on machine: LiveMachine, taking devices: [Address], labels: [Address: String] = [:]) throws(Failure) {
    let model = machine.rules.set
    guard model == .explicitLinux || model == .iommufd else {
      throw Failure(
        .unavailable,
        "no kernel of today has \(model.rawValue): explicit and iommufd are real; add --rehearse to try it")
    }
    (observer, inventory, before) = (machine.observer, machine.inventory, machine.world)
    do throws(HostError) { calls = try UserCalls() } catch { throw Failure(error) }
    self.model = model
    self.devices = devices
    for address in devices where before[address]?.group == nil {
      throw Failure(
        .unavailable, "\(address) is in no IOMMU group: nothing confines its DMA; see 'viable doctor'",
        Grounds(kind: "no-group", culprits: [Refusal.Culprit(address)]))
    }
    let limit = cl_memory_lock_limit()
    user = User(
      process: getpid(), name: "viable", uid: cl_effective_user(), memoryLimit: limit == .max ? nil : limit)
    mirror = Mirror(calls, rules: machine.rules, world: before, circumstances: machine.circumstances)
    attempt = Attempt(
      model, taking: devices, by: user, mapping: Attempt.page(for: devices, in: before), labels: labels)
  }

  /// The groups of the devices.
  var groups: [GroupID] { Set(devices.compactMap { before[$0]?.group }).sorted() }

  /// The calls that it would take, with what the rules expect of each.
  var foretold: [Comparison.Line] { attempt.foretold(in: mirror.world, under: mirror.rules) }
  /// The calls that would give everything back.
  var foretoldBack: [Comparison.Line] { attempt.foretoldBack(in: mirror.world, under: mirror.rules) }

  /// Takes the devices, and asks each that was opened for what it is. Each call is told once it was answered.
  mutating func take(tell: (Comparison.Line) -> Void = { _ in }) {
    notes.memoryLimit = user.memoryLimit
    notes.isPrivileged = user.isPrivileged
    notes.memoryBefore = LockedMemory.now()
    attempt.take(through: &mirror, tell: tell)
    notes.memoryTaken = LockedMemory.now()
    let world = mirror.world
    for address in devices {
      let open = world.ledger.descriptors(of: user) { file in
        if case .device(let device) = file { device.address == address } else { false }
      }
      guard let descriptor = open.first else { continue }
      if case .success(let facts) = calls.facts(of: descriptor, by: user) { notes.facts.append((address, facts)) }
    }
  }

  /// Gives everything back, and looks whether the members of its groups are as they were.
  mutating func giveBack() {
    attempt.giveBack(through: &mirror)
    calls.closeAll()
    notes.memoryAfter = LockedMemory.now()
    notes.differences = mirror.differences.map { AttachReport.Notes.Difference($0, model) }
    var left = leftover()
    // A device that was pulled while it was open goes now; whoever only took its driver leaves it there.
    for _ in 0..<Self.looks where left.isLeaving {
      usleep(Self.pause)
      left = leftover()
    }
    notes.leftover = left
  }

  /// How often, and every how many microseconds, it is looked whether a device is gone: for a second.
  private static let (looks, pause) = (50, UInt32(20_000))

  /// What of the groups' members is not as it was, as they are now.
  private mutating func leftover() -> Leftover {
    let members = groups.flatMap { before.members(of: $0) }
    do throws(HostError) {
      inventory.apply(
        try observer.reread(Stale(groups: Set(groups), details: Set(members.map(\.address))), in: inventory))
    } catch {
      return Leftover(unseen: error)
    }
    return Leftover(members, in: World(inventory))
  }

  /// Why it was refused, in a sentence that names call, error and culprit; nil where it was not.
  var refusal: String? {
    guard let line = attempt.refusal else { return nil }
    let answer = "\(line.name ?? line.call) answered \(line.errno?.name ?? line.result)."
    return ([answer] + [line.why?.sentence ?? failure?.message].compactMap(\.self)).joined(separator: " ")
  }

  /// Why it was refused, where that is for this machine or user to mend; nil where the answer is about the devices.
  var failure: Failure? {
    guard let line = attempt.refusal, let errno = line.errno, line.call.hasPrefix("open(") else { return nil }
    switch errno {
    case .eacces, .eperm:
      return Failure(.privilege, "\(line.on ?? "the node"): \(errno.explained); run as root, or be given it")
    case .enoent, .enodev:
      let subject: Capability.Subject =
        line.on == "/dev/vfio/vfio" ? .container : line.on == "/dev/iommu" ? .iommufd : .deviceNodes
      let isBound = devices.contains { before[$0]?.isVFIO ?? false }
      guard subject != .deviceNodes || (model == .iommufd && isBound) else { return nil }
      guard let found = observer.capabilities().first(where: { $0.subject == subject }), found.status != .works else {
        return nil
      }
      return Failure(.unavailable, Clean.visible(found.finding + " " + found.remedy))
    default: return nil
    }
  }
}

/// Waits for Enter, the end of the input, or a signal that asks to end.
struct Holding {
  /// The signal that ended it; nil where it was the keyboard.
  private(set) var signal: Int32?

  /// Waits. `signals` takes SIGINT and SIGTERM, so that devices are given back before the process ends.
  init(_ signals: borrowing SignalSource, isWaiting: Bool) {
    if take(signals) || !isWaiting { return }
    while true {
      var waits = [cl_wait(descriptor: 0, ready: 0), cl_wait(descriptor: signals.descriptor, ready: 0)]
      let count = unsafe cl_poll(&waits, waits.count, -1)
      if count < 0 && count != -Int(EINTR) { return }
      if waits[1].ready != 0, take(signals) { return }
      if waits[0].ready != 0 {
        var byte: UInt8 = 0
        let got = unsafe cl_read(0, &byte, 1)
        if got <= 0 || byte == UInt8(ascii: "\n") { return }
      }
    }
  }

  private mutating func take(_ signals: borrowing SignalSource) -> Bool {
    signal = signals.take().first { [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains($0) } ?? signal
    return signal != nil
  }

  /// The code for a process that a signal ended.
  var exit: Exit? {
    switch signal {
    case SIGINT: .interrupted
    case SIGTERM: .terminated
    case SIGHUP: .hangUp
    case SIGQUIT: .quitSignal
    default: nil
    }
  }
}
