import Assignment
import Catalogue
import HostAccess
import Ownership
import Topology

/// The exit codes, which scripts rely on. A refusal is never 0.
enum Exit: Int32, Error, CaseIterable {
  /// Done, or the condition holds.
  case done = 0
  /// The condition does not hold.
  case not = 1
  /// It failed, and everything was taken back.
  case takenBack = 2
  /// It failed, and something is stuck; it is named.
  case stuck = 3
  /// It cannot be told; what is missing is named.
  case cannotTell = 4
  case usage = 64
  /// A malformed scenario, theme or image.
  case malformed = 65
  /// No such device, group, scenario or file.
  case notFound = 66
  /// This kernel or machine cannot do it.
  case unavailable = 69
  /// Output cannot be written.
  case output = 74
  /// It needs a privilege.
  case privilege = 77
  /// Ended by SIGHUP: the terminal has gone.
  case hangUp = 129
  /// Ended by SIGINT.
  case interrupted = 130
  /// Ended by SIGQUIT.
  case quitSignal = 131
  /// Ended by SIGTERM.
  case terminated = 143
  /// Ended by SIGPIPE: whoever read our output has gone.
  case brokenPipe = 141
}

extension Exit {
  /// What the manual page says of it.
  var meaning: String {
    switch self {
    case .done: "done, or the condition holds"
    case .not: "the condition does not hold, or refused and nothing was changed"
    case .takenBack: "failed, and everything was taken back"
    case .stuck: "failed, and something is stuck; it is named"
    case .cannotTell: "cannot tell; what is missing is named, for instance root"
    case .usage: "wrong usage, or a selector with more than one meaning"
    case .malformed: "a malformed scenario, theme, plan or image"
    case .notFound: "no such device, group, scenario, theme or file"
    case .unavailable: "this kernel or machine cannot, for instance for want of an IOMMU"
    case .output: "output or the journal cannot be written"
    case .privilege: "needs privilege"
    case .hangUp: "the terminal has gone (SIGHUP)"
    case .interrupted: "ended by SIGINT"
    case .quitSignal: "ended by SIGQUIT"
    case .terminated: "ended by SIGTERM"
    case .brokenPipe: "the reader of the output has gone (SIGPIPE)"
    }
  }
}

/// Why a command ends early: one line on stderr, `viable: what: why`, and a code.
struct Failure: Error, Hashable {
  /// The code to end with.
  var exit: Exit
  /// The sentence after `viable: `, cleaned; empty when there is nothing to say. Lines that are set in say what to do.
  var message: String
  /// What scripts are told beside it.
  var grounds: Grounds

  init(_ exit: Exit, _ message: String, _ grounds: Grounds = Grounds()) {
    self.exit = exit
    self.message = message
    self.grounds = grounds
  }
}

extension Failure {
  /// What the kernel refused, with the code that says whose turn it is.
  init(_ error: HostError) {
    let exit: Exit =
      switch error.errno.rawValue {
      case 1, 13: .privilege
      case 2, 20: .notFound
      case 74: .malformed
      default: .unavailable
      }
    self.init(exit, Clean.visible(error.description))
  }

  /// A file that could not be written.
  init(writing error: HostError) {
    let isForbidden = [1, 13].contains(error.errno.rawValue)
    self.init(isForbidden ? .privilege : .output, Clean.visible(error.description))
  }

  /// Why nothing is done: what is in the way, and what to do about it.
  init(_ refusal: Refusal) {
    let exit: Exit =
      switch refusal.why {
      case .gone, .noSuchGroup, .noSuchEntry: .notFound
      case .noGroup, .noDriver: .unavailable
      case .unreadable(let error): Failure(error).exit
      case .unknown(_, _, .needsRoot): .privilege
      case .unknown: .cannotTell
      default: .not
      }
    self.init(
      exit, ([refusal.sentence()] + refusal.next().map { "  " + $0 }).joined(separator: "\n"), Grounds(refusal))
  }

  /// A theme or scenario that cannot be had.
  init(_ error: DocumentError) {
    self.init(error.sort == .missing ? .notFound : .malformed, error.description)
  }

  /// A selector that selects nothing.
  init(_ error: SelectorError) {
    switch error {
    case .malformed, .twoReadings: self.init(.usage, error.description)
    case .ambiguous(_, let matches):
      self.init(.usage, error.description, Grounds(kind: "ambiguous", culprits: matches.map { Refusal.Culprit($0) }))
    case .notFound: self.init(.notFound, error.description)
    }
  }
}
