public import Topology

/// What acting needs to know of one function, read at one moment: who it is, and what it is bound to.
public struct Binding: Hashable, Sendable {
  /// Where it sits.
  public var address: Address
  /// Ids and class: another card in the same slot is another device.
  public var identity: Known<Identity>
  /// The directory below the root, `sys/devices/pci0000:00/…`: the same card in another slot is elsewhere.
  public var path: String
  /// The bound driver.
  public var driver: Known<DriverName>
  /// `driver_override`.
  public var override: Known<DriverName>
  /// Its group.
  public var group: Known<GroupID>
  /// `sriov_numvfs`; absent without SR-IOV.
  public var virtualFunctions: Known<Int>

  /// All of it.
  public init(
    address: Address, identity: Known<Identity>, path: String, driver: Known<DriverName>,
    override: Known<DriverName>, group: Known<GroupID>, virtualFunctions: Known<Int> = .absent
  ) {
    self.address = address
    self.identity = identity
    self.path = path
    self.driver = driver
    self.override = override
    self.group = group
    self.virtualFunctions = virtualFunctions
  }

  /// Whether both speak of the same card in the same place.
  public func isSameDevice(as other: Binding) -> Bool {
    address == other.address && identity == other.identity && path == other.path
  }
}
