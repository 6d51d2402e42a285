public import Topology

/// A descriptor's number as its process sees it; the lowest free one from 3 up.
public struct Descriptor: Hashable, Comparable, Sendable {
  /// The number.
  public let number: Int
  /// Any number; -1 is a bad descriptor like every other that is not open.
  public init(_ number: Int) { self.number = number }
  /// By number.
  public static func < (left: Descriptor, right: Descriptor) -> Bool { left.number < right.number }
}

/// A node that can be opened.
public enum Openable: Hashable, Sendable {
  /// `/dev/vfio/vfio`.
  case container
  /// `/dev/vfio/N`.
  case group(GroupID)
  /// `/dev/ioasid` of April and May 2021; `/dev/iommu` from July on and in Linux.
  case context
  /// The device's own node, found through sysfs: `/dev/vfio/deviceN` in April, `/dev/vfio/devices/devN` in the RFCs,
  /// `/dev/vfio/devices/vfioN` in Linux, `/dev/vhost-vdpa-N` for a VDPA device.
  case device(Address)
  /// `/dev/kvm` with a virtual machine, for the RFC's KVM calls.
  case virtualMachine
}

/// How the argument struct of an ioctl is laid out; the kernel looks at this before anything else.
public enum ArgumentShape: Hashable, Sendable {
  case proper
  /// `argsz` or the struct is smaller than the kernel needs.
  case tooSmall
  /// A flag that this kernel does not know.
  case unknownFlag
  /// A struct of a later kernel, with something in the part that this one does not know.
  case laterTail
  /// A pointer outside the process.
  case badPointer
}

/// What else a process can do to a device's descriptor.
public enum Touch: Hashable, Sendable {
  case read
  case write
  case mmap
}

/// One call of a process.
public enum Call: Hashable, Sendable {
  case open(Openable)
  case close(Descriptor)
  case ioctl(Descriptor, Ioctl, ArgumentShape = .proper)
  case touch(Descriptor, Touch)
}

/// Which IOMMU backend a container is given (include/uapi/linux/vfio.h).
public enum IOMMUType: Hashable, Sendable {
  case type1
  case type1v2
  case noIOMMU
  case other(Int)

  /// The number that SET_IOMMU and CHECK_EXTENSION take.
  public var number: Int {
    switch self {
    case .type1: 1
    case .type1v2: 3
    case .noIOMMU: 8
    case .other(let number): number
    }
  }
}

/// What goes with joining a device to a context.
public struct Joining: Hashable, Sendable {
  /// `IOASID_IMPLICIT_GROUP` of April: the rest of the group may stay unused.
  public var implicitGroup: Bool
  /// The cookie of the July RFC, by which the user wants to know the device.
  public var cookie: UInt64?
  /// Neither, unless said.
  public init(implicitGroup: Bool = false, cookie: UInt64? = nil) {
    self.implicitGroup = implicitGroup
    self.cookie = cookie
  }
}
