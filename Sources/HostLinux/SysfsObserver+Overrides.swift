import Ownership
import Topology

extension SysfsObserver {
  /// Reads `driver_override` where a verdict needs it: of the members of a group of two or more in which a member
  /// blocks and none is bound to a vfio driver. Elsewhere it decides nothing.
  func readOverrides(_ look: inout Look) {
    let stances = Stance.all(of: look.functions)
    var wanted: [Int] = []
    for group in look.groups where group.members.count + group.others.count > 1 {
      let members = group.members.compactMap { look.stance(of: $0, stances) }
      if Stance.needOverrides(members, group.others) { wanted += group.members.compactMap { look.index(of: $0) } }
    }
    readOverrides(&look, of: wanted)
  }

  /// Reads those of these overrides that are not read yet.
  func readOverrides(_ look: inout Look, of indices: [Int]) {
    let wanted = indices.filter { look.functions[$0].driverOverride == .unknown(.notRead) }
    let found = overrides(of: wanted.map { look.paths[$0] })
    for (index, override) in zip(wanted, found) { look.functions[index].driverOverride = override }
  }

  /// Finds variants of vfio-pci that no table names by the device that they keep (drivers/vfio/vfio_main.c
  /// `vfio_init_device`: its parent is the function). A driver is asked once: it keeps one in all that it drives.
  func readVariants(_ look: inout Look) {
    var known: [DriverName: Bool] = [:]
    var last: (driver: DriverName, isVariant: Bool)?
    for index in look.functions.indices {
      guard let driver = look.functions[index].driver.value else { continue }
      if driver != last?.driver {
        let isVariant = known[driver] ?? hasVFIODevice(look.paths[index], of: driver)
        known[driver] = isVariant
        last = (driver, isVariant)
      }
      if last?.isVariant == true { look.functions[index].hasVariantDriver = true }
    }
  }

  private func hasVFIODevice(_ path: String, of driver: DriverName) -> Bool {
    if RuleSet.vfioDrivers.contains(driver) || driver == "pcieport" || driver == "pci-stub" { return false }
    return root.list(path + "/vfio-dev")?.contains { $0.name.hasPrefix("vfio") } ?? false
  }

  func overrides(of paths: [String]) -> [Known<DriverName>] {
    attributes(paths.map { ($0, "driver_override") }).map { bytes in
      switch bytes {
      case .value(let bytes): Parse.driverOverride(bytes.span)
      // Every kernel since 3.16 has the file; only an image can lack it.
      case .absent: root.isSysfs ? .absent : .unknown(.notRecorded)
      case .unknown(let why): .unknown(why)
      }
    }
  }

  /// Attributes whose read may hang on a real sysfs; on an image nothing can.
  func attributes(_ wanted: [(directory: String, name: StaticString)]) -> [Known<[UInt8]>] {
    if wanted.isEmpty { return [] }
    if root.isSysfs { return cautious.read(wanted.map { "\($0.directory)/\($0.name)" }) }
    let parts = divided(wanted.count) { reader, range in
      wanted[range].map { file in
        reader.root.read(file.directory, file.name) { bytes in .value(Array(copying: bytes)) }
      }
    }
    return Array(parts.joined())
  }
}
