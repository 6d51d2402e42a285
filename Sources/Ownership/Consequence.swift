public import Topology

/// Something that an event did beside its result. The first six change the devices and nodes, and `World.after` repeats them.
public enum Consequence: Hashable, Sendable {
  case bound(Address, DriverName)
  /// A driver left; `lost` is what stood on top of the device: a disk, an interface.
  case unbound(Address, DriverName, lost: [String])
  case added(Device)
  case gone(Address)
  case granted(Openable, uid: UInt32)
  /// A user of a physical function said by which secret users of its virtual functions are known.
  case tokenSet(Address, String)
  /// The domain that a whole group's DMA goes through changed.
  case domain(GroupID, from: Domain, to: Domain, members: [Address])
  /// A member with a host driver had its address space pulled away: its DMA now goes wrong.
  case pulledAway(Address, DriverName)
  /// Members of an attached group that its user never named: one is within reach of the other's DMA.
  /// `isTold` where the model itself says so to the user.
  case atRisk([Address], isTold: Bool)
  /// A host driver was kept from a member (only the hot-add path prints a line).
  case probeRefused(Address, DriverName, Errno)
  /// The user is asked, through the request eventfd and about every ten seconds, to let go of a device.
  case asked(Address, User?)
  /// An unbind or unplug that had been waiting went through.
  case released(Address)
  /// "Device added to live group" (drivers/vfio/vfio.c, 2021).
  case addedToLiveGroup(Address, GroupID)
  /// A host driver that came with a hot-added device was taken away at once (automatic unbinding).
  case snarfed(Address, DriverName)
  /// These were reset together, with the bus or slot that they are on.
  case reset([Address])
  /// The kernel stopped.
  case panic(Address, DriverName)
}
