public import Assignment
public import HostAccess
import Ownership
public import Topology

/// The whole console as a value: what is known of the machine, and how it is being looked at.
///
/// `receive` turns input into a new scene and requests, `frame()` turns the scene into a picture. Nothing in
/// here draws, sleeps, reads a clock or calls a host.
public struct Scene: Sendable {
  // MARK: the machine

  /// Which machine.
  public internal(set) var place: Place
  /// What is known of it; nil until the first look arrives.
  public internal(set) var inventory: Inventory?
  /// What keeps the view true.
  public internal(set) var sources: Sources?
  /// Counts every look taken in; plans and tests name it.
  public internal(set) var generation = 0
  /// When the machine last changed.
  public internal(set) var lastChange: Moment?
  /// The judgement of every group, kept beside the inventory.
  var verdicts: [GroupID: Verdict] = [:]
  /// What changed without us, and when, for the `!` of ten seconds.
  var changed: [Address: UInt64] = [:]
  /// Functions that left, and when, for the `~` rows of five seconds.
  var gone: [Departed] = []
  /// The state of every function, taken out of the verdicts.
  var states: [Address: DeviceState] = [:]
  /// Groups that were explained since anything changed.
  var explained: [GroupID: Explained] = [:]
  /// Changes that are tried on paper.
  var supposing: Supposing?
  /// What the verdicts add up to.
  var tally = Tally()

  /// What is being tried on it, where it is simulated; nil on live machines and images.
  var rehearsal: Rehearsal?
  /// Whom and what it brings along, set before the first input.
  public var cast = Cast()

  // MARK: the view

  /// The terminal's size.
  public internal(set) var size: Size
  /// Which characters may be drawn.
  public let glyphs: Glyphs
  /// All themes that can be chosen, and the one in use.
  public internal(set) var themes: [Theme]
  /// The name of the theme in use.
  public internal(set) var themeName: String
  /// What was measured of the themes, by name, for the theme picker; whoever measures fills it in.
  public internal(set) var themeFigures: [String: ThemeFigures] = [:]
  /// What the terminal can show, in words: `256 colours, UTF-8`.
  public var terminalDescription = ""
  /// Whether the title bar says the generation, for tests that wait for one.
  public let showsGeneration: Bool
  var focus = Pane.devices
  var zoomed = false
  /// The tab that the compact layout shows below the tree.
  var tab = Pane.group
  var listing = Listing.tree
  var sort = Sort.topology
  var folds: Set<Address> = []
  /// Bridges whose folded singletons were opened by hand; nil stands for the root buses.
  var unfolded: Set<Address?> = []
  var filter = Filter()
  var find = Find()
  var marks: Set<Anchor> = []
  var namedPlaces: [Character: Anchor] = [:]
  var isPaused = false
  /// Differences that arrived while paused or between two key presses.
  var waiting: [Waiting] = []
  var hasMouse = true
  var splits = Splits()
  var overlay: Overlay?
  /// The act that is previewed, or runs.
  var proceeding: Proceeding?
  /// What is written down for somebody else.
  var exporting: Exporting?
  /// Why no act is run here, in words; nil where acts are. The preview opens in any case.
  public var whyNoRun: String?
  /// The functions of which the journal has something in force.
  var recorded: Set<Address> = []
  /// Whether the journal has an act that can be undone; nil where that is found out by asking.
  var canUndo: Bool?
  /// The options that lead a command to this machine and its journal: those that a question needs, and those of an
  /// act, which for an image or a rehearsal is meant for the machine itself.
  public var chosenBy = (questions: CommandOptions(), acts: CommandOptions())
  /// What this console has attached.
  public internal(set) var attached: [Attached] = []
  /// What was done here and is in force, by its entry in the journal.
  var done: [Int: Intent] = [:]
  /// What was undone here, and can be done again.
  var redoable: [Intent] = []
  /// What an act of our own changed last.
  var lastAct: LastAct?
  /// Whether quitting was asked for already while something was under way.
  var isLeavingAnyway = false
  /// The time of the last input, in monotonic milliseconds.
  var clock: UInt64 = 0
  var prompt: Prompt?
  var message: Note?
  var log = LogBook()
  var lastKey: UInt64 = 0
  /// Groups of the group list whose fold is not what the list would choose.
  var toggledGroups: Set<GroupID> = []
  /// The item that stands out in the action pane.
  var menuSelected = 0
  /// What was typed into prompts, oldest first.
  var history: [Prompt.Kind: [String]] = [:]
  /// Split positions of the tiers that are not on screen.
  var otherSplits: [Tier: Splits] = [:]
  /// The first key of a binding of two, pressed already.
  var pending: Key?
  var pointer = Pointer()
  /// What was asked of the loop and not answered yet.
  var asked = Asked()

  // MARK: the device list

  /// The drawn tree, kept until functions come, go or change their place.
  var trunk = Trunk()
  /// Which colour repeats which group's identity.
  var colours = GroupColours()

  /// The rows as they are now, derived by `refreshRows`.
  var rows: [Row] = []
  var cursor = Cursor()
  /// Scroll positions of the panes beside the device list, in lines.
  var scroll: [Pane: Int] = [:]
  /// How far a pane is scrolled sideways, in columns.
  var sideways: [Pane: Int] = [:]

  /// A console before its first look at the machine.
  public init(
    place: Place, size: Size, glyphs: Glyphs, themes: [Theme], themeName: String, showsGeneration: Bool = false
  ) {
    self.place = place
    self.size = size
    self.glyphs = glyphs
    self.themes = themes
    self.themeName = themeName
    self.showsGeneration = showsGeneration
  }
}

extension Scene {
  /// A function that left the machine.
  struct Departed: Hashable, Sendable {
    var function: Function
    /// When, in monotonic milliseconds.
    var at: UInt64
  }

  /// News that is not taken in yet.
  struct Waiting: Sendable {
    var difference: Difference
    var sources: Set<HostEvent.Source>
    var at: Moment
  }

  /// Where the cursor stands: on an identity, never on a row number.
  struct Cursor: Hashable, Sendable {
    var anchor: Anchor?
    /// For rows that are no functions.
    var content: Row.Content?
    /// Index into `rows`, derived from the above.
    var row = 0
    /// Index of the first row on screen; may be negative, so that the cursor keeps its screen line.
    var top = 0
  }

  /// What the loop was asked for, so that it is not asked again.
  struct Asked: Hashable, Sendable {
    /// Functions whose details were requested and have not arrived.
    var details: Set<Address> = []
    /// The group whose explanation was requested last.
    var explanation: GroupID?
    /// The wake-up that is under way.
    var wake: UInt64?
  }

  /// What the mouse is in the middle of.
  struct Pointer: Hashable, Sendable {
    /// The last press, for double clicks.
    var pressed: Point?
    var pressedAt: UInt64 = 0
    /// The divider being dragged, and where the pointer was last.
    var divider: Layout.Divider?
    var last = Point(row: 0, column: 0)
    /// Whether the way to select text was already told.
    var toldOfShift = false
    /// The button of the preview that was pressed and not let go yet.
    var button: Int?
  }
}

/// The parts of the screen.
public enum Pane: Int, Hashable, Sendable, CaseIterable {
  case devices = 1
  case group
  case actions
  case log
  /// Every fact of the selected function.
  case device
  /// Why the selected group is one.
  case explain
}

/// Tree, or groups with what needs attention first.
public enum Listing: Hashable, Sendable {
  case tree, groups
}

/// The orders that F6 goes through.
public enum Sort: String, Hashable, Sendable, CaseIterable {
  case topology, address, group, driver, state
}

/// What lies over the panes.
enum Overlay: Hashable, Sendable {
  case help(scroll: Int, search: String)
  case themes(selected: Int, before: String)
  case menu(selected: Int)
  /// The act of `Scene.proceeding`.
  case plan
  /// What is written down by `Scene.exporting`.
  case export
  /// The changes of `Scene.supposing`.
  case whatIf
  /// `Y` in a zoomed pane: plain text without borders, the mouse released, until a key is pressed.
  case plainText(String)
}

/// A line being typed.
struct Prompt: Hashable, Sendable {
  enum Kind: Hashable, Sendable { case find, filter }
  var kind: Kind
  var text: String
  /// In characters.
  var cursor: Int
  /// What was in force before, for Esc.
  var before: String
  /// Why the text is not understood; nil while it is.
  var complaint: String?
  /// How far back Up went; 0 is the line being typed.
  var recalled = 0
  /// The line being typed, while an older one is shown.
  var draft = ""
  /// Where the device list stood when the prompt opened, for Esc.
  var origin: Scene.Cursor?
  /// The item of the menu that stood out then.
  var item: Int?
}

/// Split positions, moved by dragging or Ctrl-arrows; offsets from what the layout would choose.
struct Splits: Hashable, Sendable {
  var deviceColumns = 0
  var deviceRows = 0
}

/// Which characters may be drawn: width-1 Unicode, or ASCII alone.
public struct Glyphs: Hashable, Sendable {
  /// Whether only ASCII may be drawn.
  public let isASCII: Bool
  /// Unicode where the locale has it, else ASCII.
  public init(isASCII: Bool) { self.isASCII = isASCII }
}
