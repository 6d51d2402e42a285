import Assignment
import CLinux
import Catalogue
import Console
import Glibc
import HostAccess
import Ownership
import Terminal

/// The loop of the side-by-side demo: terminal and signals, and nothing else. No machine is looked at.
struct DemoLoop {
  private var scene: DemoScene
  private let shelf: DemoShelf
  private let desk: CopyDesk
  private var wake: UInt64?
  private var ending: Loop.Ending?
  private var isDirty = true

  /// Tells a story on a screen that somebody holds open; returns when it is left, with how.
  static func run(
    _ comparison: Comparison, _ shelf: DemoShelf, on screen: inout Screen, signals: borrowing SignalSource,
    desk: CopyDesk, glyphs: Glyphs
  ) -> Loop.Ending {
    let scene = DemoScene(comparison, stories: shelf.entries, size: screen.size, glyphs: glyphs)
    var loop = DemoLoop(scene: scene, shelf: shelf, desk: desk)
    return loop.keep(&screen, signals)
  }

  private init(scene: DemoScene, shelf: DemoShelf, desk: CopyDesk) {
    self.scene = scene
    self.shelf = shelf
    self.desk = desk
  }

  private mutating func keep(_ screen: inout Screen, _ signals: borrowing SignalSource) -> Loop.Ending {
    while true {
      if isDirty {
        screen.paint(scene.frame())
        isDirty = false
      }
      let ready = poll([0, signals.descriptor], screen.deadline)
      if ready.contains(0) || screen.deadline.map({ $0 <= Clock.milliseconds }) ?? false {
        for input in screen.readInputs(at: Clock.milliseconds) where ending == nil { receive(input, &screen) }
        if screen.isGone { ending = .hangUp }
      }
      if ready.contains(signals.descriptor) { take(signals.take(), &screen) }
      if let due = wake, due <= Clock.milliseconds {
        wake = nil
        receive(.tick, &screen)
      }
      if let ending { return ending }
    }
  }

  private func poll(_ descriptors: [Int32], _ deadline: UInt64?) -> Set<Int32> {
    var waits = descriptors.map { cl_wait(descriptor: $0, ready: 0) }
    let now = Clock.milliseconds
    let due = [wake, deadline].compactMap(\.self).min()
    let timeout = due.map { $0 <= now ? 0 : Int32(min($0 - now, 60_000)) } ?? -1
    _ = unsafe cl_poll(&waits, waits.count, timeout)
    return Set(waits.filter { $0.ready != 0 }.map(\.descriptor))
  }

  private mutating func take(_ signals: [Int32], _ screen: inout Screen) {
    for signal in signals {
      switch signal {
      case SIGWINCH, SIGCONT: receive(.resize(screen.resize()), &screen)
      case SIGTSTP: stop(&screen)
      case SIGINT: receive(.key(.control("c")), &screen)
      default: ending = signal == SIGHUP ? .hangUp : .signal(signal)
      }
    }
  }

  private mutating func receive(_ input: Input, _ screen: inout Screen) {
    var saved: [Note] = []
    for request in scene.receive(input, at: Clock.now) {
      switch request {
      case .end: ending = .quit
      case .suspend: stop(&screen)
      case .repaint: screen.repaint()
      case .story(let name): open(name, &screen)
      case .save(let text, let name): saved.append(desk.save(text, as: name))
      case .wake(let at): wake = at
      }
    }
    if let note = DemoScene.note(of: saved) { receive(.note(note), &screen) }
    isDirty = true
  }

  private mutating func open(_ name: String, _ screen: inout Screen) {
    do throws(Failure) {
      scene.open(try shelf.tell(name))
    } catch {
      receive(.note(Note(.error, error.message)), &screen)
    }
  }

  private mutating func stop(_ screen: inout Screen) {
    screen.stop()
    receive(.resize(screen.size), &screen)
  }
}

extension DemoLoop {
  /// Takes the terminal and tells a story on it until the person leaves. False where the terminal has no full screen.
  static func run(_ session: Session, _ comparison: Comparison, _ shelf: DemoShelf) throws(Failure) -> Bool {
    let look = ConsoleCommand.Appearance(session, Codeset.adopt())
    guard !session.options.line, !session.here.wantsLineMode else { return false }
    let opened: Screen
    do throws(Unusable) {
      opened = try Screen(wishes: look.wishes, theme: ThemeCatalogue.fallback)
    } catch {
      return false
    }
    var screen = opened
    screen.setTheme(look.catalogue.choose(look.themeName ?? screen.usualTheme).theme)
    let signals: SignalSource
    do throws(HostError) {
      signals = try SignalSource()
    } catch {
      throw Failure(error)
    }
    switch run(comparison, shelf, on: &screen, signals: signals, desk: look.desk, glyphs: look.glyphs) {
    case .quit, .lineMode: return true
    case .hangUp: throw Failure(.hangUp, "")
    case .signal(let signal): throw Failure(Exit(rawValue: 128 + signal) ?? .terminated, "")
    }
  }
}
