import Ownership
public import Topology

/// The acting half of the door to a machine.
///
/// A performer owns the descriptors that its calls open; it is built and used on one thread.
public protocol Performer: Answering {
  /// Reads again what acting on a function depends on. Throws ENODEV where it is gone.
  mutating func binding(of address: Address) throws(HostError) -> Binding

  /// What stands in a file of configuration now; nil where there is none. Throws ELOOP for a link, EINVAL for what is
  /// no file, EFBIG and EILSEQ for what is none of ours.
  mutating func text(of file: ConfigurationFile) throws(HostError) -> String?

  /// A device node as it is now. Throws ENOENT where there is none.
  mutating func node(_ node: DeviceNode) throws(HostError) -> Node

  /// Begins an effect. A simulated machine is done with it at once; on a real one a child does it, which may take
  /// as long as somebody holds the device.
  mutating func begin(_ effect: Effect) -> Progress

  /// What has become of an effect that was under way: asked when its descriptor is readable, or at any time.
  mutating func progress(of work: Work) -> Progress
}

extension Performer {
  /// Reads again what an effect changes. Throws ENODEV or ENOENT where a function or a node is gone.
  public mutating func reading(of subject: Subject) throws(HostError) -> Reading {
    switch subject {
    case .function(let address): .function(try binding(of: address))
    case .file(let file): .file(file, try text(of: file))
    case .node(let node): .node(node, try self.node(node))
    }
  }
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
