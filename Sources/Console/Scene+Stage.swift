import Assignment
import Ownership
import Topology

/// Making things happen on a simulated machine.
extension Scene {
  /// The stage says what its rules know, at the start and whenever other rules answer.
  mutating func set(_ world: World, _ rules: Rules) {
    if rehearsal == nil {
      rehearsal = Rehearsal(world: world, rules: rules, cast: cast)
    } else {
      rehearsal?.world = world
      rehearsal?.rules = rules
    }
    judgeAll()
    if rowsFollow(.everything) { refreshRows(.news) }
  }

  /// Begins a deed; what it asks for first.
  mutating func begin(_ deed: Deed) -> [Request] {
    guard let rehearsal else { return [] }
    guard rehearsal.pursuit == nil, rehearsal.queue.isEmpty else {
      message = Note(.error, "the last one is not through yet")
      return []
    }
    switch deed.way {
    case .pursue(let wish):
      var pursuit = Pursuit(wish, under: rehearsal.rules.set, in: rehearsal.world)
      guard let event = pursuit.next(in: rehearsal.world) else {
        message = Note(.done, "there is nothing left to call")
        return []
      }
      self.rehearsal?.pursuit = pursuit
      return [.happen(event)]
    case .inTurn(let wishes):
      self.rehearsal?.wishes = wishes
      return self.rehearsal?.beginNext().map { [.happen($0)] } ?? []
    case .step(let wish):
      let (event, stepping) = next(of: wish, rehearsal)
      self.rehearsal?.stepping = stepping
      return event.map { [.happen($0)] } ?? []
    case .events(let events):
      self.rehearsal?.queue = Array(events.dropFirst())
      return events.first.map { [.happen($0)] } ?? []
    case .space(let place):
      self.rehearsal?.place = place
      message = Note(.done, "attached to and mapped into from now on: \(spaceName(rehearsal, place))")
      return []
    }
  }

  /// Takes an answer in: a line of the log with its reason, what changed, and the next call of what was begun.
  mutating func answered(
    _ event: Event, _ answer: Answer, _ world: World, _ difference: Difference, at now: Moment
  ) -> [Request] {
    guard var rehearsal else { return [] }
    tell(event, answer, rehearsal, at: now)
    // Whatever left, with its bridge too, can be plugged in again.
    for device in rehearsal.world.devices where world[device.address] == nil {
      rehearsal.cards[device.address] = device
    }
    rehearsal.world = world
    var next: Event?
    if answer.value == nil {
      rehearsal.queue = []
      rehearsal.wishes = []
      rehearsal.pursuit = nil
      rehearsal.stepping = nil
    } else if rehearsal.queue.isEmpty {
      next = rehearsal.pursuit?.next(in: world, after: answer)
      if next == nil {
        rehearsal.pursuit = nil
        next = rehearsal.beginNext()
      }
    } else {
      next = rehearsal.queue.removeFirst()
    }
    self.rehearsal = rehearsal
    let said = message
    hear(difference, sources: [], at: now)
    message = said
    return next.map { [.happen($0)] } ?? []
  }

  private mutating func tell(_ event: Event, _ answer: Answer, _ rehearsal: Rehearsal, at now: Moment) {
    let line = Comparison.Line(
      act: 0, event: event, answer: answer, in: rehearsal.world, under: rehearsal.rules.set, labels: cast.labels)
    let group = event.address(in: rehearsal.world).flatMap { rehearsal.world[$0]?.group }
    let user = line.user.map { Clean.visible($0.name) + ": " } ?? ""
    let why = line.why.map { "; " + $0.sentence } ?? ""
    let note = Note(line.isSuccess ? .call : .refused, "\(user)\(line.said)\(why)")
    log.add(note, group: group, at: now)
    for news in line.news { log.add(Note(.event, news), group: group, at: now) }
    message = note
  }

  /// The next user, the next rule set, the flag.
  mutating func direct(_ id: Action.ID) -> [Request] {
    guard var rehearsal else { return [] }
    defer { self.rehearsal = rehearsal }
    switch id {
    case .chooseUser:
      rehearsal.user = (rehearsal.user + 1) % rehearsal.users.count
      rehearsal.place = 0
      let user = rehearsal.caller
      message = Note(.done, "calls are made by \(user.name), process \(user.process), uid \(user.uid)")
    case .unusedFlag:
      rehearsal.allowsUnused.toggle()
      message = Note(
        .done, rehearsal.allowsUnused ? "joins say IOASID_IMPLICIT_GROUP" : "joins do not say IOASID_IMPLICIT_GROUP")
    case .chooseModel:
      let all = RuleSet.allCases
      let place = all.firstIndex(of: rehearsal.rules.set) ?? 0
      let next = all[(place + 1) % all.count]
      message = Note(.done, "rules: \(next.rawValue), \(next.words)")
      return [.rules(next)]
    default: break
    }
    return []
  }

  /// Why nothing is answered any more on a simulated machine; nil while its kernel runs.
  var whyStopped: String? {
    guard rehearsal?.world.ledger.isStopped ?? false else { return nil }
    let key = Action.of(.startAgain)?.keys.first?.name ?? ""
    return "the machine stopped (PANIC), and no call returns; \(key) starts it again"
  }

  /// Forgets what was begun and done since the start: the machine is as it was before anything happened.
  mutating func startAgain() -> [Request] {
    rehearsal?.stepping = nil
    rehearsal?.place = 0
    (done, redoable, lastAct) = ([:], [], nil)
    message = Note(.done, "started again: everything is as it was before the first call")
    return [.startAgain]
  }

  /// Why users, rules and the flag cannot be chosen, and why it cannot be started again; nil when they can.
  func whyNoDirecting(_ id: Action.ID) -> String? {
    guard let rehearsal else { return Self.whyNoStage }
    if id == .startAgain { return rehearsal.isUnderWay ? "the last one is not through yet" : nil }
    if id == .unusedFlag, rehearsal.rules.set != .implicitApril {
      return "only the implicit model of April has the flag; W chooses it"
    }
    if let whyStopped { return whyStopped }
    guard id == .chooseModel, let process = rehearsal.world.ledger.processes.first else { return nil }
    return
      "\(Clean.visible(process.user.name)) has descriptors open under \(rehearsal.rules.set.rawValue); end it first"
  }
}

extension Event {
  /// The device that it is about, as far as it says.
  func address(in world: World) -> Address? {
    switch self {
    case .bind(let address, _), .unbind(let address), .probe(let address), .unplug(let address),
      .chown(.device(let address), _), .call(.open(.device(let address)), _),
      .call(.ioctl(_, .groupGetDeviceFD(let address, _), _), _):
      return address
    case .hotAdd(let device): return device.address
    case .call(.open(.group(let group)), _), .chown(.group(let group), _):
      return world.members(of: group).first?.address
    case .call(.ioctl(let descriptor, _, _), let user), .call(.close(let descriptor), let user),
      .call(.touch(let descriptor, _), let user):
      guard let id = world.ledger.file(descriptor, of: user) else { return nil }
      switch world.ledger.files[id] {
      case .device(let file): return file.address
      case .group(let file): return world.members(of: file.group).first?.address
      default: return nil
      }
    case .call(.open, _), .chown, .exit, .kill: return nil
    }
  }
}
