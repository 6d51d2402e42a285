import CLinux
import Topology

/// A function, and its directory below the root.
struct FoundFunction: Sendable {
  var function: Function
  var path: String
}

extension SysfsObserver {
  /// Reads a function as `function` does; nil when it is not there (any more). One that the kernel lists and that
  /// cannot be reached for another reason is there, and everything of it unknown for that reason.
  func seen(_ address: Address, _ reader: inout FunctionReader, _ closer: CloserLook? = nil) -> FoundFunction? {
    do {
      return try function(address, &reader, closer)
    } catch {
      if error.saysGone { return nil }
      let why = Ignorance.refused(errno: error.number)
      let path = Look.devicesPath + "/" + address.description
      var function = Function(address: address, parent: Parent(path: path, of: address), identity: .unknown(why))
      function.driver = .unknown(why)
      function.group = .unknown(why)
      return FoundFunction(function: function, path: path)
    }
  }

  /// Reads what a listing shows of one function, and every fact of it when there is a closer look to take. Throws where
  /// its directory cannot be reached; `SystemError.saysGone` tells whether that means that it is not there (any more).
  func function(
    _ address: Address, _ reader: inout FunctionReader, _ closer: CloserLook? = nil
  ) throws(SystemError) -> FoundFunction {
    try reader.move(to: address)
    if closer != nil { try reader.open(listing: true) }
    var identity: Known<Identity>
    do {
      identity = try reader.identity()
    } catch {
      identity = .missing(error)
    }
    var physicalFunction: Address?
    if identity.value == nil {
      // Only a file that was opened proves that no component of its path is a link, and that the device is there.
      let before = reader.path
      if closer == nil { try reader.open() }
      if case .absent = identity, reader.path == before {} else { identity = reader.read("modalias", Parse.modalias) }
      physicalFunction = self.physicalFunction(reader)
      if identity.value == nil { identity = identityFromAttributes(&reader, physicalFunction, insteadOf: identity) }
    }
    var function = Function(address: address, parent: Parent(path: reader.path, of: address), identity: identity)
    function.driver = reader.link(.driver, "driver", Self.driver)
    function.group = reader.link(.group, "iommu_group") { name in
      Parse.group(name).map { .value($0) } ?? Parse.malformed(name)
    }
    // A bridge is never a virtual function: SR-IOV makes type 0 headers only.
    if !function.leadsToABus { function.physicalFunction = physicalFunction ?? self.physicalFunction(reader) }
    if let closer { look(closer, at: &function, reader) }
    return FoundFunction(function: function, path: reader.path)
  }

  /// The driver that the last component of a link names.
  static func driver(_ name: Span<UInt8>) -> Known<DriverName> {
    name.count == 0 ? .unknown(.malformed("")) : .value(String(decoding: name))
  }

  private func physicalFunction(_ reader: borrowing FunctionReader) -> Address? {
    let found: Known<Address> = reader.link(.physicalFunction, "physfn") { name in
      Address(name).map { .value($0) } ?? .absent
    }
    return found.value
  }

  /// What modalias is made of, for images that lack it: the header of config space in one file, or five attributes.
  private func identityFromAttributes(
    _ reader: inout FunctionReader, _ physicalFunction: Address?, insteadOf found: Known<Identity>
  ) -> Known<Identity> {
    if case .absent = found, !root.isSysfs {
      if let known = physicalFunction.flatMap({ reader.virtualIdentities[$0] }) ?? reader.header() {
        return .value(known)
      }
    }
    let vendor = reader.read("vendor", Parse.prefixed)
    let device = reader.read("device", Parse.prefixed)
    let code = reader.read("class", Parse.prefixed)
    guard let vendorID = vendor.value.flatMap({ UInt16(exactly: $0) }),
      let deviceID = device.value.flatMap({ UInt16(exactly: $0) }), let code = code.value
    else {
      if case .unknown = found { return found }
      return .unknown(vendor.ignorance ?? device.ignorance ?? code.ignorance ?? .notRecorded)
    }
    let subsystemVendor = reader.read("subsystem_vendor", Parse.prefixed).value ?? 0
    let subsystemDevice = reader.read("subsystem_device", Parse.prefixed).value ?? 0
    let identity = Identity(
      vendor: vendorID, device: deviceID, subsystemVendor: UInt16(truncatingIfNeeded: subsystemVendor),
      subsystemDevice: UInt16(truncatingIfNeeded: subsystemDevice), classCode: ClassCode(code))
    if let physicalFunction { reader.virtualIdentities[physicalFunction] = identity }
    return .value(identity)
  }
}
