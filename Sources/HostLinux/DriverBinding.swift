import CLinux
public import HostAccess
import Ownership
public import Topology

extension LinuxPerformer {
  /// Reads a function again: its link to a driver, its override, who it is and where. What may wait for the device's
  /// lock is given 200 ms and is then unknown. ENODEV where the function is gone; any other error says nothing of that.
  public func binding(of address: Address) throws(HostError) -> Binding {
    defer { observer.root.closeFinished() }
    _ = observer.root.done.takeTrouble()
    let binding = try read(address)
    // Whoever cannot be told apart for want of descriptors is no other card.
    if let trouble = observer.root.done.takeTrouble() { throw trouble }
    if case .unknown(.refused(let errno)) = binding.identity {
      throw HostError("read", on: "/\(binding.path)/modalias", Errno(rawValue: errno))
    }
    return binding
  }

  private func read(_ address: Address) throws(HostError) -> Binding {
    var reader = FunctionReader(observer.root, below: observer.root.devicesPath)
    let found: FoundFunction
    do {
      found = try observer.function(address, &reader)
      try reader.open(listing: true)
    } catch {
      throw HostError("read", on: "/\(Look.devicesPath)/\(address)", error.saysGone ? .enodev : error.errno)
    }
    let hasVirtualFunctions = reader.has(.enabledVFs)
    var wanted: [(directory: String, name: StaticString)] = [(found.path, "driver_override")]
    if hasVirtualFunctions { wanted.append((found.path, "sriov_numvfs")) }
    let read = observer.attributes(wanted)
    return Binding(
      address: address, identity: found.function.identity, path: found.path, driver: found.function.driver,
      override: override(read[0]), group: found.function.group,
      virtualFunctions: hasVirtualFunctions ? Self.number(read[1]) : .absent)
  }

  /// An override that cannot be written back as it is must not pass for one that can.
  private func override(_ bytes: Known<[UInt8]>) -> Known<DriverName> {
    switch bytes {
    case .value(let bytes):
      let name = Parse.driverOverride(bytes.span)
      guard let text = name.value, !bytes.starts(with: text.utf8) else { return name }
      return .unknown(.malformed(Clean.visible(text)))
    case .absent: return .absent
    case .unknown(let why): return .unknown(why)
    }
  }

  private static func number(_ bytes: Known<[UInt8]>) -> Known<Int> {
    switch bytes {
    case .value(let bytes): Parse.decimal(bytes.span)
    case .absent: .absent
    case .unknown(let why): .unknown(why)
    }
  }
}
