import Assignment
import CLinux
import Catalogue
import Console
import Glibc
import HostAccess
import HostLinux
import Ownership
import Terminal
import Topology

/// The loop of the console: one thread that polls the terminal, signals, the watcher and the worker, hands what it
/// hears to the scene, does what the scene asks for and paints what came of it.
///
/// In each round the keyboard comes first: a key was aimed at the frame that the person saw, so it meets that frame's
/// scene before any news does.
struct Loop: ~Copyable {
  /// How the console was left.
  enum Ending {
    case quit
    /// The person asked for line mode.
    case lineMode
    /// The terminal is gone.
    case hangUp
    case signal(Int32)
  }

  private var scene: Scene
  private var screen: Screen
  private let worker: Worker
  private var noticing: Noticing
  private let signals: SignalSource
  private let desk: CopyDesk
  private let catalogue: ThemeCatalogue
  private let shelf: DemoShelf
  private var wake: UInt64?
  private var ending: Ending?
  private var isDirty = true
  /// Until when nothing is painted, for the first look mostly comes sooner than an eye would see that there is none.
  private var opening: UInt64? = Clock.milliseconds + Self.firstGlance

  init(
    scene: consuming Scene, screen: consuming Screen, worker: Worker, noticing: Noticing,
    signals: consuming SignalSource, desk: CopyDesk, catalogue: ThemeCatalogue, shelf: DemoShelf
  ) {
    self.scene = scene
    self.screen = screen
    self.worker = worker
    self.noticing = noticing
    self.signals = signals
    self.desk = desk
    self.catalogue = catalogue
    self.shelf = shelf
  }

  /// Runs until the person leaves, the terminal goes or a signal ends it.
  mutating func run(saying complaints: [String]) -> Ending {
    receive(.sources(noticing.sources))
    for complaint in complaints { receive(.note(Note(.error, complaint))) }
    while true {
      if let opening, opening <= Clock.milliseconds { self.opening = nil }
      if isDirty, opening == nil {
        screen.paint(scene.frame())
        isDirty = false
      }
      let ready = poll()
      if ready.contains(0) || screen.deadline.map({ $0 <= Clock.milliseconds }) ?? false { takeKeys() }
      if ready.contains(signals.descriptor) { takeSignals() }
      for descriptor in noticing.descriptors where ready.contains(descriptor) {
        noticing.drain(descriptor, now: Clock.milliseconds)
      }
      if ready.contains(worker.answered.descriptor) { takeAnswers() }
      takeTime()
      if let ending { return ending }
    }
  }

  /// Lets an act come to its end and gives back what is attached; what to know after leaving, a line each.
  mutating func leave() -> [String] {
    let now = Clock.now
    var told: [String] = []
    if scene.isActing(at: now.milliseconds) || !scene.attached.isEmpty {
      told = worker.finish(within: Self.patience) { news in _ = scene.receive(.act(news), at: now) }
    }
    return told.map(scene.chosenBy.acts.put(in:)) + [scene.farewell].compactMap(\.self)
  }

  /// So long, in milliseconds, does the screen stay empty for the first look.
  private static let firstGlance: UInt64 = 50

  /// So long, in milliseconds, may an act and closing devices take before the program ends without them.
  static let patience: UInt64 = 3_000

  // MARK: waiting

  private func poll() -> Set<Int32> {
    let descriptors = [0, signals.descriptor, worker.answered.descriptor] + noticing.descriptors
    var waits = descriptors.map { cl_wait(descriptor: $0, ready: 0) }
    _ = unsafe cl_poll(&waits, waits.count, timeout)
    return Set(waits.filter { $0.ready != 0 }.map(\.descriptor))
  }

  /// Milliseconds until something is due; -1 for ever, which is what an idle console waits.
  private var timeout: Int32 {
    let due = [wake, opening, noticing.deadline, screen.deadline].compactMap(\.self).min()
    guard let due else { return -1 }
    let now = Clock.milliseconds
    return due <= now ? 0 : Int32(min(due - now, 60_000))
  }

  // MARK: what is heard

  private mutating func takeKeys() {
    // What was typed ahead of the end was aimed at a frame that nobody will see.
    for input in screen.readInputs(at: Clock.milliseconds) where ending == nil { receive(input) }
    if screen.isGone { ending = .hangUp }
  }

  private mutating func takeSignals() {
    for signal in signals.take() {
      switch signal {
      case SIGWINCH, SIGCONT: receive(.resize(screen.resize()))
      case SIGTSTP: stop()
      // Ctrl-C: the terminal keeps its signal keys, so that they work even when nobody reads it.
      case SIGINT: receive(.key(.control("c")))
      default: ending = signal == SIGHUP ? .hangUp : .signal(signal)
      }
    }
  }

  private mutating func takeAnswers() {
    for answer in worker.takeAnswers() {
      switch answer {
      case .inventory(let inventory):
        opening = nil
        receive(.inventory(inventory))
        arm(inventory)
      case .difference(let difference, let stale, let sources):
        if let note = Sentences.note(of: stale, from: sources, finding: difference) { receive(.note(note)) }
        receive(.difference(difference, sources: sources))
        noticing.follow(difference)
      case .stage(let world, let rules): receive(.stage(world, rules))
      case .happened(let event, let answer, let world, let difference):
        receive(.answered(event, answer, world, difference))
      case .planned(let plan, let preview): receive(.planned(plan, preview))
      case .refused(let refusal): receive(.refused(refusal))
      case .act(let news):
        if case .saw(let difference) = news { noticing.follow(difference) }
        receive(.act(news))
      case .sorry(let why): receive(.sorry(why))
      case .offered(let plan): receive(.offered(plan))
      case .attach(let news):
        if case .saw(let difference) = news { noticing.follow(difference) }
        receive(.attach(news))
      case .attachedFirst(let groups): receive(.attachedFirst(groups))
      case .recorded(let now):
        receive(.recorded(now.functions))
        receive(.undoable(now.canUndo))
      case .left, .unexplained: break
      case .explained(let explained): receive(.explained(explained))
      case .exported(let format, let lines): receive(.exported(format, lines))
      case .unexported(let format, let why): receive(.unexported(format, why))
      case .supposed(let answer): receive(.supposed(answer))
      case .failed(let error):
        opening = nil
        receive(.note(Note(.error, error.description)))
      case .unseen(let error): receive(.note(Worker.note(unseen: error)))
      }
    }
  }

  /// Watches what is there, after it was drawn: the first frame does not wait for ten thousand watches. What changed
  /// between the look and the watches is found by a second look.
  private mutating func arm(_ inventory: Inventory) {
    screen.paint(scene.frame())
    isDirty = false
    if scene.themes.count < 2 { receive(.themes(catalogue.themes)) }
    guard noticing.follow(inventory) else { return }
    worker.reread(Stale(everything: true))
  }

  private mutating func tellSources() {
    let sources = noticing.sources
    if sources != scene.sources { receive(.sources(sources)) }
  }

  private mutating func takeTime() {
    let now = Clock.milliseconds
    if let due = wake, due <= now {
      wake = nil
      receive(.tick)
    }
    let watched = noticing.isReconcileDue(at: now) ? scene.watched : []
    if let (stale, sources) = noticing.due(now: now, watched: watched) {
      worker.reread(stale, because: sources)
    }
    tellSources()
  }

  // MARK: what is asked for

  private mutating func receive(_ input: Input) {
    for request in scene.receive(input, at: Clock.now) { serve(request) }
    isDirty = true
  }

  private mutating func serve(_ request: Request) {
    switch request {
    case .quit: ending = .quit
    case .suspend: stop()
    case .lineMode: ending = .lineMode
    case .repaint: screen.repaint()
    case .rescan:
      noticing.regain()
      worker.reread(Stale(everything: true))
    case .details(let functions): worker.reread(Stale(details: functions))
    case .copy(let text):
      let fits = screen.copy(text)
      receive(.note(desk.copy(text, reachedClipboard: fits)))
    case .save(let text, let name): receive(.note(desk.save(text, as: name)))
    case .happen(let event): worker.happen(event)
    case .rules(let rules): worker.setRules(rules)
    case .startAgain: worker.startAgain()
    case .plan(let aim): worker.plan(aim)
    case .run(let plan): worker.run(plan)
    case .attach(let plan): worker.run(plan)
    case .explain(let group): worker.explain(group)
    case .export(let format, let groups, let named):
      worker.export(Worker.Export(format: format, groups: groups, named: named))
    case .suppose(let question): worker.suppose(question)
    case .demo: tellStory()
    case .mouse(let isOn): screen.setMouse(isOn)
    case .theme(let name):
      if let theme = scene.themes.first(where: { $0.name == name }) { screen.setTheme(theme) }
    case .wake(let at): wake = min(at, wake ?? at)
    }
  }

  /// The demo has the screen until it is left; what comes from the machine meanwhile waits in its queues.
  private mutating func tellStory() {
    do throws(Failure) {
      let comparison = try shelf.tell(shelf.first)
      let ending = DemoLoop.run(
        comparison, shelf, on: &screen, signals: signals, desk: desk, glyphs: scene.glyphs)
      if case .quit = ending {} else { self.ending = ending }
    } catch {
      receive(.note(Note(.error, error.message)))
    }
    receive(.resize(screen.size))
  }

  private mutating func stop() {
    screen.stop()
    receive(.resize(screen.size))
  }
}
