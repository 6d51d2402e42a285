public import Topology

/// Where the DMA of a group or device goes.
public enum Domain: Hashable, Sendable {
  /// The kernel's own translation, for host drivers: the default domain.
  case host
  /// Nowhere: every access faults.
  case blocked
  /// Into a user's space: a container's (number 0), or one of a context's.
  case space(FileID, Int)

  /// Whether a user decides what its DMA reaches.
  public var isUsers: Bool {
    if case .space = self { true } else { false }
  }
}

/// Who holds a group, and what its DMA reaches.
public struct Hold: Hashable, Sendable {
  /// The container or context that owns it; nil is nobody, or host drivers.
  public var owner: FileID?
  /// The owner's processes.
  public var users: [User]
  /// How many claims the owner has on it; with `hostDrivers`, the kernel's `owner_cnt`.
  public var claims: Int
  /// Members with a driver that does DMA for the host.
  public var hostDrivers: Int
  /// Where the group's DMA goes.
  public var domain: Domain

  /// The kernel's one counter (drivers/iommu/iommu.c `owner_cnt`).
  public var ownerCount: Int { claims + hostDrivers }
  /// Whether a user owns it.
  public var isOwned: Bool { claims > 0 }
}

/// One line of the ownership table.
public struct OwnershipLine: Hashable, Sendable {
  /// The device.
  public var address: Address
  /// Its group.
  public var group: GroupID?
  /// Its driver.
  public var driver: DriverName?
  /// Where its DMA goes.
  public var domain: Domain
  /// The processes that own its group.
  public var owners: [User]
  /// Whether somebody has it open.
  public var isOpen: Bool
  /// Whether it was itself joined to its owner's context, or opened through its group.
  public var isJoined: Bool
  /// Whether it was itself attached.
  public var isAttached: Bool
  /// Members of its group that it can reach, and that can reach it, without the IOMMU having a say.
  public var reach: [Address]
}
