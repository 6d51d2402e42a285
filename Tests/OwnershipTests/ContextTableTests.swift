import Ownership
import Testing
import Topology

/// Device nodes and contexts, row by row: Linux, and where the proposals differ.
@Suite struct ContextTableTests {
  private let nic = Scene.nic
  private let hba = Scene.hba

  /// Descriptor 3 is the context, 4 the NIC, 5 the HBA; both are bound for users.
  private func opened(_ set: RuleSet, _ knobs: Knobs = Knobs()) -> Stage {
    var stage = Stage(set, Scene.seed(hba: "vfio-pci"), knobs: knobs)
    stage.call(.open(.context))
    stage.call(.open(.device(nic)))
    stage.call(.open(.device(hba)))
    return stage
  }

  private func join(_ context: Int, cookie: UInt64? = nil) -> Ioctl {
    .join(Descriptor(context), Joining(cookie: cookie))
  }

  @Test func `before BIND a device's descriptor is good for nothing`() {
    var stage = opened(.iommufd)
    for ioctl in [Ioctl.getInfo, .attach(1), .detach, .unknown(3)] {
      stage.ioctl(4, ioctl)
      #expect(stage.last.errno == .einval)
    }
    for touch in [Touch.read, .write, .mmap] {
      stage.call(.touch(Descriptor(4), touch))
      #expect(stage.last.errno == .einval)
    }
    stage.ioctl(4, join(3))
    stage.call(.touch(Descriptor(4), .mmap))
    #expect(stage.last.errno == nil)
  }

  @Test func `BIND's refusals`() {
    var stage = opened(.iommufd)
    #expect(stage.ioctl(4, join(-1)) == "BIND(4,-1)=-1 EINVAL")
    #expect(stage.ioctl(4, join(99)) == "BIND(4,99)=-1 EBADF")
    #expect(stage.ioctl(4, join(5)) == "BIND(4,5)=-1 EBADFD")
    #expect(stage.ioctl(4, join(3)) == "BIND(4,3)=0 devid=1")
    #expect(stage.ioctl(4, join(3)) == "BIND(4,3)=-1 EINVAL")
    stage.call(.open(.device(nic)))
    #expect(stage.ioctl(6, join(3)) == "BIND(6,3)=-1 EINVAL", "open elsewhere")
    #expect(stage.last.reason?.rule == .deviceOpenedElsewhere)
    #expect(stage.ioctl(3, .free(1)) == "DESTROY(1)=-1 EBUSY", "a bound device's number")
    var incoherent = Scene.seed(hba: nil).devices
    for place in incoherent.indices { incoherent[place].isCoherent = false }
    var other = Stage(.iommufd, World(devices: incoherent))
    #expect(other.wish(.own(nic, by: Scene.qemu)).last == "BIND(4,3)=-1 EINVAL")
    var loose = Stage(.iommufd, World(devices: [Device(address: nic, group: nil, driver: "vfio-pci")]))
    #expect(loose.wish(.own(nic, by: Scene.qemu)).last == "BIND(4,3)=-1 ENODEV")
  }

  @Test func `the two kinds of EPERM are told apart by their reasons`() {
    var unsafe = Scene.seed(hba: nil).devices
    for place in unsafe.indices { unsafe[place].interruptsAreIsolated = false }
    var stage = Stage(.iommufd, World(devices: unsafe))
    #expect(stage.wish(.own(nic, by: Scene.qemu)).last == "BIND(4,3)=-1 EPERM")
    #expect(stage.last.reason?.rule == .interruptsNotIsolated)
    stage.rules.knobs.allowsUnsafeInterrupts = true
    #expect(stage.wish(.own(nic, by: Scene.qemu)).last == "BIND(4,3)=0 devid=1")
    var blocked = Stage(.iommufd, Scene.seed())
    blocked.wish(.own(nic, by: Scene.qemu))
    #expect(blocked.last.reason?.rule == .hostDriver)
    #expect(blocked.last.reason?.culprits == [Culprit(hba, driver: "sym53c8xx")])
  }

  @Test func `ATTACH, DETACH and DESTROY`() {
    var stage = opened(.iommufd)
    stage.ioctl(4, join(3))
    stage.ioctl(5, join(3))
    stage.ioctl(3, .create)
    stage.ioctl(3, .create)
    #expect(stage.ioctl(4, .attach(9)) == "ATTACH(4,9)=-1 ENOENT")
    #expect(stage.ioctl(4, .attach(1)) == "ATTACH(4,1)=-1 EINVAL", "a device's number")
    #expect(stage.ioctl(4, .attach(3)) == "ATTACH(4,3)=0 (pt_id=5 HWPT)")
    #expect(stage.ioctl(5, .attach(4)) == "ATTACH(5,4)=-1 EINVAL")
    #expect(stage.ioctl(5, .attach(3)) == "ATTACH(5,3)=0 (pt_id=5 HWPT)")
    #expect(stage.ioctl(4, .attach(4)) == "ATTACH(4,4)=0 (pt_id=6 HWPT)", "a replacement, of the whole group")
    #expect(stage.hold.domain == .space(stage.world.ledger.deviceFiles.first?.file.context ?? -1, 4))
    #expect(stage.ioctl(3, .free(3)) == "DESTROY(3)=0", "nobody is attached there any more")
    #expect(stage.ioctl(4, .detach) == "DETACH(4)=0")
    #expect(stage.hold.domain.isUsers, "the group stays until its last member leaves")
    #expect(stage.ioctl(4, .detach) == "DETACH(4)=0", "no matter how often")
    stage.ioctl(5, .detach)
    #expect(stage.hold.domain == .blocked)
    #expect(stage.ioctl(3, .free(4)) == "DESTROY(4)=0", "its automatic table went with its last device")
    #expect(stage.ioctl(3, .free(4)) == "DESTROY(4)=-1 ENOENT")
  }

  @Test func `objects are numbered as a running kernel numbered them`() {
    // Linux 6.12 in QEMU, three functions behind one bridge: two IOAS, then 3, 5 and 6 for the devices, the
    // automatic table having taken 4.
    let devices = Scene.seed(hba: "vfio-pci").devices + [Scene.thirdCard]
    var stage = Stage(.iommufd, World(devices: devices))
    stage.wish(.give(Scene.third, to: "vfio-pci"))
    for node in [Openable.context, .device(nic), .device(hba), .device(Scene.third)] { stage.call(.open(node)) }
    stage.ioctl(3, .create)
    stage.ioctl(3, .create)
    var lines: [String] = []
    for descriptor in 4...6 { lines += [stage.ioctl(descriptor, join(3)), stage.ioctl(descriptor, .attach(1))] }
    #expect(
      lines == [
        "BIND(4,3)=0 devid=3", "ATTACH(4,1)=0 (pt_id=4 HWPT)", "BIND(5,3)=0 devid=5", "ATTACH(5,1)=0 (pt_id=4 HWPT)",
        "BIND(6,3)=0 devid=6", "ATTACH(6,1)=0 (pt_id=4 HWPT)",
      ])
  }

  @Test func `a table of one's own`() {
    var stage = opened(.iommufd)
    stage.ioctl(4, join(3))
    stage.ioctl(3, .create)
    #expect(stage.ioctl(3, .allocateTable(device: 9, over: 2)) == "HWPT_ALLOC(9,2)=-1 ENOENT")
    #expect(stage.ioctl(3, .allocateTable(device: 1, over: 9)) == "HWPT_ALLOC(1,9)=-1 EINVAL")
    #expect(stage.ioctl(3, .allocateTable(device: 1, over: 2)) == "HWPT_ALLOC(1,2)=3")
    #expect(stage.ioctl(3, .allocateTable(device: 1, over: 3)) == "HWPT_ALLOC(1,3)=-1 EOPNOTSUPP", "on a table")
    #expect(stage.ioctl(4, .attach(3)) == "ATTACH(4,3)=0 (pt_id=3 HWPT)")
    stage.ioctl(4, .detach)
    #expect(stage.ioctl(3, .free(2)) == "DESTROY(2)=-1 EBUSY", "the table stands on it")
    #expect(stage.ioctl(3, .free(3)) == "DESTROY(3)=0")
  }

  @Test func `mapping into an IOAS`() {
    var stage = opened(.iommufd)
    stage.ioctl(4, join(3))
    stage.ioctl(3, .create)
    let rows: [(Ioctl, Errno?)] = [
      (.map(9, Scene.memory), .enoent), (.map(1, Scene.memory), .enoent), (.map(2, Scene.memory), nil),
      (.map(2, Scene.memory), .eexist), (.map(2, Mapping(iova: .max - 0xfff, size: 0x2000)), .eoverflow),
      (.map(2, Mapping(iova: 0, size: 0x1000, isReadable: false, isWritable: false)), .einval),
      (.unmap(2, MemoryRange(0, size: 0x1000)), .enoent), (.unmap(2, MemoryRange(0x10_0000, size: 0x1000)), .enoent),
      (.copy(from: 2, to: 2, MemoryRange(0x50_0000, size: 0x1000)), .enoent), (.info(9), .enoent),
      (.unknown(9), .enotty),
      (.map(2, Mapping(iova: 0xfee0_0000, size: 0x1000)), nil),
    ]
    for (ioctl, errno) in rows {
      stage.ioctl(3, ioctl)
      #expect(stage.last.errno == errno, "\(ioctl)")
    }
    #expect(stage.ioctl(4, .attach(2)) == "ATTACH(4,2)=-1 EADDRINUSE", "a mapping lies where interrupts go")
    stage.ioctl(3, .unmap(2, MemoryRange(0xfee0_0000, size: 0x1000)))
    #expect(stage.ioctl(4, .attach(2)) == "ATTACH(4,2)=0 (pt_id=3 HWPT)")
    stage.ioctl(3, .map(2, Mapping(iova: 0xfee0_0000, size: 0x1000)))
    #expect(stage.last.errno == .einval)
    #expect(stage.ioctl(3, .info(2)) == "IOVA_RANGES(2)=2", "below and above the window for interrupts")
    stage.ioctl(3, .allowIOVAs(2, [MemoryRange(0xfee0_0000, size: 0x1000)]))
    #expect(stage.last.errno == .eaddrinuse)
    stage.ioctl(3, .allowIOVAs(2, [MemoryRange(0x20_0000, size: 0x1000)]))
    stage.ioctl(3, .map(2, Mapping(iova: nil, size: 0x1000)))
    #expect(stage.last.value == .iova(0x20_0000))
    stage.ioctl(3, .map(2, Mapping(iova: nil, size: 0x1000)))
    #expect(stage.last.errno == .enospc)
    stage.ioctl(3, .unmap(2, MemoryRange(0, size: .max)))
    #expect(stage.last.value == .unmapped(0x10_1000), "everything")
  }

  @Test func `a context in a container's place claims at GET_DEVICE_FD`() {
    var stage = Stage(.iommufd, Scene.seed())
    stage.call(.open(.context))
    #expect(stage.ioctl(3, .compatibility(.get)) == "VFIO_IOAS=-1 ENODEV")
    #expect(stage.ioctl(3, .setIOMMU(.type1v2)) == "SET_IOMMU=-1 ENODEV")
    #expect(stage.ioctl(3, .setIOMMU(.other(8))) == "SET_IOMMU=-1 EINVAL")
    stage.call(.open(.group(Scene.group)))
    #expect(stage.ioctl(4, .groupSetContainer(Descriptor(3))) == "SET_CONTAINER=0", "whatever the neighbours do")
    #expect(stage.ioctl(4, .groupGetStatus) == "GET_STATUS={VIABLE,CONTAINER_SET}")
    #expect(stage.ioctl(4, .groupGetDeviceFD(nic)) == "GET_DEVICE_FD(02:01.0)=-1 EPERM")
    stage.wish(.release(hba))
    #expect(stage.ioctl(4, .groupGetDeviceFD(nic)) == "GET_DEVICE_FD(02:01.0)=5")
    #expect(stage.ioctl(4, .groupGetDeviceFD(nic)) == "GET_DEVICE_FD(02:01.0)=6")
    #expect(stage.ioctl(5, .attach(1)) == "ATTACH(5,1)=-1 ENOTTY")
    #expect(stage.ioctl(5, join(3)) == "BIND(5,3)=-1 EINVAL")
    #expect(stage.ioctl(4, .groupUnsetContainer) == "UNSET_CONTAINER=0", "even with a device open")
    #expect(stage.hold.domain.isUsers)
    stage.on(.exit(Scene.qemu))
    #expect(stage.hold == Stage(.iommufd, Scene.seed(hba: nil)).hold)
  }

  @Test func `what the sketch leaves to choice follows its knobs`() {
    var knobs = Knobs()
    knobs.errnos.joinedElsewhere = .eperm
    knobs.errnos.beforeJoin = .eacces
    knobs.extack = false
    knobs.allDevicesViable = false
    var stage = opened(.implicitApril, knobs)
    #expect(stage.ioctl(4, .getInfo) == "GET_INFO(4)=-1 EACCES")
    stage.ioctl(4, join(3))
    stage.call(.open(.context))
    #expect(stage.ioctl(5, join(6)) == "JOIN(5,6)=-1 EPERM")
    #expect(stage.last.reason?.culprits == [Culprit(nic, owner: Scene.qemu)], "the reason is known, told or not")
    #expect(stage.ioctl(3, .allDevicesViable) == "IOASID_ALL_DEVICES_VIABLE=-1 ENOTTY")
  }

  @Test func `IOASID_ALL_DEVICES_VIABLE sees what is missing`() {
    var stage = opened(.implicitApril)
    stage.ioctl(4, join(3))
    #expect(stage.ioctl(3, .allDevicesViable) == "IOASID_ALL_DEVICES_VIABLE=0")
    stage.ioctl(5, join(3))
    #expect(stage.ioctl(3, .allDevicesViable) == "IOASID_ALL_DEVICES_VIABLE=1")
  }

  @Test func `April's calls out of order`() {
    var stage = opened(.implicitApril)
    #expect(stage.ioctl(4, .attach(1)) == "ATTACH(4,1)=-1 EINVAL")
    #expect(stage.ioctl(4, join(99)) == "JOIN(4,99)=-1 EBADF")
    #expect(stage.ioctl(4, join(5)) == "JOIN(4,5)=-1 EINVAL")
    stage.ioctl(4, join(3))
    stage.ioctl(5, join(3))
    #expect(stage.ioctl(4, join(3)) == "JOIN(4,3)=-1 EINVAL")
    #expect(stage.ioctl(4, .attach(1)) == "ATTACH(4,1)=-1 ENOENT")
    stage.ioctl(3, .create)
    #expect(stage.ioctl(3, .setPageTables(1)) == "SET_IOASID_PAGE_TABLES(1)=0")
    #expect(stage.ioctl(4, .attach(1)) == "ATTACH(4,1)=0")
    #expect(stage.ioctl(4, .attach(1)) == "ATTACH(4,1)=-1 EINVAL")
    #expect(stage.ioctl(4, .unjoin) == "UNJOIN(4)=-1 EBUSY")
    #expect(stage.ioctl(3, .free(1)) == "FREE(1)=-1 EBUSY")
    #expect(stage.ioctl(4, .unknown(1)) == "ioctl 1=-1 ENOTTY")
    stage.call(.close(Descriptor(3)))
    #expect(stage.hold.domain.isUsers, "the context survives its descriptor")
    stage.ioctl(4, .detach)
    #expect(stage.hold.domain == .blocked, "blocked, never the host's")
    #expect(stage.ioctl(4, .unjoin) == "UNJOIN(4)=0")
    stage.call(.close(Descriptor(5)))
    #expect(stage.hold.domain == .host)
  }

  @Test func `a sibling that was closed stays parked, for the same owner alone`() {
    for set in [RuleSet.implicitApril, .implicitRFC2, .iommufd] {
      var stage = opened(set)
      stage.ioctl(4, join(3))
      stage.ioctl(5, join(3))
      stage.wish(.attach(nic, by: Scene.qemu))
      stage.call(.close(Descriptor(5)))
      #expect(stage.hold.domain.isUsers)
      stage.wish(.own(hba, by: Scene.second))
      #expect(stage.last.reason?.rule == .otherOwner, "\(set)")
      stage.wish(.own(hba, by: Scene.qemu))
      #expect(stage.last.errno == nil, "\(set)")
    }
  }

  @Test func `the July RFC's numbers`() {
    var stage = opened(.implicitRFC2)
    stage.call(.touch(Descriptor(4), .mmap))
    #expect(stage.last.errno == .eacces)
    #expect(stage.ioctl(4, join(5)) == "BIND(4,5)=-1 EINVAL")
    #expect(stage.ioctl(4, join(3, cookie: 7)) == "BIND(4,3,cookie 7)=0")
    #expect(stage.ioctl(4, join(3)) == "BIND(4,3)=-1 EBUSY")
    #expect(stage.ioctl(5, join(3, cookie: 7)) == "BIND(5,3,cookie 7)=-1 EBUSY")
    stage.call(.open(.context))
    #expect(stage.ioctl(5, join(6)) == "BIND(5,6)=-1 EBUSY")
    #expect(stage.ioctl(4, .attach(1)) == "ATTACH(4,1)=-1 EINVAL")
    stage.ioctl(3, .create)
    #expect(stage.ioctl(4, .attach(1)) == "ATTACH(4,1)=0")
    #expect(stage.ioctl(4, .attach(1)) == "ATTACH(4,1)=-1 EINVAL")
    #expect(stage.ioctl(4, .unjoin) == "UNBIND(4)=-1 ENOTTY")
    var blocked = Stage(.implicitRFC2, Scene.seed())
    #expect(blocked.wish(.own(nic, by: Scene.qemu)).last == "BIND(4,3)=-1 EINVAL")
    var knobs = Knobs()
    knobs.onlySingletons = true
    var staged = Stage(.implicitRFC2, Scene.seed(hba: nil), knobs: knobs)
    #expect(staged.wish(.own(nic, by: Scene.qemu)).last == "open(/dev/vfio/devices/dev0)=-1 ENOENT")
  }

  @Test func `the May RFC's commands wait for the whole group`() {
    var stage = opened(.implicitRFC1)
    #expect(stage.ioctl(3, .create) == "IOASID_ALLOC=1")
    #expect(stage.ioctl(3, .info(1)) == "GET_INFO(1)=-1 EINVAL", "no device is attached")
    stage.ioctl(4, join(3))
    #expect(stage.ioctl(4, .attach(1)) == "ATTACH(4,1)=0", "alone, and no complaint")
    for ioctl in [Ioctl.info(1), .map(1, Scene.memory), .unmap(1, MemoryRange(0, size: 0x1000)), .createNesting(1)] {
      stage.ioctl(3, ioctl)
      #expect(stage.last.errno == .edeadlk)
      #expect(stage.last.reason?.culprits == [Culprit(hba, driver: "vfio-pci")])
    }
    #expect(stage.hold.domain == .host)
    stage.ioctl(5, join(3))
    stage.ioctl(5, .attach(1))
    #expect(stage.hold.domain.isUsers)
    #expect(stage.ioctl(3, .createNesting(1)) == "CREATE_NESTING(1)=2")
    #expect(stage.ioctl(3, .invalidateCache(2)) == "INVALIDATE_CACHE(2)=-1 EINVAL")
    #expect(stage.ioctl(3, .bindPageTable(2)) == "BIND_PGTABLE(2)=0")
    #expect(stage.ioctl(3, .invalidateCache(2)) == "INVALIDATE_CACHE(2)=0")
    #expect(stage.ioctl(3, .free(1)) == "FREE(1)=-1 EBUSY")
    stage.ioctl(3, .registerMemory(MemoryRange(0, size: 0x1000)))
    #expect(stage.last.errno == nil)
    stage.ioctl(3, .unregisterMemory(MemoryRange(0x1000, size: 0x1000)))
    #expect(stage.last.errno == .enoent)
    stage.call(.open(.virtualMachine))
    #expect(stage.ioctl(6, .mapPASID(guest: 1, host: 9)) == "KVM_MAP_PASID=0")
    #expect(stage.ioctl(6, .unmapPASID(guest: 2)) == "KVM_UNMAP_PASID=-1 ENOENT")
  }
}
