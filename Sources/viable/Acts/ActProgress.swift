import Assignment
import CLinux
import HostAccess
import Topology

/// What is told while an act runs: each step as it ends, and what is waited for, on standard error where JSON is asked
/// for.
final class ActProgress {
  private let session: Session
  private let plan: Plan
  private var states: [Record.State]
  private var since: UInt64?
  private var toldAt: UInt64 = 0

  init(_ session: Session, _ plan: Plan) {
    self.session = session
    self.plan = plan
    states = plan.steps.map { _ in .pending }
  }

  func tell(_ news: Acting.News) {
    switch news {
    case .waits(let effect, let work): waits(effect, work)
    case .wishes(.save(let entry)): tell(entry)
    case .wishes: since = nil
    }
  }

  private func tell(_ entry: Entry) {
    guard entry.records.count == states.count, !session.options.json else { return }
    for (place, record) in entry.records.enumerated() where states[place] != record.state {
      states[place] = record.state
      let word =
        switch record.state {
        case .pending: "…"
        case .done: "ok"
        case .skipped: "already so"
        case .failed: "FAILED"
        case .takenBack: "taken back"
        case .stuck: "STUCK"
        }
      try? session.print { $0.line("  \(place + 1) \(word): \(record.effect.phrase)") }
    }
  }

  /// A second after it began, and every ten seconds after that.
  private func waits(_ effect: Effect, _ work: Work) {
    let now = cl_monotonic()
    let start = since ?? now
    since = start
    guard now >= start + 1000, now >= toldAt + 10_000 else { return }
    toldAt = now
    Session.complain(
      "waiting for \((now - start) / 1000) s: \(effect.phrase) (process \(work.process)); Ctrl-C leaves it to itself")
  }
}
