import Assignment
import CLinux
import Catalogue
import Console
import HostAccess
import HostLinux
import HostSimulated
import Terminal
import Topology

/// The console: what `viable` without a command opens on a terminal.
enum ConsoleCommand {
  /// Runs it on this terminal until the person leaves; a terminal that has no full screen gets line mode.
  static func run(_ session: Session) throws(Failure) {
    let codeset = Codeset.adopt()
    let start = try Start(session, codeset)
    if session.options.line || session.here.wantsLineMode { return try LineLoop.run(start) }
    let looking: Looking
    do throws(HostError) {
      looking = try Looking.begun(start)
    } catch {
      throw Failure(error)
    }
    let screen: Screen
    do throws(Unusable) {
      screen = try Screen(wishes: start.look.wishes, theme: ThemeCatalogue.fallback)
    } catch {
      Session.complain("\(error): using line mode")
      SignalSource.giveBack()
      return try LineLoop.run(start)
    }
    let end = try runLoop(start, looking, screen)
    for farewell in end.farewell { Session.complain(farewell) }
    try finish(end.ending, start)
  }

  /// The first look at the machine, on its way while the screen is made ready. Signals are taken before its thread
  /// starts, which inherits that.
  private struct Looking: ~Copyable {
    let signals: SignalSource
    let worker: Worker

    static func begun(_ start: Start) throws(HostError) -> Looking {
      cl_keep_heap_small()
      let signals = try SignalSource()
      let worker = try Worker(maySettle: start.whyNoRun == nil, open: start.open)
      return Looking(signals: signals, worker: worker)
    }
  }

  private static func runLoop(
    _ start: Start, _ looking: consuming Looking, _ opened: consuming Screen
  ) throws(Failure) -> (ending: Loop.Ending, farewell: [String]) {
    var screen = opened
    let choice = start.look.catalogue.choose(start.look.themeName ?? screen.usualTheme)
    screen.setTheme(choice.theme)
    let complaint = choice.error.map { "\($0); the default theme is used" }
    let complaints = start.complaints.filter { $0 != choice.error?.description } + [complaint].compactMap(\.self)
    do throws(HostError) {
      let noticing = Noticing(watcher: try start.watcher(), now: Clock.milliseconds)
      var scene = start.scene(size: screen.size, theme: choice.theme)
      scene.terminalDescription = "\(screen.depth.words), \(start.look.glyphs.isASCII ? "ASCII" : "UTF-8")"
      var loop = Loop(
        scene: scene, screen: screen, worker: looking.worker, noticing: noticing, signals: looking.signals,
        desk: start.look.desk,
        catalogue: start.look.catalogue, shelf: start.shelf)
      let ending = loop.run(saying: complaints)
      return (ending, loop.leave())
    } catch {
      throw Failure(error)
    }
  }

  private static func finish(_ ending: Loop.Ending, _ start: Start) throws(Failure) {
    switch ending {
    case .quit: return
    case .lineMode:
      SignalSource.giveBack()
      try LineLoop.run(start)
    case .hangUp: throw Failure(.hangUp, "")
    case .signal(let signal): throw Failure(Exit(rawValue: 128 + signal) ?? .terminated, "")
    }
  }
}

extension ConsoleCommand {
  /// How a full screen looks and where its copies go, whatever it shows.
  struct Appearance {
    let wishes: Screen.Wishes
    /// The theme asked for; nil leaves it to the terminal's colours.
    let themeName: String?
    let catalogue: ThemeCatalogue
    let glyphs: Glyphs
    let desk: CopyDesk

    init(_ session: Session, _ codeset: Codeset) {
      let (options, here) = (session.options, session.here)
      wishes = Screen.Wishes(
        term: here.variables["TERM"], usesColour: here.wantsColor(options.color),
        isRemote: here.variables["SSH_TTY"] != nil, isUTF8: codeset.isUTF8)
      glyphs = Glyphs(isASCII: options.ascii || !codeset.isUTF8 || codeset.isAmbiguousWide)
      catalogue = ThemeCatalogue(directories: here.themeDirectories)
      themeName = options.theme ?? here.variables["VIABLE_THEME"].flatMap { $0.isEmpty ? nil : $0 }
      desk = CopyDesk(folder: options.stateDir ?? here.stateDirectory, home: here.variables["HOME"])
    }
  }

  /// Everything that both ways of looking start from.
  struct Start {
    let place: Place
    /// Where changes are watched for; nil in a simulated world, which tells them.
    let root: String?
    let open: @Sendable () throws(HostError) -> any Ground
    /// Why no act is run here; nil where acts are.
    let whyNoRun: String?
    /// Whom and what a scenario brings along; nobody and nothing elsewhere.
    let cast: Cast
    let look: Appearance
    /// The stories that `d` tells.
    let shelf: DemoShelf
    let showsGeneration: Bool
    let inputIsTerminal: Bool
    /// What leads a command to this machine.
    let chosenBy: (questions: CommandOptions, acts: CommandOptions)
    let complaints: [String]

    init(_ session: Session, _ codeset: Codeset) throws(Failure) {
      let (options, here) = (session.options, session.here)
      // Opened here once, so that a root that is none is named before the screen is taken.
      let scenario = try HostChoice.scenario(options)
      cast = scenario.map { Cast($0) } ?? Cast()
      let host = if let scenario { scenario.host } else { try HostChoice.simulated(options, here) }
      if let host {
        (place, root) = (host.place, nil)
        open = { () throws(HostError) in SimulatedGround(host) }
        whyNoRun = options.readOnly ? Self.readOnly : nil
      } else {
        let path = options.root ?? "/"
        (place, root) = (try HostChoice.observer(options, here).place, path)
        let preferred = here.preferredNames
        let state = HostChoice.stateDirectory(session, isPrivileged: place.isPrivileged)
        let isImage = options.root != nil
        open = { () throws(HostError) in
          let observer = try SysfsObserver(root: path, names: PCINames(preferred: preferred))
          return isImage ? ImageGround(observer: observer, root: path) : LiveGround(observer, state: state)
        }
        let needsRoot = place.isPrivileged ? nil : Scene.needsRoot
        whyNoRun = isImage ? ImagePlace.hindrance : options.readOnly ? Self.readOnly : needsRoot
      }
      look = Appearance(session, codeset)
      shelf = DemoShelf(options)
      complaints = look.catalogue.errors.map(\.description)
      inputIsTerminal = here.inputIsTerminal
      chosenBy = options.chosenBy
      showsGeneration = here.variables["VIABLE_TEST"] == "1"
    }

    private static let readOnly = "it was started with --read-only"

    /// Keeps the view true, where there is anything to watch.
    func watcher() throws(HostError) -> Watcher? {
      guard let root else { return nil }
      return try Watcher(root: root)
    }

    /// The console before its first look.
    func scene(size: Size, theme: Theme) -> Scene {
      var scene = Scene(
        place: place, size: size, glyphs: look.glyphs, themes: [theme], themeName: theme.name,
        showsGeneration: showsGeneration)
      scene.cast = cast
      scene.whyNoRun = whyNoRun
      scene.chosenBy = chosenBy
      return scene
    }
  }
}
