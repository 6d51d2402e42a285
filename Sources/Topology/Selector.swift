/// What a person calls a device or a group by, before anybody looked whether the machine has it.
///
/// Addresses and ids are hexadecimal, group and vfio numbers decimal; an address without a domain is in domain 0.
public enum Selector: Hashable, Sendable {
  /// One function: `03:00.0`, `0000:03:00.0`, `pci_0000_03_00_0`.
  case address(Address)
  /// All functions of a device: `03:00`, `03:00.*`, `0000:80:04.*`.
  case slot(Slot)
  /// Hops below a function, in the syntax of the kernel's own parameters: `0000:00:1c.0/00.0`
  /// (KERNEL: drivers/pci/pci.c `pci_dev_str_match_path`).
  case path(from: Address, hops: [Hop])
  /// Ids: `8086:1572`, `pci:8086:1572`, `8086:1572:1028:0001`.
  case ids(Ids)
  /// `group:13`, `/dev/vfio/13`.
  case group(GroupID)
  /// `vfio3`, `/dev/vfio/devices/vfio3`.
  case vfioDevice(String)
  /// A disk's node or one of a partition on it, without `/dev/`: `nvme0n1`, `sda1`.
  case disk(String)
  /// A bare name, of a network interface or else of a disk: `eth0`.
  case name(String)
}

extension Selector {
  /// A device without its function number.
  public struct Slot: Hashable, Sendable {
    /// The domain; 0 when none was typed.
    public var domain: UInt32
    /// The bus.
    public var bus: UInt8
    /// The device, 0...31.
    public var device: UInt8
    /// All three.
    public init(domain: UInt32 = 0, bus: UInt8, device: UInt8) {
      self.domain = domain
      self.bus = bus
      self.device = device
    }
  }

  /// Device and function on whatever bus the hop before leads to.
  public struct Hop: Hashable, Sendable {
    /// The device, 0...31.
    public var device: UInt8
    /// The function, 0...7.
    public var function: UInt8
    /// Both.
    public init(device: UInt8, function: UInt8) {
      self.device = device
      self.function = function
    }
  }

  /// Vendor and device id, and perhaps those of the subsystem.
  public struct Ids: Hashable, Sendable {
    /// Vendor id.
    public var vendor: UInt16
    /// Device id.
    public var device: UInt16
    /// Subsystem vendor id, when one was typed.
    public var subsystemVendor: UInt16?
    /// Subsystem device id, when one was typed.
    public var subsystemDevice: UInt16?
    /// Two or four of them.
    public init(vendor: UInt16, device: UInt16, subsystemVendor: UInt16? = nil, subsystemDevice: UInt16? = nil) {
      self.vendor = vendor
      self.device = device
      self.subsystemVendor = subsystemVendor
      self.subsystemDevice = subsystemDevice
    }
  }

  /// Whether it is found only by facts that a listing does not read: interfaces, disks and vfio devices.
  public var needsDetails: Bool {
    switch self {
    case .vfioDevice, .disk, .name: true
    case .address, .slot, .path, .ids, .group: false
    }
  }
}

extension Selector: CustomStringConvertible {
  /// The canonical spelling, which reads back as the same selector.
  public var description: String {
    switch self {
    case .address(let address): address.description
    case .slot(let slot): slot.description
    case .path(let from, let hops): ([from.description] + hops.map(\.description)).joined(separator: "/")
    case .ids(let ids): ids.description
    case .group(let group): "group:\(group)"
    case .vfioDevice(let name): name
    case .disk(let name): "/dev/" + name
    case .name(let name): name
    }
  }
}

extension Selector.Slot: CustomStringConvertible {
  /// `0000:03:00`.
  public var description: String {
    Hex.text(domain, atLeast: 4) + ":" + Hex.text(bus, atLeast: 2) + ":" + Hex.text(device, atLeast: 2)
  }
}

extension Selector.Hop: CustomStringConvertible {
  /// `00.0`.
  public var description: String { Hex.text(device, atLeast: 2) + "." + String(function) }
}

extension Selector.Ids: CustomStringConvertible {
  /// `8086:1572`, or with the subsystem's two behind it.
  public var description: String {
    ([vendor, device] + [subsystemVendor, subsystemDevice].compactMap { $0 }).map { Hex.text($0, atLeast: 4) }
      .joined(separator: ":")
  }
}
