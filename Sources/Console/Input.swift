public import Assignment
public import HostAccess
public import Ownership
public import Topology

/// A moment, handed in by whoever has a clock: monotonic milliseconds for intervals, the wall clock for people.
public struct Moment: Hashable, Sendable {
  /// Monotonic.
  public var milliseconds: UInt64
  /// Milliseconds since local midnight.
  public var sinceMidnight: UInt32
  /// Both.
  public init(milliseconds: UInt64, sinceMidnight: UInt32) {
    self.milliseconds = milliseconds
    self.sinceMidnight = sinceMidnight
  }
}

/// Everything that can reach the console.
public enum Input: Sendable {
  case key(Key)
  case mouse(Mouse)
  /// Bracketed paste, uncleaned.
  case paste(String)
  case resize(Size)
  /// The machine, looked at for the first time or as a whole again.
  case inventory(Inventory)
  /// What became of it since.
  case difference(Difference, sources: Set<HostEvent.Source>)
  case sources(Sources)
  /// What the rules of a simulated machine know, and whose rules they are.
  case stage(World, Rules)
  /// What became of `Request.happen`: the answer, the world after it, and what an observer sees of it.
  case answered(Event, Answer, World, Difference)
  /// What `Request.plan` came to: every step to the byte, and the same in words.
  case planned(Plan, Preview)
  /// Or why there is no plan.
  case refused(Refusal)
  /// Or why that cannot even be asked: there is nothing to undo, the journal cannot be read.
  case sorry(String)
  /// How an act goes that `Request.run` began.
  case act(ActNews)
  /// What attaching or detaching, asked for by `Request.plan`, comes to.
  case offered(AttachPlan)
  /// How the calls go that `Request.attach` began.
  case attach(AttachNews)
  /// What was asked for concerns groups that are attached here, which have to be given back first.
  case attachedFirst([GroupID])
  /// The functions of which the journal has something in force: they count as asked for.
  case recorded(Set<Address>)
  /// Whether the journal has an act that can be undone; nil where nobody may look.
  case undoable(Bool?)
  /// What became of `Request.explain`.
  case explained(Explained)
  /// What became of `Request.export`: the text, line by line, or why there is none.
  case exported(ExportFormat, [String])
  case unexported(ExportFormat, String)
  /// What became of `Request.suppose`.
  case supposed(Supposition)
  /// The result of a request, for the message line and the log.
  case note(Note)
  case themes([Theme])
  /// The wake-up asked for by `Request.wake`.
  case tick
}

/// Something to tell: a line of the log, and of the message line when it is news.
public struct Note: Hashable, Sendable {
  /// Sorts of log lines.
  public enum Kind: Hashable, Sendable {
    case scan, change, event, error, done
    /// Events that brought nothing new: in the log, and never the newest line, so that they do not hide what did.
    case quiet
    /// A call on a simulated machine, and one that was refused.
    case call, refused
  }
  /// Its sort.
  public var kind: Kind
  /// The sentence, uncleaned.
  public var text: String
  /// Both.
  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}

/// What the console wants done; it does nothing itself.
public enum Request: Hashable, Sendable {
  case quit
  case suspend
  /// Leave the full screen for line mode.
  case lineMode
  /// Repaint everything.
  case repaint
  /// Read the whole machine again.
  case rescan
  /// Read the details of these functions and of their groups: they are on screen.
  case details(Set<Address>)
  /// Read the registers that decide about a group, and explain it.
  case explain(GroupID)
  /// Write groups, or functions without one, down for somebody else.
  case export(ExportFormat, groups: [GroupID], named: [Address])
  /// Work out what changes on paper would make of the groups.
  case suppose(Supposition.Question)
  /// Put text on the terminal's clipboard and into the copy file.
  case copy(String)
  /// Save text as a file in the state directory.
  case save(String, name: String)
  case mouse(Bool)
  /// Make something happen on the simulated machine.
  case happen(Event)
  /// Let other rules answer there.
  case rules(RuleSet)
  /// Put it back to how it was before anything happened.
  case startAgain
  /// Make a plan, and do nothing.
  case plan(Aim)
  /// Run a plan that was agreed to.
  case run(Plan)
  /// Make the calls of a plan that was agreed to.
  case attach(AttachPlan)
  /// Show explicit and implicit side by side.
  case demo
  case theme(String)
  /// Send `tick` at this time, in monotonic milliseconds.
  case wake(at: UInt64)
}
