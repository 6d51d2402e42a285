/// What is read of a function only for `show`, `--full` and the rows on screen.
public struct Details: Hashable, Sendable {
  /// Revision id, one byte.
  public var revision: Known<UInt8> = .unknown(.notRead)
  /// PCIe port type, from config space.
  public var port: Known<PortType> = .unknown(.notRead)
  /// Secondary bus number of a bridge.
  public var secondaryBus: Known<UInt8> = .unknown(.notRead)
  /// NUMA node; absent when the kernel says -1 or has none.
  public var numaNode: Known<Int> = .unknown(.notRead)
  /// `power_state`: `D0`, `D3hot`, …
  public var powerState: Known<String> = .unknown(.notRead)
  /// `power/runtime_status`: `active`, `suspended`, …
  public var runtimeStatus: Known<String> = .unknown(.notRead)
  /// Virtual functions; absent where the function has no SR-IOV capability.
  public var virtualFunctions: Known<VirtualFunctions> = .unknown(.notRead)
  /// The VFIO device, `vfio3`, that exists while a vfio driver is bound.
  public var vfioDevice: Known<String> = .unknown(.notRead)
  /// Its node `/dev/vfio/devices/vfio3`; absent where the kernel has no cdev support.
  public var deviceNode: Known<Node> = .unknown(.notRead)
  /// Network interfaces above the function.
  public var interfaces: Known<[String]> = .unknown(.notRead)
  /// Block devices above the function, whole disks only: `sda`, `nvme0n1`.
  public var disks: Known<[String]> = .unknown(.notRead)
  /// The directory below the root, `sys/devices/pci0000:00/…`.
  public var path: String

  /// Nothing read yet but the place.
  public init(path: String) { self.path = path }
}

/// SR-IOV counts, `sriov_numvfs` and `sriov_totalvfs`.
public struct VirtualFunctions: Hashable, Sendable {
  /// Enabled now; its reader may have to be abandoned (the attribute takes the device lock).
  public var enabled: Known<Int>
  /// The most there can be.
  public var total: Int
  /// `sriov_drivers_autoprobe`: whether the host's drivers take virtual functions as they appear.
  public var probes: Known<Bool>
  /// Both counts, and what becomes of new ones.
  public init(enabled: Known<Int>, total: Int, probes: Known<Bool> = .unknown(.notRead)) {
    self.enabled = enabled
    self.total = total
    self.probes = probes
  }
}

/// A node below /dev and who may open it.
public struct Node: Hashable, Sendable {
  /// The path as the machine spells it: `/dev/vfio/5`.
  public var path: String
  /// Owner's uid.
  public var owner: UInt32
  /// Group's gid.
  public var group: UInt32
  /// Permission bits, 0o7777 at most.
  public var mode: UInt16
  /// All of it.
  public init(path: String, owner: UInt32, group: UInt32, mode: UInt16) {
    self.path = path
    self.owner = owner
    self.group = group
    self.mode = mode
  }
}

/// A process that holds a VFIO node or descriptor open.
public struct Holder: Hashable, Sendable {
  /// Process id.
  public var process: Int32
  /// `comm`, uncleaned.
  public var command: String
  /// What it has open: `/dev/vfio/5`.
  public var node: String
  /// All three.
  public init(process: Int32, command: String, node: String) {
    self.process = process
    self.command = command
    self.node = node
  }
}
