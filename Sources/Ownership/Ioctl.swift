public import Topology

/// The ioctls of all interfaces. Where the proposals and Linux differ in name only there is one case, and
/// `name(under:)` tells what it is called; a rule set that lacks the call answers ENOTTY.
public enum Ioctl: Hashable, Sendable {
  // On a group's descriptor.
  case groupGetStatus
  case groupSetContainer(Descriptor)
  case groupUnsetContainer
  /// The name, with ` vf_token=…` behind it where a token is shown.
  case groupGetDeviceFD(Address, token: String? = nil)
  // On a container's.
  case getAPIVersion
  case checkExtension(Int)
  case setIOMMU(IOMMUType)
  case getIOMMUInfo
  case mapDMA(Mapping)
  case unmapDMA(MemoryRange)
  // On a device's.
  case getInfo
  /// VFIO_DEVICE_PCI_HOT_RESET, with the groups that prove ownership; none through a device's own node.
  case hotReset([Descriptor])
  /// JOIN_IOASID_FD, BIND.
  case join(Descriptor, Joining)
  /// UNJOIN, UNBIND; gone since July 2021.
  case unjoin
  /// ATTACH_IOASID: an IOASID, IOAS or page table by its number; a PASID of the user's where the May RFC has one.
  case attach(Int, userPASID: UInt32? = nil)
  /// DETATCH_IOASID.
  case detach
  // On a context's: /dev/ioasid, /dev/iommu.
  /// CREATE_IOASID, IOASID_ALLOC, IOMMU_IOAS_ALLOC.
  case create
  /// IOASID_FREE, IOMMU_DESTROY.
  case free(Int)
  case map(Int, Mapping)
  case unmap(Int, MemoryRange)
  /// IOASID_GET_INFO; IOMMU_IOAS_IOVA_RANGES.
  case info(Int)
  case setPageTables(Int)
  /// IOASID_ALL_DEVICES_VIABLE, which was thought of in place of the VIABLE bit.
  case allDevicesViable
  case registerMemory(MemoryRange)
  case unregisterMemory(MemoryRange)
  case createNesting(Int)
  case bindPageTable(Int)
  case unbindPageTable(Int)
  case bindPASIDTable(Int)
  case unbindPASIDTable(Int)
  case invalidateCache(Int)
  /// IOMMU_IOAS_COPY: what is mapped there, into another one.
  case copy(from: Int, to: Int, MemoryRange)
  case allowIOVAs(Int, [MemoryRange])
  /// IOMMU_HWPT_ALLOC: a page table for a bound device over an IOAS.
  case allocateTable(device: Int, over: Int)
  case compatibility(Compatibility)
  // On a virtual machine's.
  case mapPASID(guest: UInt32, host: UInt32)
  case unmapPASID(guest: UInt32)
  /// KVM_DEV_VFIO_GROUP_ADD, since 6.6 KVM_DEV_VFIO_FILE_ADD, on the machine's VFIO device.
  case addFile(Descriptor)
  /// KVM_DEV_VFIO_GROUP_DEL, since 6.6 KVM_DEV_VFIO_FILE_DEL.
  case removeFile(Descriptor)
  /// Any other number.
  case unknown(UInt32)

  /// The three operations of IOMMU_VFIO_IOAS, on the IOAS that stands in for a container.
  public enum Compatibility: Hashable, Sendable {
    case get
    case set(Int)
    case clear
  }
}

/// The flags of VFIO_GROUP_GET_STATUS.
public struct GroupStatus: OptionSet, Hashable, Sendable {
  /// The word.
  public let rawValue: UInt32
  /// Any word.
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  /// VFIO_GROUP_FLAGS_VIABLE.
  public static let viable = GroupStatus(rawValue: 1)
  /// VFIO_GROUP_FLAGS_CONTAINER_SET.
  public static let containerSet = GroupStatus(rawValue: 2)
}
