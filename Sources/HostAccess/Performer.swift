import Ownership
public import Topology

/// The acting half of the door to a machine.
///
/// A performer owns the descriptors that its calls open; it is built and used on one thread.
public protocol Performer: Answering {
  /// Reads again what acting on a function depends on. Throws ENODEV where it is gone.
  mutating func binding(of address: Address) throws(HostError) -> Binding

  /// Begins an effect. A simulated machine is done with it at once; on a real one a child does it, which may take
  /// as long as somebody holds the device.
  mutating func begin(_ effect: Effect) -> Progress

  /// What has become of an effect that was under way: asked when its descriptor is readable, or at any time.
  mutating func progress(of work: Work) -> Progress
}

/// How far an effect has come.
public enum Progress: Hashable, Sendable {
  /// The write was taken, the program ended well. What it did is read afterwards.
  case done
  /// It was refused, or could not be tried; nothing is known of what it did before.
  case failed(HostError)
  /// A child is at it.
  case waiting(Work)
}

/// An effect under way in a child.
public struct Work: Hashable, Sendable {
  /// The child.
  public var process: Int32
  /// Readable as soon as there is news.
  public var descriptor: Int32
  /// Both.
  public init(process: Int32, descriptor: Int32) {
    self.process = process
    self.descriptor = descriptor
  }
}
