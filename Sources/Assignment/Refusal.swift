public import HostAccess
public import Topology

/// Why no plan is made, or one is not run. Nothing was changed.
public struct Refusal: Error, Hashable, Sendable {
  /// What is in the way.
  public enum Why: Hashable, Sendable {
    /// Nothing is there.
    case gone(Address)
    case noSuchGroup(GroupID)
    /// There is no IOMMU group, so nobody can own the device.
    case noGroup(Address)
    /// vfio-pci takes no bridges.
    case bridge(Address)
    /// A host bridge: vfio-pci would take it, and nobody is served by that.
    case hostBridge(Address)
    /// A member is no PCI function and has a host driver that only its own bus can take off.
    case otherMember(String, DriverName, GroupID)
    /// Firmware demands a mapping for a member: nobody can own the group.
    case directRegion(GroupID, ReservedRegion)
    /// This kernel has neither the driver nor a module of it.
    case noDriver(Address, DriverName)
    /// A fact that decides is not known.
    case unknown(Address, what: String, Ignorance)
    /// A process has it open.
    case held(Address, by: Holder)
    /// The journal has nothing to give back.
    case nothingRecorded(Address)
    /// The journal has no such entry.
    case noSuchEntry(Int)
    /// A later act, which is in force, changed the same thing as the entry that was to be taken back.
    case laterEntry(Subject, entry: Int, later: Int)
    /// A record of another boot or of another card.
    case void(Address, recorded: String, found: String)
    /// The machine is not what the plan assumed.
    case stale(Address, assumed: String, found: String)
    /// A file or a node is not what the plan assumed.
    case changed(Subject)
    /// The act would not be the one that was agreed to: it costs something else, somebody came along, or it takes other
    /// steps.
    case overtaken(Address?, String)
    /// A file or a node could not be read, so that the way back could not be recorded.
    case unreadable(HostError)
    /// The group's members changed since.
    case regrouped(GroupID, assumed: [Address], found: [Address])
    /// The function has no SR-IOV, or no driver that could do it.
    case noVirtualFunctions(Address, DriverName?)
    /// The function cannot have that many.
    case tooManyVirtualFunctions(Address, asked: Int, total: Int)
    /// It has no SR-IOV.
    case notPhysical(Address)
    /// A virtual function was named where its physical one is meant.
    case virtualFunction(Address, of: Address)
    /// Virtual functions are in use, or are the reason that this one is needed.
    case virtualFunctionsInUse(Address, [Address])
    /// Virtual functions that cannot be had while their physical one has its host driver in their group, which is
    /// named; without a group: that cannot be had together with it.
    case besidePhysical([Address], Address, GroupID?)
    /// A controller whose driver makes the domain that others of its group are in.
    case domainOf(Address, [Address])
    /// A program has no use for any of these.
    case nothingToHandOver(String, [Address])
    /// It has no node that could be given, with the driver that it has.
    case noNode(Address, DriverName?)
    /// A node belongs to another user already.
    case givenAlready(DeviceNode, uid: UInt32, to: String)
    /// A rule that gives nodes stands there already, with another text.
    case ruleStands(ConfigurationFile)
    /// Consent is missing.
    case consent(Severity, [Finding], groups: [GroupID])
    /// Somebody else acts now.
    case busy(String)
    /// This place cannot be changed.
    case readOnly(String)
  }
  /// What is in the way.
  public var why: Why
  /// Only that.
  public init(_ why: Why) { self.why = why }
}
