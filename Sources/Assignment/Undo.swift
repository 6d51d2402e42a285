import HostAccess
import Topology

/// What undo and redo mean at any moment. Both are intents like any other: planned anew, shown, agreed to.
///
/// Undo takes back the newest entry that is in force, whoever made it. Redo is what this value saw done and then saw
/// gone from the journal, by an undo or by a restore.
public struct Undo: Hashable, Sendable {
  private var acts: [Int: Intent] = [:]
  private var gone: [Intent] = []

  /// Nothing was seen yet.
  public init() {}

  /// What takes the newest act back; nil where nothing is in force.
  public func undo(in journal: Journal) -> Intent? {
    journal.open.last.map { Intent(.restore, entry: $0.number) }
  }

  /// What was taken back last; nil where nothing was, or where something else was done since.
  public var redo: Intent? { gone.last }

  /// Takes in that an act came to its end, and what the journal has in force now.
  public mutating func note(_ intent: Intent, in journal: Journal) {
    let open = Set(journal.open.map(\.number))
    for number in acts.keys.sorted(by: >) where !open.contains(number) {
      if let act = acts.removeValue(forKey: number) { gone.append(act) }
    }
    guard intent.verb != .restore, let number = open.max(), acts[number] == nil else { return }
    if intent == gone.last { gone.removeLast() } else { gone = [] }
    acts[number] = intent
  }
}
