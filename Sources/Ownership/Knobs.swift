/// What the thread left open, each with the choice that stands until somebody turns it. Knobs that a rule set does
/// not have are without effect there.
public struct Knobs: Hashable, Sendable {
  /// What becomes of a host driver that binds a member of an owned group, where the proposals do not say.
  public enum HostBind: Hashable, Sendable, CaseIterable {
    /// As the notifier of 2021 did: the machine stops (Gunthorpe 17 June, "as today").
    case panic
    /// The probe is denied with EBUSY (Gunthorpe's wish of 25 June).
    case deny
  }

  /// explicit-2021: SET_CONTAINER tests viability and answers EPERM, as the mail of 22 April has it. The code of the
  /// time did not, so the knob is off.
  public var thread = false
  /// Linux: vfio_iommu_type1's and iommufd's `allow_unsafe_interrupts`.
  public var allowsUnsafeInterrupts = false
  /// Mappings an address space takes (vfio_iommu_type1's `dma_entry_limit`).
  public var mappings = 65535

  /// April, automatic unbinding and the May RFC: a host driver binds a member of an owned group.
  public var hostBind = HostBind.panic
  /// April: a group may be split over IOASIDs of one descriptor where requester ids differ. EINVAL until turned.
  public var perDeviceIoasid = false
  /// April: a reason string comes with the errno (Gunthorpe 27 April).
  public var extack = true
  /// April: there is an ioctl IOASID_ALL_DEVICES_VIABLE (Gunthorpe 22 April).
  public var allDevicesViable = true
  /// April: viability, tested at JOIN, is tested again at ATTACH.
  public var testsViabilityAtAttach = true
  /// July RFC: only groups of one device get a node (its first stage).
  public var onlySingletons = false
  /// Automatic unbinding: a hot-added member of an owned group loses its host driver at once.
  public var snarfsHotAdded = true
  /// Automatic unbinding: drivers that were taken away come back when the group has no owner any more.
  public var rebindsAtClose = false
  /// The numbers that the proposals do not give.
  public var errnos = Errnos()

  /// Error numbers of the proposals. Of April only ENOPERM is in the thread.
  public struct Errnos: Hashable, Sendable {
    /// April: JOIN of a device whose group is not viable.
    public var notViable = Errno.eperm
    /// April: JOIN while another descriptor has a member.
    public var joinedElsewhere = Errno.ebusy
    /// April: JOIN a second time.
    public var joinedAlready = Errno.einval
    /// April and May: JOIN to a descriptor that is no context.
    public var wrongDescriptor = Errno.einval
    /// ATTACH before JOIN.
    public var notJoined = Errno.einval
    /// ATTACH to an IOASID that does not exist.
    public var unknownObject = Errno.enoent
    /// April: ATTACH while members are missing; the thread writes ENOPERM.
    public var incomplete = Errno.eperm
    /// ATTACH of an attached device.
    public var attachedAlready = Errno.einval
    /// DETACH of a device that is not attached.
    public var notAttached = Errno.einval
    /// ATTACH to another IOASID than the rest of the group.
    public var siblingElsewhere = Errno.einval
    /// FREE of an IOASID with devices, and UNJOIN of an attached device.
    public var inUse = Errno.ebusy
    /// Anything but JOIN before JOIN.
    public var beforeJoin = Errno.einval
    /// July RFC: mmap before BIND ("EACCESS or EAGAIN?", Tian 28 June).
    public var mmapBeforeJoin = Errno.eacces
    /// May RFC: commands to an IOASID with a partial group (Gunthorpe 28 May).
    public var partial = Errno.edeadlk
    /// May RFC: commands to an IOASID before any device is attached.
    public var noDeviceAttached = Errno.einval
    /// The defaults.
    public init() {}
  }

  /// The defaults.
  public init() {}
}
