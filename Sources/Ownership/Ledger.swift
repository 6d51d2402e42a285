public import Topology

/// Names an open file for as long as anything holds it; numbers are reused.
public typealias FileID = Int

/// Who opened, joined and attached what. Everything else about ownership follows from it (`Rules.hold`).
public struct Ledger: Hashable, Sendable {
  /// A process and its descriptors.
  public struct Process: Hashable, Sendable {
    /// The process.
    public var user: User
    /// What it has open, by descriptor number.
    public var descriptors = Slots<FileID>(from: 3)
  }
  /// Something that was asked to leave while a process had it open.
  public enum Leaving: Hashable, Sendable {
    case unbind
    case unplug
  }
  /// Processes that have anything open, by process id.
  public internal(set) var processes: [Process] = []
  /// Everything open, or kept alive by something open.
  public internal(set) var files = Slots<File>(from: 0)
  /// Devices that leave when their last descriptor is closed.
  public internal(set) var leaving: [Address: Leaving] = [:]
  /// Devices that leave together with a bridge above them and wait for the first of them, in the order in which they go.
  public internal(set) var waiting: [Address] = []
  /// Drivers that were taken away unasked, for `Knobs.rebindsAtClose`.
  public internal(set) var takenAway: [Address: DriverName] = [:]
  /// The kernel stopped.
  public internal(set) var isStopped = false

  /// Nothing is open.
  public init() {}

  /// Stands for a group's file that was closed before the device that came from it.
  static let closedGroup: FileID = -1

  /// An open file.
  public enum File: Hashable, Sendable {
    case container(Container)
    case group(GroupFile)
    case context(Context)
    case device(DeviceFile)
    case virtualMachine(VirtualMachine)
  }

  /// `/dev/vfio/vfio`.
  public struct Container: Hashable, Sendable {
    /// The backend, once SET_IOMMU succeeded.
    public var type: IOMMUType?
    /// What is mapped.
    public var space = AddressSpace()
  }

  /// `/dev/vfio/N`.
  public struct GroupFile: Hashable, Sendable {
    /// Which group.
    public var group: GroupID
    /// The container, or the context that stands in for one.
    public var container: FileID?
    /// The last of its vfio devices left: the descriptor is good for nothing but closing.
    public var isRevoked = false
  }

  /// `/dev/ioasid` or `/dev/iommu`: the unit of ownership of the implicit models.
  public struct Context: Hashable, Sendable {
    /// IOASIDs, IOAS, page tables, bound devices, by number.
    public var objects = Slots<Object>(from: 1)
    /// The IOAS that stands in for a container.
    public var compatibility: Int?
    /// Memory registered beforehand (May RFC).
    public var registered: [MemoryRange] = []
  }

  /// What lives in a context.
  public enum Object: Hashable, Sendable {
    case device(Address)
    case space(AddressSpace)
    /// A page table over a space; automatic ones go with their last device.
    case table(over: Int, isAutomatic: Bool)
    /// A nested space under another (May RFC).
    case nested(under: Int, isBound: Bool)
  }

  /// A device's own node, or what GET_DEVICE_FD gave.
  public struct DeviceFile: Hashable, Sendable {
    /// The device.
    public var address: Address
    /// The group's file, where it came from GET_DEVICE_FD.
    public var group: FileID?
    /// The context that the device was joined to through this file.
    public var context: FileID?
    /// The device's number in that context (Linux).
    public var object: Int?
    /// Joined with IOASID_IMPLICIT_GROUP.
    public var implicitGroup = false
    /// The user's name for it (July RFC).
    public var cookie: UInt64?
    /// The space it is attached to, a number in the context.
    public var space: Int?
    /// The page table it is attached through (Linux).
    public var table: Int?

    init(_ address: Address, group: FileID? = nil) {
      self.address = address
      self.group = group
    }
  }

  /// A virtual machine: the groups and devices that KVM was told of, which live as long as it does, and its guest's
  /// PASIDs (May RFC).
  public struct VirtualMachine: Hashable, Sendable {
    /// Open files of groups and devices.
    public var files: Set<FileID> = []
    /// Host PASID by guest PASID.
    public var pasids: [UInt32: UInt32] = [:]
  }
}
