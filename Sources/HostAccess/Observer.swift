public import Topology

/// The looking half of the door to a machine: a live one, an image of one, or a simulated one.
///
/// An observer owns whatever it needs to look; it is built and used on one thread.
public protocol Observer {
  /// What machine this is, and what looking at it can and cannot do.
  var place: Place { get }

  /// The whole machine, to the given depth. One unreadable file costs one fact and never the run; what has to be known
  /// to say who is there, and in which group, throws instead.
  func inventory(_ depth: Depth) throws(HostError) -> Inventory

  /// Reads again what `stale` names, against what was known. The difference is what the caller takes in. Throws where
  /// the machine cannot be looked at, for instance for want of descriptors: then what was known stays the best there is.
  func reread(_ stale: Stale, in inventory: Inventory) throws(HostError) -> Difference

  /// What these functions carry, and what of it could not be told: for whoever is about to take their drivers away.
  func burden(of addresses: [Address], in inventory: Inventory) -> Burden

  /// Configuration space of functions, as far as it may be read: a function that is runtime-suspended is left asleep,
  /// `.unknown(.suspended)`, unless `waking`. One that is not there any more is absent.
  func configSpaces(of functions: [Address], waking: Bool) -> [Address: Known<ConfigSpace>]

  /// How the kernel would reset functions, in its order; absent where it cannot. Reading it disturbs nobody.
  func resetMethods(of functions: [Address]) -> [Address: Known<[ResetMethod]>]

  /// What the kernel looks at when it puts functions into groups, of every function of an inventory, from what
  /// `configSpaces` answered. A simulated machine has the facts without the bytes.
  func ports(of inventory: Inventory, _ configs: [Address: Known<ConfigSpace>]) -> [PortFacts]

  /// Which uAPIs this kernel offers, tried without touching a device.
  func capabilities() -> [Capability]

  /// What files and the command line say about who drives which function. `state` is where assignments are kept.
  func configured(state: String) -> Configured
}

extension Observer {
  /// From the bytes, where there are any.
  public func ports(of inventory: Inventory, _ configs: [Address: Known<ConfigSpace>]) -> [PortFacts] {
    PortFacts.read(inventory, configs)
  }
}

/// How closely a look goes.
public enum Depth: Hashable, Sendable {
  /// What a listing shows: at most seven system calls a function and three a group, and four for the directory of a
  /// group that host drivers do not keep.
  case listing
  /// What a change is told against: what a listing shows, every group's own directory, and every `driver_override`.
  case watching
  /// Every fact there is, of everything.
  case full
  /// What a listing shows, and every fact of these functions and their groups.
  case close(to: Set<Address>)
}

/// What has to be read again.
public struct Stale: Hashable, Sendable {
  /// Everything: after lost events, or because somebody asked.
  public var everything: Bool
  /// These functions, whether they are still there or not.
  public var functions: Set<Address>
  /// These groups.
  public var groups: Set<GroupID>
  /// Functions whose details were known, or are wanted now.
  public var details: Set<Address>
  /// The nodes below /dev/vfio, and who holds them.
  public var nodes: Bool

  /// Nothing, until something is named.
  public init(
    everything: Bool = false, functions: Set<Address> = [], groups: Set<GroupID> = [], details: Set<Address> = [],
    nodes: Bool = false
  ) {
    self.everything = everything
    self.functions = functions
    self.groups = groups
    self.details = details
    self.nodes = nodes
  }

  /// Whether nothing is stale.
  public var isEmpty: Bool {
    !everything && functions.isEmpty && groups.isEmpty && details.isEmpty && !nodes
  }

  /// Adds what the other names.
  public mutating func form(union other: Stale) {
    everything = everything || other.everything
    functions.formUnion(other.functions)
    groups.formUnion(other.groups)
    details.formUnion(other.details)
    nodes = nodes || other.nodes
  }
}

/// Which world an observer looks at.
public struct Place: Hashable, Sendable {
  /// The JSON's words for `host.kind`.
  public enum Kind: String, Hashable, Sendable {
    case linux
    case image
    case scenario
  }
  /// Live machine, image or scenario.
  public var kind: Kind
  /// Host name, image directory or scenario name, uncleaned.
  public var name: String
  /// Whether we look with root's eyes: config space beyond byte 64, other users' descriptors.
  public var isPrivileged: Bool

  /// All three.
  public init(kind: Kind, name: String, isPrivileged: Bool) {
    self.kind = kind
    self.name = name
    self.isPrivileged = isPrivileged
  }
}

/// One way of handing devices out, and whether it works here.
public struct Capability: Hashable, Sendable {
  /// What `doctor` reports on.
  public enum Subject: String, Hashable, Sendable, CaseIterable {
    case pci
    case iommu
    case interruptRemapping = "interrupt-remapping"
    case vfioDriver = "vfio-pci"
    case container
    case iommufd
    case deviceNodes = "device-nodes"
    /// Reported only where some node is not root's alone.
    case nodeOwners = "node-owners"
    case unsafeInterrupts = "unsafe-interrupts"
    case memoryLock = "memory-lock"
    case uevents
    case inotify
  }
  /// How it stands.
  public enum Status: String, Hashable, Sendable {
    case works
    case missing
    case unknown
  }
  /// What it is about.
  public var subject: Subject
  /// How it stands.
  public var status: Status
  /// What was found, in a sentence that names file, option or privilege.
  public var finding: String
  /// What to do about it, when it does not work; empty otherwise.
  public var remedy: String

  /// All of it.
  public init(_ subject: Subject, _ status: Status, _ finding: String, remedy: String = "") {
    self.subject = subject
    self.status = status
    self.finding = finding
    self.remedy = remedy
  }
}
