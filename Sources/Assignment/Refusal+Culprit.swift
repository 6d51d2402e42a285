public import Topology

extension Refusal {
  /// Who or what stands in the way, as far as it is known. What is not known, or has no meaning for this one, is nil.
  public struct Culprit: Hashable, Sendable {
    /// Whoever has something.
    public struct Owner: Hashable, Sendable {
      /// A process that holds it.
      public var process: Int32?
      /// The name of that process, uncleaned.
      public var command: String?
      /// The user whose it is.
      public var uid: UInt32?

      /// A process.
      public init(_ holder: Holder) { (process, command) = (holder.process, holder.command) }
      /// A user.
      public init(uid: UInt32) { self.uid = uid }
    }

    /// The function.
    public var address: Address?
    /// The driver that it has, or that is missing; uncleaned.
    public var driver: DriverName?
    /// The group.
    public var group: GroupID?
    /// A file, a node, or a member that is no PCI function; uncleaned.
    public var name: String?
    /// Who has it.
    public var owner: Owner?

    /// What is known.
    public init(
      _ address: Address? = nil, driver: DriverName? = nil, group: GroupID? = nil, name: String? = nil,
      owner: Owner? = nil
    ) {
      self.address = address
      self.driver = driver
      self.group = group
      self.name = name
      self.owner = owner
    }
  }
}
