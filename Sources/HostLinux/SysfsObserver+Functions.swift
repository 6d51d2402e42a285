import CLinux
import Topology

extension SysfsObserver {
  /// Reads what a listing shows of one function; nil when it is not there (any more).
  func function(_ address: Address, below devices: String) -> (function: Function, path: String)? {
    guard var path = root.directory(of: address, below: devices) else { return nil }
    var identity: Known<Identity>
    do {
      identity = unsafe try root.readStraight(try root.joined(path, "modalias"), Root.fileLimit, Parse.modalias)
    } catch {
      if !root.isSysfs, Root.mayBeALink(error) {
        guard let real = root.resolve(path) else { return nil }
        path = real
      }
      identity = root.read(path, "modalias", Parse.modalias)
    }
    if identity.value == nil {
      // Only a file that was opened proves that no component of its path is a link, and that the device is there.
      guard let real = root.straightDirectory(path) else { return nil }
      path = real
      identity = identityFromAttributes(path, insteadOf: identity)
    }
    var function = Function(address: address, parent: Parent(path: path, of: address), identity: identity)
    function.driver = driver(of: path)
    function.group = group(of: path)
    // A bridge is never a virtual function: SR-IOV makes type 0 headers only.
    if !function.leadsToABus { function.physicalFunction = physicalFunction(of: path) }
    return (function, path)
  }

  func driver(of path: String) -> Known<DriverName> {
    do {
      guard let name = try root.linkName(path, "driver") else { return .absent }
      return name.isEmpty ? .unknown(.malformed("")) : .value(name)
    } catch {
      return Self.badLink(error)
    }
  }

  func group(of path: String) -> Known<GroupID> {
    do {
      guard let name = try root.linkName(path, "iommu_group") else { return .absent }
      return Parse.group(name).map { .value($0) } ?? .unknown(.malformed(Clean.visible(name.prefix(24))))
    } catch {
      return Self.badLink(error)
    }
  }

  private func physicalFunction(of path: String) -> Address? {
    do {
      return try root.linkName(path, "physfn").flatMap { Address($0) }
    } catch {
      return nil
    }
  }

  private static func badLink<Value>(_ error: SystemError) -> Known<Value> {
    error.number == SystemError.invalid ? .unknown(.malformed("not a link")) : .missing(error)
  }

  /// The attributes that modalias is made of, for trees that lack it.
  private func identityFromAttributes(_ path: String, insteadOf found: Known<Identity>) -> Known<Identity> {
    let vendor = root.read(path, "vendor", Parse.prefixed)
    let device = root.read(path, "device", Parse.prefixed)
    let code = root.read(path, "class", Parse.prefixed)
    guard let vendorID = vendor.value.flatMap({ UInt16(exactly: $0) }),
      let deviceID = device.value.flatMap({ UInt16(exactly: $0) }), let code = code.value
    else {
      if case .unknown = found { return found }
      return .unknown(vendor.ignorance ?? device.ignorance ?? code.ignorance ?? .notRecorded)
    }
    let subsystemVendor = root.read(path, "subsystem_vendor", Parse.prefixed).value ?? 0
    let subsystemDevice = root.read(path, "subsystem_device", Parse.prefixed).value ?? 0
    return .value(
      Identity(
        vendor: vendorID, device: deviceID, subsystemVendor: UInt16(truncatingIfNeeded: subsystemVendor),
        subsystemDevice: UInt16(truncatingIfNeeded: subsystemDevice), classCode: ClassCode(code)))
  }
}
