public import HostAccess
public import Topology

/// An act under way, as a value: it says what it wants done next and is told what became of it. Nothing here touches
/// a machine or waits; the loop or the command that drives it does.
///
/// Each step is looked at before and after it; one whose goal holds already is skipped. A failed step takes back what
/// was done, in reverse.
public struct Transaction: Hashable, Sendable {
  /// What it wants next.
  public enum Wish: Hashable, Sendable {
    /// Write this down so that it outlasts a crash.
    case save(Entry)
    /// Forget the entry with this number: nothing of it is in force any more.
    case forget(Int)
    /// Read this function again.
    case look(Address)
    /// Do this.
    case perform(Effect)
    /// It is over.
    case finished(Outcome)
  }
  /// What became of a wish.
  public enum Told: Hashable, Sendable {
    /// It is written down, or forgotten.
    case saved
    /// It could not be written down, or forgotten.
    case notSaved(HostError)
    /// The function as it is; nil where it is gone.
    case saw(Binding?)
    case performed
    case failed(HostError)
  }
  /// How it ended.
  public enum Outcome: Hashable, Sendable {
    case done
    /// A step failed, and everything before it was taken back.
    case takenBack(step: Int, Trouble)
    /// A step failed, and what was done could not all be taken back: these functions are left as they are.
    case stuck(step: Int, Trouble, left: [Address])
    /// Nothing was begun: the journal could not be written.
    case notBegun(HostError)
  }
  /// What went wrong with a step.
  public enum Trouble: Hashable, Sendable {
    case refused(HostError)
    /// The write was taken, and the machine does not show what it was for.
    case noEffect(found: Binding)
    /// The function vanished.
    case gone
    /// It is another device now.
    case otherDevice(found: Binding)
    /// The journal could not be written on the way.
    case journal(HostError)
  }

  /// The journal's view of it.
  public private(set) var entry: Entry

  /// An act that is about to begin.
  public init(_ entry: Entry) { self.entry = entry }
}
