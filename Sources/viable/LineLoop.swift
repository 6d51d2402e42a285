import Assignment
import CLinux
import Catalogue
import Console
import Glibc
import HostAccess
import HostLinux
import Topology

/// Line mode: whole sentences on an ordinary terminal, for screen readers and for terminals without a cursor. The same
/// scene, worker and watcher as the console, but lines go in and lines come out.
struct LineLoop: ~Copyable {
  private let output = Output(descriptor: 1)
  private let signals: SignalSource
  private let worker: Worker
  private var noticing: Noticing
  private var mode: LineMode
  /// What was typed and is no whole line yet.
  private var typed: [UInt8] = []
  /// Lines that wait for the first look, or for the details that they ask about.
  private var lines: [String] = []
  /// What was asked of the worker for the line in front.
  private var asked: Set<Address> = []
  private var hasLooked = false
  private var inputEnded = false

  /// Runs until `quit` or the end of input.
  static func run(_ start: ConsoleCommand.Start) throws(Failure) {
    var loop = try LineLoop(start)
    for complaint in start.complaints { Session.complain(complaint) }
    defer { loop.leave() }
    try loop.keep()
  }

  /// Lets an act come to its end, gives back what is attached, and says what goes on without it.
  private mutating func leave() {
    let now = Clock.now
    var told: [String] = []
    if mode.holdsGroups || mode.isActing(at: now.milliseconds) {
      told = worker.finish(within: Loop.patience) { news in _ = mode.take(.act(news), at: now) }
    }
    for line in told.map(mode.options.put(in:)) + [mode.farewell].compactMap(\.self) { Session.complain(line) }
  }

  private init(_ start: ConsoleCommand.Start) throws(Failure) {
    // Before the worker's thread, which inherits what is blocked. A reader that goes away is met at a write.
    let signals = try Self.asked { () throws(HostError) in try SignalSource(SignalSource.ending) }
    _ = cl_ignore(SIGPIPE)
    let watcher = try Self.asked(start.watcher)
    worker = try Self.asked { () throws(HostError) in
      try Worker(maySettle: start.whyNoRun == nil, open: start.open)
    }
    noticing = Noticing(watcher: watcher, now: Clock.milliseconds)
    self.signals = signals
    mode = LineMode(start.scene(size: Size(rows: 24, columns: 80), theme: ThemeCatalogue.fallback))
    mode.isAtTerminal = start.inputIsTerminal
  }

  private static func asked<Value: ~Copyable>(_ body: () throws(HostError) -> Value) throws(Failure) -> Value {
    do throws(HostError) { return try body() } catch { throw Failure(error) }
  }

  private mutating func keep() throws(Failure) {
    while true {
      let ready = poll()
      if ready.contains(0) { readInput() }
      if ready.contains(signals.descriptor), let signal = signals.take().first {
        throw Failure(Exit(rawValue: 128 + signal) ?? .terminated, "")
      }
      let now = Clock.now
      for descriptor in noticing.descriptors where ready.contains(descriptor) {
        noticing.drain(descriptor, now: now.milliseconds)
      }
      if ready.contains(worker.answered.descriptor) { try takeAnswers(now) }
      let watched = noticing.isReconcileDue(at: now.milliseconds) ? mode.watched : []
      if let (stale, sources) = noticing.due(now: now.milliseconds, watched: watched) {
        worker.reread(stale, because: sources)
      }
      if try answerLines() { return }
    }
  }

  private func poll() -> Set<Int32> {
    let input: [Int32] = inputEnded ? [] : [0]
    var waits = (input + [signals.descriptor, worker.answered.descriptor] + noticing.descriptors).map {
      cl_wait(descriptor: $0, ready: 0)
    }
    let now = Clock.milliseconds
    let timeout = noticing.deadline.map { $0 <= now ? 0 : Int32(min($0 - now, 60_000)) } ?? -1
    _ = unsafe cl_poll(&waits, waits.count, timeout)
    return Set(waits.filter { $0.ready != 0 }.map(\.descriptor))
  }

  private mutating func readInput() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(0, &buffer, buffer.count)
    if count <= 0 {
      inputEnded = true
      return
    }
    typed += buffer[..<count]
    while let end = typed.firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(String(decoding: typed[..<end], as: UTF8.self))
      typed.removeSubrange(...end)
    }
    // A line that never ends is no line.
    if typed.count > Self.longestLine { typed.removeAll() }
  }

  private static let longestLine = 64 * 1024

  private mutating func takeAnswers(_ now: Moment) throws(Failure) {
    for answer in worker.takeAnswers() {
      switch answer {
      case .inventory(let inventory):
        try say(mode.take(inventory, at: now), prompts: true)
        // What changed between the look and the watches is found by a second look.
        if noticing.follow(inventory) { worker.reread(Stale(everything: true)) }
        hasLooked = true
      case .difference(let difference, _, let sources):
        let news = mode.take(difference, sources: sources, at: now)
        if !news.isEmpty { try say(news, prompts: lines.isEmpty && !mode.isBusy) }
        noticing.follow(difference)
        asked = []
      case .left: break
      case .recorded(let recorded):
        let news = mode.take(recorded: recorded.functions, at: now)
        if !news.isEmpty { try say(news, prompts: lines.isEmpty && !mode.isBusy) }
      case .unexplained(let group):
        let reply = mode.cannotExplain(group)
        try self.answer(reply)
      // Line mode neither exports nor supposes: both are commands.
      case .exported, .unexported, .supposed: break
      case .stage, .happened, .planned, .refused, .act, .sorry, .explained, .offered, .attach, .attachedFirst:
        guard let input = answer.input else { break }
        if case .act(.saw(let difference)) = answer { noticing.follow(difference) }
        if case .attach(.saw(let difference)) = answer { noticing.follow(difference) }
        // Taken in first: whether it is busy still is asked of the mode as it is afterwards.
        let reply = mode.take(input, at: now)
        try self.answer(reply)
      case .unseen(let error): try say([Worker.note(unseen: error).text], prompts: lines.isEmpty)
      case .failed(let error):
        throw Failure(error)
      }
    }
  }

  /// Answers what was typed; true when that was the end. A line that asks for facts nobody has read waits for them.
  private mutating func answerLines() throws(Failure) -> Bool {
    guard hasLooked, asked.isEmpty, !mode.isBusy else { return false }
    while let line = lines.first, !mode.isBusy {
      let wanted = mode.wanted(by: line)
      if !wanted.isEmpty {
        asked = wanted
        worker.reread(Stale(details: wanted))
        return false
      }
      lines.removeFirst()
      let answer = mode.receive(line: line)
      if answer.quit {
        try say(answer.output, prompts: false)
        return true
      }
      try self.answer(answer)
    }
    return inputEnded && lines.isEmpty && !mode.isBusy
  }

  /// Says what there is to say, and has done what is to be done. The prompt comes once that is through.
  private func answer(_ reply: LineMode.Reply) throws(Failure) {
    for request in reply.requests {
      switch request {
      case .plan(let aim): worker.plan(aim)
      case .run(let plan): worker.run(plan)
      case .attach(let plan): worker.run(plan)
      case .happen(let event): worker.happen(event)
      case .startAgain: worker.startAgain()
      case .explain(let group): worker.explain(group)
      case .details(let functions): worker.reread(Stale(details: functions))
      default: break
      }
    }
    if reply.output.isEmpty { return }
    try say(reply.output, prompts: !mode.isBusy)
  }

  private func say(_ sentences: [String], prompts: Bool) throws(Failure) {
    let prompt = prompts && mode.isAtTerminal ? LineMode.prompt : ""
    output.write(Array((sentences.map { $0 + "\n" }.joined() + prompt).utf8))
    try output.finish()
  }
}

extension Worker.Answer {
  /// What came of something that was asked for, as the scene takes it in; nil where it is no such thing.
  fileprivate var input: Input? {
    switch self {
    case .stage(let world, let rules): .stage(world, rules)
    case .happened(let event, let answer, let world, let difference): .answered(event, answer, world, difference)
    case .planned(let plan, let preview): .planned(plan, preview)
    case .refused(let refusal): .refused(refusal)
    case .act(let news): .act(news)
    case .sorry(let why): .sorry(why)
    case .explained(let explained): .explained(explained)
    case .offered(let plan): .offered(plan)
    case .attach(let news): .attach(news)
    case .attachedFirst(let groups): .attachedFirst(groups)
    case .inventory, .difference, .recorded, .left, .unexplained, .exported, .unexported, .supposed, .failed, .unseen:
      nil
    }
  }
}
