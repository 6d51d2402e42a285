public import Topology

/// Why an event was refused: typed, so that whoever shows it finds the words.
public struct Reason: Hashable, Sendable {
  /// Which rule.
  public var rule: Rule
  /// Who is to blame, by address. Empty where the caller alone is.
  public var culprits: [Culprit]
  /// The group concerned.
  public var group: GroupID?
  /// The mail that the rule comes from.
  public var message: Message?
  /// The mail writes ENOPERM, which is no errno; EPERM is shown.
  public var isWrittenENOPERM: Bool
  /// Whether the kernel itself tells the caller (the extack string), or leaves it to be found out.
  public var isTold: Bool

  /// A reason.
  public init(
    _ rule: Rule, culprits: [Culprit] = [], group: GroupID? = nil, message: Message? = nil,
    isWrittenENOPERM: Bool = false, isTold: Bool = false
  ) {
    self.rule = rule
    self.culprits = culprits
    self.group = group
    self.message = message
    self.isWrittenENOPERM = isWrittenENOPERM
    self.isTold = isTold
  }
}

/// Who stands in the way.
public struct Culprit: Hashable, Sendable {
  /// The member.
  public var member: Address?
  /// Its driver, where that is the trouble.
  public var driver: DriverName?
  /// The process that has it, where that is.
  public var owner: User?
  /// Whichever are known.
  public init(_ member: Address?, driver: DriverName? = nil, owner: User? = nil) {
    self.member = member
    self.driver = driver
    self.owner = owner
  }
}

/// The rules that refuse.
public enum Rule: Hashable, Sendable, CaseIterable {
  // Nodes and descriptors.
  case noNode
  case nodePermission
  case notPrivileged
  case badDescriptor
  case wrongDescriptor
  case unknownCall
  case malformedArgument
  case tooManyDescriptors
  case deviceLeaving
  case deviceLocked
  case tokenMissing
  case tokenWrong
  case tokenSenseless
  // Who owns a group.
  case hostDriver
  case otherOwner
  case groupOpenedAlready
  case memberOpenedByNode
  case groupOpenedForNode
  case deviceOpenedElsewhere
  case domainBusy
  case noGroup
  case mixesNoIOMMU
  // What hardware and firmware demand.
  case interruptsNotIsolated
  case directRegion
  case notCoherent
  case incompatible
  // The order of calls.
  case containerSetAlready
  case noContainer
  case emptyContainer
  case noAddressSpace
  case addressSpaceSetAlready
  case unsupportedType
  case devicesStillOpen
  case notJoined
  case joinedAlready
  case cookieTaken
  case attachedAlready
  case stillAttached
  case notAttached
  case noDeviceAttached
  // The group as a whole.
  case membersNotJoined
  case membersNotAttached
  case siblingElsewhere
  case sharedRequester
  case onlySingletons
  // Resets, and virtual machines.
  case notResettable
  case resetNotDriven
  case resetNotOwned
  case resetWithoutProof
  case fileAddedAlready
  case fileNotAdded
  // Objects and memory.
  case unknownObject
  case wrongObject
  case objectInUse
  case noSuchMember
  case overlap
  case outsideAperture
  case regionTaken
  case badRange
  case wraps
  case noAccess
  case tooMany
  case noRoom
  case memoryLimit
  case cutsMapping
  case nothingMapped
  // Drivers and slots.
  case noDevice
  case deviceThere
  case driverBoundAlready
  case noDriverBound
  case driverDoesNotMatch
  case bridgeHasNoUser
  case groupOwned
  case inUse
  case isolationLost
  case machineStopped
}
