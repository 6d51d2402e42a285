public import HostAccess
public import Ownership
public import Topology

/// The simulated kernel's driver core: what a write to a file below /sys/bus/pci does.
extension SimulatedHost: Performer {
  /// The function as it is. What nobody could read of an observed machine, the simulated one does not have: no
  /// override, no virtual functions.
  public func binding(of address: Address) throws(HostError) -> Binding {
    guard let function = inventory[address] else {
      throw HostError("read", on: "/sys/bus/pci/devices/\(address)", .enodev)
    }
    // The link goes at the start of an unbind, long before the driver does (drivers/base/dd.c `driver_sysfs_remove`).
    let isLeaving = world.ledger.leaving[address] != nil
    let counts: Known<VirtualFunctions> = function.details?.virtualFunctions ?? .absent
    return Binding(
      address: address, identity: function.identity, path: function.details?.path ?? "",
      driver: isLeaving ? .absent : function.driver,
      override: function.driverOverride.value.map { .value($0) } ?? .absent,
      group: function.group, virtualFunctions: counts.value.map(\.enabled) ?? .absent)
  }

  /// Does what the write does, at once but for an unbind that waits for whoever has the device open.
  public mutating func begin(_ effect: Effect) -> Progress {
    if world.ledger.isStopped { return failed(effect, Self.broken) }
    if let address = effect.address, world[address] == nil {
      if case .probe = effect { return failed(effect, .enodev) }
      return failed(effect, .enoent)
    }
    switch effect {
    case .setOverride(let address, let driver): aim(address, at: driver)
    case .unbind(let address, let driver):
      guard world[address]?.driver == driver, world.ledger.leaving[address] == nil else {
        return failed(effect, .enodev)
      }
      let answer = happen(.unbind(address))
      if let errno = answer.errno { return failed(effect, errno) }
      return progress(of: Self.child)
    case .probe(let address, _): return probe(address, effect)
    case .loadModule(let name):
      let isKnown = RuleSet.vfioDrivers.contains { Self.module($0) == Self.module(name) }
      return isKnown ? .done : failed(effect, .enoent)
    case .setVirtualFunctions(let address, let count):
      if let errno = setVirtualFunctions(of: address, to: count) { return failed(effect, errno) }
    case .writeFile(let file, let text): files[file] = text
    case .setOwner(let node, let uid, let gid, let mode):
      if let errno = setOwner(of: node, Rights(owner: uid, group: gid, mode: mode)) { return failed(effect, errno) }
    }
    return .done
  }

  /// Waits until nobody holds a device that is asked to leave; there is one child at a time.
  public mutating func progress(of work: Work) -> Progress {
    world.ledger.leaving.isEmpty ? .done : .waiting(work)
  }

  /// The call, answered by the rules.
  public mutating func ask(_ call: Call, as user: User) -> Answer { happen(.call(call, by: user)) }

  /// EIO: the kernel stopped, nothing answers any more.
  private static let broken = Errno(rawValue: 5)
  private static let child = Work(process: 0, descriptor: -1)

  private static func module(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }

  private func failed(_ effect: Effect, _ errno: Errno) -> Progress {
    guard let write = effect.write else {
      if let subject = effect.subject { return .failed(HostError("change", on: "\(subject)", errno)) }
      return .failed(HostError("run", on: effect.words.joined(separator: " "), errno))
    }
    return .failed(HostError("write to", on: write.path, errno))
  }

  mutating func aim(_ address: Address, at driver: DriverName?) {
    cards[address]?.function.driverOverride = driver.map { .value($0) } ?? .absent
    show([address], [])
  }

  /// With an override only the driver of that name is tried (drivers/pci/pci-driver.c `pci_match_device`), without one
  /// the first that matches. A probe that fails says nothing; only a group that is owned does
  /// (drivers/base/dd.c `really_probe`, drivers/base/bus.c `drivers_probe_store`).
  private mutating func probe(_ address: Address, _ effect: Effect) -> Progress {
    if world.ledger.leaving[address] != nil { return .waiting(Self.child) }
    guard world[address]?.driver == nil, let card = cards[address]?.function else { return .done }
    let override = card.driverOverride.value
    let answer = happen(override.map { .bind(address, $0) } ?? .probe(address))
    aim(address, at: override)
    switch (answer.outcome, answer.errno) {
    case (.panic, _): return failed(effect, Self.broken)
    case (_, .ebusy),
      (_, .einval) where override == nil:
      return failed(effect, .einval)
    default: return .done
    }
  }
}
