/// What a function says it is: its ids and class, from sysfs `modalias` or the attributes of the same names.
public struct Identity: Hashable, Sendable {
  /// Vendor id; 0x8086 is Intel.
  public var vendor: UInt16
  /// Device id, given out by the vendor.
  public var device: UInt16
  /// Subsystem vendor id; 0 where there is none.
  public var subsystemVendor: UInt16
  /// Subsystem device id; 0 where there is none.
  public var subsystemDevice: UInt16
  /// Class code, 24 bits.
  public var classCode: ClassCode

  /// All five at once.
  public init(
    vendor: UInt16, device: UInt16, subsystemVendor: UInt16 = 0, subsystemDevice: UInt16 = 0, classCode: ClassCode
  ) {
    self.vendor = vendor
    self.device = device
    self.subsystemVendor = subsystemVendor
    self.subsystemDevice = subsystemDevice
    self.classCode = classCode
  }

  /// `8086:100e`.
  public var ids: String { Hex.text(vendor, atLeast: 4) + ":" + Hex.text(device, atLeast: 4) }
}

/// Names from pci.ids for the ids that a machine has, or from a scenario; ids alone where there is none.
public struct Names: Hashable, Sendable {
  /// Vendor names by vendor id.
  public var vendors: [UInt16: String]
  /// Device names by vendor id (high half) and device id.
  public var devices: [UInt32: String]

  /// No names at all is a fine state: ids are shown.
  public init(vendors: [UInt16: String] = [:], devices: [UInt32: String] = [:]) {
    self.vendors = vendors
    self.devices = devices
  }

  /// The key of `devices`.
  public static func key(vendor: UInt16, device: UInt16) -> UInt32 { UInt32(vendor) << 16 | UInt32(device) }

  /// The vendor's name in full, uncleaned.
  public func vendor(of identity: Identity) -> String? { vendors[identity.vendor] }
  /// The device's name in full, uncleaned.
  public func device(of identity: Identity) -> String? {
    devices[Self.key(vendor: identity.vendor, device: identity.device)]
  }

  /// Takes what the other has and this one lacks.
  public mutating func add(_ other: Names) {
    vendors.merge(other.vendors) { mine, _ in mine }
    devices.merge(other.devices) { mine, _ in mine }
  }
}
