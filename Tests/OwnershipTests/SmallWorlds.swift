import Ownership
import Topology

/// Every world of one group with up to three members, each with one of five drivers; the first may be a bridge.
enum SmallWorlds {
  static let drivers: [DriverName?] = [nil, "e1000", "vfio-pci", "pci-stub", "pcieport"]

  static let all: [World] = (1...3).flatMap { count in
    [false, true].flatMap { hasBridge in
      combinations(count).compactMap { world($0, hasBridge: hasBridge) }
    }
  }

  static func member(_ place: Int) -> Address {
    Address(domain: 0, bus: 2, device: UInt8(place + 1), function: 0)
  }

  private static func combinations(_ count: Int) -> [[DriverName?]] {
    count == 0 ? [[]] : combinations(count - 1).flatMap { rest in drivers.map { rest + [$0] } }
  }

  /// nil where vfio-pci would have to be bound to a bridge, which it refuses.
  private static func world(_ drivers: [DriverName?], hasBridge: Bool) -> World? {
    if hasBridge, drivers[0] == "vfio-pci" { return nil }
    return World(
      devices: drivers.enumerated().map { place, driver in
        Device(
          address: member(place), group: GroupID(5), requester: member(0),
          header: hasBridge && place == 0 ? .bridge : .normal, driver: driver, hostDrivers: ["e1000", "pcieport"],
          bridge: hasBridge ? place == 0 ? nil : member(0) : Scene.bridge)
      })
  }

  /// Every call there is, on descriptors 3 to `last` and on one that is never open.
  static func calls(upTo last: Int, in world: World) -> [Call] {
    let addresses = world.devices.map(\.address)
    var calls: [Call] = [.container, .group(GroupID(5)), .group(GroupID(6)), .context, .virtualMachine].map {
      .open($0)
    }
    calls += addresses.map { .open(.device($0)) }
    for number in [-1] + Array(3...last) {
      let descriptor = Descriptor(number)
      calls += [.close(descriptor), .touch(descriptor, .mmap), .touch(descriptor, .read)]
      calls += ioctls(upTo: last, addresses).map { .ioctl(descriptor, $0) }
      calls += [ArgumentShape.tooSmall, .unknownFlag, .laterTail, .badPointer].map {
        .ioctl(descriptor, .groupGetStatus, $0)
      }
    }
    return calls
  }

  static func ioctls(upTo last: Int, _ addresses: [Address]) -> [Ioctl] {
    let span = MemoryRange(0, size: 0x1000)
    var ioctls: [Ioctl] = [
      .groupGetStatus, .groupUnsetContainer, .getAPIVersion, .checkExtension(1), .setIOMMU(.type1v2),
      .setIOMMU(.noIOMMU), .setIOMMU(.other(99)), .getIOMMUInfo, .mapDMA(Mapping(iova: 0, size: 0x1000)),
      .unmapDMA(span), .getInfo, .unjoin, .detach, .create, .allDevicesViable, .registerMemory(span),
      .unregisterMemory(span), .copy(from: 1, to: 2, span), .allowIOVAs(2, [span]),
      .compatibility(.get), .compatibility(.set(2)), .compatibility(.clear), .mapPASID(guest: 1, host: 2),
      .unmapPASID(guest: 1), .unknown(0), .hotReset([]),
    ]
    ioctls += addresses.flatMap { [.groupGetDeviceFD($0), .groupGetDeviceFD($0, token: "a")] }
    for number in [-1] + Array(3...last) {
      let descriptor = Descriptor(number)
      ioctls += [
        .groupSetContainer(descriptor), .join(descriptor, Joining()), .join(descriptor, Joining(implicitGroup: true)),
        .join(descriptor, Joining(cookie: 7)), .hotReset([descriptor]), .addFile(descriptor), .removeFile(descriptor),
      ]
    }
    for object in 1...3 {
      ioctls += [
        .attach(object), .attach(object, userPASID: 3), .free(object), .map(object, Mapping(iova: nil, size: 0x1000)),
        .map(object, Mapping(iova: 0, size: 0x1000)), .unmap(object, span), .info(object), .setPageTables(object),
        .createNesting(object), .bindPageTable(object), .unbindPageTable(object), .bindPASIDTable(object),
        .unbindPASIDTable(object), .invalidateCache(object), .allocateTable(device: object, over: 2),
      ]
    }
    return ioctls
  }
}
