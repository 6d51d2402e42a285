import Assignment
import HostAccess
import Topology

/// One act from the question to its end, as the preview over the panes shows it. It goes on when the preview is left
/// while the act runs.
struct Proceeding: Hashable, Sendable {
  /// How far it is.
  enum Stage: Hashable, Sendable {
    /// The plan is being made.
    case asked
    /// The plan is there, and nothing was done.
    case offered
    case refused(Refusal)
    case running
    /// It ended so, or was not begun.
    case over(Transaction.Outcome?, sentence: String)
  }

  /// What stands at the foot of the preview.
  enum Button: Hashable, Sendable {
    case cancel, run, copy, again, wait, hide, undo, close
    /// Through the other interface; detach.
    case other, giveBack
  }

  /// A child at an effect, and since when, in monotonic milliseconds.
  struct Waiting: Hashable, Sendable {
    var effect: Effect
    var work: Work
    var since: UInt64
  }

  /// What was wanted.
  let aim: Aim
  /// Whether it does again what was taken back.
  var isRedo = false
  var stage = Stage.asked
  var plan: Plan?
  var preview: Preview?
  /// The calls, for whoever attaches or detaches, and those that were made.
  var offer: AttachPlan?
  var made: [Comparison.Line] = []
  /// What the devices said of themselves once they were opened.
  var told: [String] = []
  /// What is asked for once groups are detached.
  var after: Aim?
  /// What the machine says against the plan by now.
  var contradiction: String?
  /// The act as it stands.
  var transaction: Transaction?
  var waiting: Waiting?
  /// The button that stands out, as an index.
  var chosen = 0
  /// What was typed as consent.
  var typed = ""
  /// The first line shown.
  var scroll = 0

  init(_ aim: Aim, isRedo: Bool = false) {
    self.aim = aim
    self.isRedo = isRedo
  }

  /// Whether a plan stands there that could still be run.
  var isOpen: Bool {
    stage == .offered && contradiction == nil && (offer != nil || !(plan?.steps.isEmpty ?? true))
  }
  var isRunning: Bool { stage == .running }

  /// The words that have to be typed.
  var demand: [String] { isOpen ? plan?.acknowledgement ?? [] : [] }
  /// Whether they were.
  var isAgreed: Bool { typed.split(separator: " ").map(String.init) == demand }

  /// How far each step is; before the act, nothing.
  var states: [Record.State]? { transaction.map { $0.entry.records.map(\.state) } }
}
