public import Topology

/// What somebody wants, said without a word about how an interface does it.
public enum Wish: Hashable, Sendable {
  /// An administrator hands a device to a driver: `vfio-pci`, `pci-stub`, a host driver.
  case give(Address, to: DriverName)
  /// An administrator takes the driver away.
  case release(Address)
  /// An administrator lets a uid open a node.
  case grant(Openable, to: UInt32)
  /// A user opens a node and does no more with it.
  case open(Openable, by: User)
  /// A user becomes owner of a device, without giving its DMA a space yet.
  case own(Address, by: User, Attaching = Attaching())
  /// A user has a device's DMA go into a space of their own, as far as the interface lets them.
  case attach(Address, by: User, Attaching = Attaching())
  /// A user takes a device out of the space.
  case detach(Address, by: User)
  /// A user maps memory into a space.
  case map(Mapping, space: Int, by: User)
  /// A user frees a space of a context.
  case free(space: Int, by: User)
  /// A user asks a device that is open what it is.
  case ask(Address, by: User)
  /// A user resets the bus that a device is on.
  case reset(Address, by: User)
  /// A user closes the device.
  case close(Address, by: User)
  /// A user closes what owns devices: the context; or the groups and the container.
  case closeOwner(by: User)
  case hotAdd(Device)
  case unplug(Address)
  case exit(User)
  case kill(User)
}

/// How a device is wanted.
public struct Attaching: Hashable, Sendable {
  /// The rest of the group may stay unused (IOASID_IMPLICIT_GROUP, where there is such a thing).
  public var allowUnused: Bool
  /// Which of the user's spaces, from 0; a container has one only.
  public var space: Int
  /// What to map on the way, where the interface has a call for it.
  public var memory: Mapping?
  /// The program opens the group once for each of its devices, not knowing that it has it already.
  public var opensAnew: Bool
  /// The token that is shown for a function that shares its physical function with another user.
  public var token: String?

  /// The first space, nothing mapped, no flag, and a program that knows what it has.
  public init(
    allowUnused: Bool = false, space: Int = 0, memory: Mapping? = nil, opensAnew: Bool = false, token: String? = nil
  ) {
    self.allowUnused = allowUnused
    self.space = space
    self.memory = memory
    self.opensAnew = opensAnew
    self.token = token
  }
}
