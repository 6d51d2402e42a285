public import Topology

/// Something that happens to a machine: a call, or what an administrator, a slot or a signal does.
public enum Event: Hashable, Sendable {
  case call(Call, by: User)
  /// A write to `drivers/DRIVER/bind`, with whatever override it takes for the driver to match.
  case bind(Address, DriverName)
  /// A write to `drivers/DRIVER/unbind` of the bound driver.
  case unbind(Address)
  /// A write to `drivers_probe`: the first host driver that matches tries.
  case probe(Address)
  /// A device appears, without a driver; then the first host driver that matches tries.
  case hotAdd(Device)
  /// A node of a group or device is given to a uid; one of the nodes that contexts come from is opened to it.
  case chown(Openable, uid: UInt32)
  /// A device is asked to leave: `remove`, or the slot's button.
  case unplug(Address)
  /// The process ends: all its descriptors are closed.
  case exit(User)
  /// The same, without the process having a say.
  case kill(User)
}
