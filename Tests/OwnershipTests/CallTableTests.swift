import Ownership
import Testing
import Topology

/// Calls and their numbers, row by row from the specification's tables.
@Suite struct CallTableTests {
  private let nic = Scene.nic
  private let hba = Scene.hba
  private let page = Mapping(iova: 0x1000, size: 0x1000)

  // MARK: containers and groups

  @Test func `a container knows little before it has a group and a backend`() {
    var stage = Stage(.explicitLinux, Scene.seed(hba: nil))
    stage.call(.open(.container))
    #expect(stage.ioctl(3, .getAPIVersion) == "GET_API_VERSION=0")
    for (number, answer) in [(1, 1), (3, 1), (9, 1), (10, 0), (8, 0), (4, 0), (99, 0)] {
      #expect(stage.ioctl(3, .checkExtension(number)) == "CHECK_EXTENSION(\(number))=\(answer)")
    }
    for ioctl in [
      Ioctl.mapDMA(page), .unmapDMA(MemoryRange(0, size: 0x1000)), .getIOMMUInfo, .unknown(7), .setIOMMU(.type1),
    ] {
      stage.ioctl(3, ioctl)
      #expect(stage.last.errno == .einval, "EINVAL, not ENOTTY, for \(ioctl)")
    }
  }

  @Test func `group calls are refused in the kernel's order`() {
    var stage = Stage(.explicitLinux, Scene.seed(hba: nil))
    stage.call(.open(.container))
    stage.call(.open(.group(Scene.group)))
    #expect(stage.ioctl(4, .groupUnsetContainer) == "UNSET_CONTAINER=-1 EINVAL")
    #expect(stage.ioctl(4, .groupGetDeviceFD(hba)) == "GET_DEVICE_FD(02:02.0)=-1 ENODEV")
    #expect(stage.ioctl(4, .groupGetDeviceFD(nic)) == "GET_DEVICE_FD(02:01.0)=-1 EINVAL")
    #expect(stage.ioctl(4, .groupSetContainer(Descriptor(99))) == "SET_CONTAINER=-1 EBADF")
    #expect(stage.ioctl(4, .groupSetContainer(Descriptor(4))) == "SET_CONTAINER=-1 EBADFD")
    #expect(stage.ioctl(4, .groupSetContainer(Descriptor(3))) == "SET_CONTAINER=0")
    #expect(stage.ioctl(4, .groupGetStatus) == "GET_STATUS={VIABLE,CONTAINER_SET}")
    #expect(stage.ioctl(4, .groupSetContainer(Descriptor(3))) == "SET_CONTAINER=-1 EINVAL")
    #expect(stage.ioctl(4, .groupGetDeviceFD(nic)) == "GET_DEVICE_FD(02:01.0)=-1 EINVAL")
    #expect(stage.ioctl(3, .setIOMMU(.other(99))) == "SET_IOMMU=-1 ENODEV")
    #expect(stage.ioctl(3, .setIOMMU(.type1v2)) == "SET_IOMMU=0")
    #expect(stage.ioctl(3, .setIOMMU(.type1v2)) == "SET_IOMMU=-1 EINVAL")
    #expect(stage.ioctl(3, .unknown(7)) == "ioctl 7=-1 ENOTTY")
    #expect(stage.ioctl(4, .unknown(7)) == "ioctl 7=-1 ENOTTY")
    for descriptor in [5, 6] {
      #expect(
        stage.ioctl(4, .groupGetDeviceFD(nic)) == "GET_DEVICE_FD(02:01.0)=\(descriptor)", "opening twice is allowed")
    }
    #expect(stage.ioctl(4, .groupUnsetContainer) == "UNSET_CONTAINER=-1 EBUSY")
    #expect(stage.ioctl(5, .getInfo) == "GET_INFO(5)=0")
    stage.call(.close(Descriptor(5)))
    stage.call(.close(Descriptor(6)))
    #expect(stage.ioctl(4, .groupUnsetContainer) == "UNSET_CONTAINER=0")
    #expect(stage.ioctl(3, .mapDMA(page)) == "MAP_DMA=-1 EINVAL", "the last group took backend and mappings along")
  }

  @Test func `in 2021 the same calls answer otherwise`() {
    var stage = Stage(.explicit2021, Scene.seed(hba: nil))
    stage.call(.open(.container))
    stage.call(.open(.group(Scene.group)))
    #expect(stage.ioctl(4, .groupGetDeviceFD(hba)) == "GET_DEVICE_FD(02:02.0)=-1 EINVAL", "the container comes first")
    #expect(stage.ioctl(4, .groupSetContainer(Descriptor(4))) == "SET_CONTAINER=-1 EINVAL")
    stage.ioctl(4, .groupSetContainer(Descriptor(3)))
    stage.ioctl(3, .setIOMMU(.type1v2))
    #expect(stage.ioctl(4, .groupGetDeviceFD(hba)) == "GET_DEVICE_FD(02:02.0)=-1 ENODEV")
  }

  @Test func `a bridge with any driver was harmless in 2021 and blocks today`() {
    let devices = Scene.seed(hba: nil).devices.map { device in
      var device = device
      if device.header == .bridge { device.driver = "shpchp" }
      return device
    }
    let answers = [RuleSet.explicit2021, .explicitLinux, .implicitApril, .iommufd].map { set in
      var stage = Stage(set, World(devices: devices))
      return stage.wish(.own(nic, by: Scene.qemu)).last
    }
    #expect(answers == ["SET_CONTAINER=0", "SET_CONTAINER=-1 EPERM", "JOIN(4,3)=0", "BIND(4,3)=-1 EPERM"])
  }

  @Test func `a group without an IOMMU is root's, and does not mix`() {
    let devices = [
      Device(address: nic, group: GroupID(1), driver: "vfio-pci"),
      Device(address: hba, group: GroupID(2), driver: "vfio-pci"),
    ]
    let groups = [GroupFacts(id: GroupID(1), nodeOwner: 1000, isNoIOMMU: true), GroupFacts(id: GroupID(2))]
    var stage = Stage(.explicitLinux, World(devices: devices, groups: groups))
    let guest = User(process: 300, name: "guest", uid: 1000)
    #expect(stage.call(.open(.group(GroupID(1))), by: guest) == "open(/dev/vfio/1)=-1 EPERM")
    stage.wish(.own(hba, by: Scene.qemu))
    #expect(stage.wish(.own(nic, by: Scene.qemu)).last == "SET_CONTAINER=-1 EPERM")
    #expect(stage.last.reason?.rule == .mixesNoIOMMU)
  }

  @Test func `a PASID keeps owners out`() {
    for (set, line) in [(RuleSet.explicitLinux, "SET_CONTAINER=-1 EBUSY"), (.iommufd, "BIND(4,3)=-1 EBUSY")] {
      let world = World(
        devices: Scene.seed(hba: nil).devices, groups: [GroupFacts(id: Scene.group, hasPASID: true)])
      var stage = Stage(set, world)
      #expect(stage.wish(.own(nic, by: Scene.qemu)).last == line)
    }
  }

  // MARK: memory

  private func withContainer(_ type: IOMMUType, user: User = Scene.qemu) -> Stage {
    var world = Scene.seed(hba: nil)
    world.groups[0].nodeOwner = user.uid
    var stage = Stage(.explicitLinux, world)
    stage.wish(.own(nic, by: user))
    stage.ioctl(3, .setIOMMU(type), by: user)
    return stage
  }

  @Test func `mapping into a container`() {
    var stage = withContainer(.type1v2)
    stage.rules.knobs.mappings = 2
    let rows: [(Mapping, Errno?)] = [
      (page, nil), (page, .eexist), (Mapping(iova: 0, size: 0x10000), .eexist), (Mapping(iova: 0, size: 0), .einval),
      (Mapping(iova: 0x10, size: 0x1000), .einval), (Mapping(iova: 0, size: 0x10), .einval),
      (Mapping(iova: .max - 0xfff, size: 0x2000), .einval), (Mapping(iova: 0xfee0_0000, size: 0x1000), .einval),
      (Mapping(iova: 1 << 48, size: 0x1000), .einval),
      (Mapping(iova: 0, size: 0x1000, isReadable: false, isWritable: false), .einval),
      (Mapping(iova: nil, size: 0x1000), .einval), (Mapping(iova: 0x4000, size: 0x1000), nil),
      (Mapping(iova: 0x8000, size: 0x1000), .enospc),
    ]
    for (mapping, errno) in rows {
      stage.ioctl(3, .mapDMA(mapping))
      #expect(stage.last.errno == errno, "\(mapping)")
    }
  }

  @Test func `unmapping from a container, old backend and new`() {
    for (type, cut, head) in [(IOMMUType.type1v2, Errno?.some(.einval), UInt64?.none), (.type1, nil, 0x4000)] {
      var stage = withContainer(type)
      stage.ioctl(3, .mapDMA(Mapping(iova: 0x4000, size: 0x4000)))
      stage.ioctl(3, .unmapDMA(MemoryRange(0x10000, size: 0x1000)))
      #expect(stage.last.value == .unmapped(0), "nothing there is success")
      stage.ioctl(3, .unmapDMA(MemoryRange(0x5000, size: 0x1000)))
      #expect(stage.last.errno == cut)
      if cut == nil { #expect(stage.last.value == .unmapped(0)) }
      stage.ioctl(3, .unmapDMA(MemoryRange(0x4000, size: 0x1000)))
      #expect(stage.last.value == head.map { .unmapped($0) })
      if type == .type1v2 {
        stage.ioctl(3, .unmapDMA(MemoryRange(0, size: 0x10000)))
        #expect(stage.last.value == .unmapped(0x4000))
      }
    }
  }

  @Test func `locked memory is limited for everyone but root`() {
    let guest = User(process: 300, name: "guest", uid: 1000, memoryLimit: 0x2000)
    var stage = withContainer(.type1v2, user: guest)
    stage.ioctl(3, .mapDMA(Mapping(iova: 0, size: 0x2000)), by: guest)
    #expect(stage.last.errno == nil)
    stage.ioctl(3, .mapDMA(Mapping(iova: 0x8000, size: 0x1000)), by: guest)
    #expect(stage.last.errno == .enomem)
    stage.ioctl(3, .mapDMA(Mapping(iova: 0x1000, size: 0x1000)), by: guest)
    #expect(stage.last.errno == .eexist, "where it would go comes first, the limit last")
    let root = User(process: 300, name: "root", uid: 0, memoryLimit: 0x2000)
    var free = withContainer(.type1v2, user: root)
    free.ioctl(3, .mapDMA(Mapping(iova: 0, size: 0x10000)), by: root)
    #expect(free.last.errno == nil)
  }

  // MARK: the shape of arguments

  @Test func `misshapen arguments are refused before anything else`() {
    var stage = Stage(.iommufd, Scene.seed(hba: nil))
    stage.call(.open(.context))
    stage.call(.open(.device(nic)))
    let rows: [(Int, ArgumentShape, Errno)] = [
      (3, .unknownFlag, .eopnotsupp), (3, .laterTail, .e2big), (3, .tooSmall, .einval), (3, .badPointer, .efault),
    ]
    for (descriptor, shape, errno) in rows {
      stage.call(.ioctl(Descriptor(descriptor), .create, shape))
      #expect(stage.last.errno == errno)
      #expect(stage.last.reason?.rule == .malformedArgument)
    }
  }

  @Test func `a node that is not bound and a container without a backend refuse unread`() {
    var stage = Stage(.iommufd, Scene.seed(hba: nil))
    stage.call(.open(.context))
    stage.call(.open(.device(nic)))
    stage.call(.open(.container))
    for shape: ArgumentShape in [.proper, .unknownFlag, .laterTail, .tooSmall, .badPointer] {
      stage.call(.ioctl(Descriptor(4), .attach(1), shape))
      #expect(stage.last.errno == .einval && stage.last.reason?.rule == .notJoined)
      stage.call(.ioctl(Descriptor(5), .getIOMMUInfo, shape))
      #expect(stage.last.errno == .einval && stage.last.reason?.rule == .noAddressSpace)
    }
    stage.call(.ioctl(Descriptor(4), .join(Descriptor(3), Joining()), .badPointer))
    #expect(stage.last.errno == .efault)
  }

  @Test func `with iommufd in a container's place a group's node opens again while its device is open`() {
    func stage(_ container: Openable) -> Stage {
      var stage = Stage(.iommufd, Scene.seed(hba: nil))
      stage.call(.open(container))
      stage.call(.open(.group(GroupID(5))))
      stage.ioctl(4, .groupSetContainer(Descriptor(3)))
      stage.ioctl(3, .setIOMMU(.type1v2))
      stage.ioctl(4, .groupGetDeviceFD(nic))
      stage.call(.close(Descriptor(4)))
      stage.call(.open(.group(GroupID(5))))
      return stage
    }
    #expect(stage(.container).last.errno == .ebusy, "a container keeps it")
    var free = stage(.context)
    #expect(free.last.errno == nil)
    free.ioctl(4, .groupGetStatus)
    #expect(free.last.value == .status([]), "the device is still owned")
    free.call(.open(.container))
    free.ioctl(4, .groupSetContainer(Descriptor(6)))
    #expect(free.last.errno == .eperm)
  }

  @Test func `an IOAS takes any size until a device is attached, and then pages`() {
    var stage = Stage(.iommufd, Scene.seed(hba: nil))
    stage.call(.open(.context))
    stage.call(.open(.device(nic)))
    stage.ioctl(4, .join(Descriptor(3), Joining()))
    stage.ioctl(3, .create)
    stage.ioctl(3, .map(2, Mapping(iova: 0x800, size: 0x800)))
    #expect(stage.last.errno == nil)
    stage.ioctl(4, .attach(2))
    #expect(stage.last.errno == .eaddrinuse)
    stage.ioctl(3, .unmap(2, MemoryRange(0x800, size: 0x800)))
    stage.ioctl(4, .attach(2))
    #expect(stage.last.errno == nil)
    stage.ioctl(3, .map(2, Mapping(iova: 0x800, size: 0x800)))
    #expect(stage.last.errno == .einval)
    stage.ioctl(3, .map(7, Mapping(iova: 0, size: 0x1000, isReadable: false, isWritable: false)))
    #expect(stage.last.errno == .einval, "the flags are looked at first")
  }
}
