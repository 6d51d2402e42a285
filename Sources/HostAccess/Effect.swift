public import Topology

/// One change of a machine: one write, or one program run, with what reads true once it is done.
///
/// An effect whose goal holds already is not carried out again, so that a list of effects can be taken up after an
/// interruption wherever it stopped.
public enum Effect: Hashable, Sendable {
  /// A write of a name, or of a newline for nil, to `driver_override` (drivers/base/bus.c; no driver is bound or
  /// unbound by it).
  case setOverride(Address, DriverName?)
  /// A write to `drivers/DRIVER/unbind`: ENODEV when another driver is bound. Blocks while a vfio device is open
  /// (drivers/vfio/vfio_main.c `vfio_unregister_group_dev`).
  case unbind(Address, from: DriverName)
  /// A write to `drivers_probe`, which succeeds whether or not a driver took the device (drivers/base/bus.c
  /// `drivers_probe_store`); `expecting` is the driver that must be bound afterwards, nil is any or none.
  case probe(Address, expecting: DriverName?)
  /// `modprobe NAME`. Has no inverse: a module that was loaded stays.
  case loadModule(String)
  /// A write to `sriov_numvfs`; from one count to another the kernel wants 0 between (EBUSY).
  case setVirtualFunctions(Address, Int)
  /// A file of configuration, written beside its place and then moved there, so that a crash leaves the old one or the
  /// new one; nil removes it. Directories that it needs are made and stay. Links are never followed. After one of udev's
  /// rules `udevadm control --reload` is run, where there is one.
  case writeFile(ConfigurationFile, String?)
  /// chown(2) and chmod(2) of a device node, never through a link.
  case setOwner(DeviceNode, uid: UInt32, gid: UInt32, mode: UInt16)
}

extension Effect {
  /// The function whose binding it changes; nil for anything else.
  public var address: Address? {
    switch self {
    case .setOverride(let address, _), .unbind(let address, _), .probe(let address, _),
      .setVirtualFunctions(let address, _):
      address
    case .loadModule, .writeFile, .setOwner: nil
    }
  }

  /// What it changes, and what is looked at before and after it; nil for a module, of which nothing can be read.
  public var subject: Subject? {
    switch self {
    case .setOverride(let address, _), .unbind(let address, _), .probe(let address, _),
      .setVirtualFunctions(let address, _):
      .function(address)
    case .writeFile(let file, _): .file(file)
    case .setOwner(let node, _, _, _): .node(node)
    case .loadModule: nil
    }
  }

  /// What is written to an attribute, and where below the root; nil where it is anything else than one write.
  public var write: Write? {
    switch self {
    case .setOverride(let address, let driver):
      Write((driver ?? "") + "\n", to: "/sys/bus/pci/devices/\(address)/driver_override")
    case .unbind(let address, let driver): Write("\(address)", to: "/sys/bus/pci/drivers/\(driver)/unbind")
    case .probe(let address, _): Write("\(address)", to: "/sys/bus/pci/drivers_probe")
    case .setVirtualFunctions(let address, let count):
      Write("\(count)", to: "/sys/bus/pci/devices/\(address)/sriov_numvfs")
    case .loadModule, .writeFile, .setOwner: nil
    }
  }

  /// One write(2).
  public struct Write: Hashable, Sendable {
    /// The bytes, as text.
    public let text: String
    /// The file.
    public let path: String
    init(_ text: String, to path: String) {
      self.text = text
      self.path = path
    }
  }
}

extension Effect {
  /// Whether what it is for reads true of what is there now; nil where that does not tell, because the fact is unknown
  /// or the reading is of something else.
  public func holds(in reading: Reading) -> Bool? {
    switch (self, reading) {
    case (.writeFile(let file, let text), .file(let other, let now)): file == other ? now == text : nil
    case (.setOwner(let node, let uid, let gid, let mode), .node(let other, let now)):
      node == other ? (now.owner, now.group, now.mode) == (uid, gid, mode) : nil
    case (_, .function(let binding)) where binding.address == address: holds(in: binding)
    default: nil
    }
  }

  /// Whether what it is for reads true of `binding`, which is the effect's own function as it is now; nil where the
  /// binding does not tell, because the fact is unknown or the effect is no function's.
  public func holds(in binding: Binding) -> Bool? {
    switch self {
    case .setOverride(_, let driver): binding.override.settled.map { $0 == driver }
    case .unbind(_, let driver): binding.driver.settled.map { $0 != driver }
    // Nothing is expected: only the write itself can say whether it was made.
    case .probe(_, nil): nil
    case .probe(_, let driver?): binding.driver.settled.map { $0 == driver }
    case .setVirtualFunctions(_, let count): binding.virtualFunctions.settled.map { ($0 ?? 0) == count }
    case .loadModule, .writeFile, .setOwner: nil
    }
  }
}

extension Effect {
  /// Whether what is there now is as it was before this effect or as this effect leaves it: the same card, the same text.
  /// A node is given by chown(2) first and chmod(2) then, so that it may stand between; as long as it is whose the effect
  /// made it, the effect is in force. Anything else is somebody else's doing.
  public func explains(_ now: Reading, after before: Reading) -> Bool {
    switch (self, before, now) {
    case (_, .file, .file): return now == before || holds(in: now) == true
    case (.setOwner(_, let uid, let gid, let mode), .node(let node, let old), .node(let other, let seen)):
      guard node == other else { return false }
      if uid != old.owner, seen.owner == uid { return true }
      return seen.owner == old.owner && [old.group, gid].contains(seen.group) && [old.mode, mode].contains(seen.mode)
    default: return before.isSameThing(as: now)
    }
  }
}

extension Known {
  /// The value, nil for none; nothing where it is unknown.
  var settled: Value?? {
    switch self {
    case .value(let value): .some(.some(value))
    case .absent: .some(.none)
    case .unknown: .none
    }
  }
}
