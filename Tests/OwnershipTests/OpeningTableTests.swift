import Ownership
import Testing
import Topology

/// What devices ask beside their group: tokens, locks, free descriptors; and what holds or resets them from outside.
@Suite struct OpeningTableTests {
  private let nic = Scene.nic
  private let hba = Scene.hba
  private let physical = Scene.fn0
  private let virtual = Scene.fn1
  private let user = Scene.qemu

  // MARK: tokens

  /// A physical function and a virtual one, each alone in its group.
  private func sharing(_ driver: DriverName?) -> World {
    World(devices: [
      Device(address: physical, group: GroupID(9), driver: driver, hostDrivers: ["igb"]),
      Device(address: virtual, group: GroupID(10), driver: "vfio-pci", physicalFunction: physical),
    ])
  }

  private func get(_ stage: inout Stage, _ device: Address, _ token: String?, by user: User = Scene.qemu) -> String {
    stage.wish(.attach(device, by: user, Attaching(token: token))).last ?? "nothing"
  }

  @Test(arguments: [RuleSet.explicitLinux, .explicit2021])
  func `a virtual function takes no token while the host drives its physical one`(set: RuleSet) {
    var stage = Stage(set, sharing("igb"))
    #expect(get(&stage, virtual, "a") == "GET_DEVICE_FD(03:00.1 vf_token=a)=-1 EINVAL")
    #expect(stage.last.reason?.rule == .tokenSenseless)
    #expect(get(&stage, virtual, nil) == "GET_DEVICE_FD(03:00.1)=5")
  }

  @Test(arguments: [RuleSet.explicitLinux, .explicit2021])
  func `users of one card know each other by the token that the physical function's user set`(set: RuleSet) {
    var stage = Stage(set, sharing("vfio-pci"))
    #expect(get(&stage, virtual, nil) == "GET_DEVICE_FD(03:00.1)=-1 EACCES")
    #expect(stage.last.reason?.rule == .tokenMissing)
    #expect(get(&stage, virtual, "a") == "GET_DEVICE_FD(03:00.1 vf_token=a)=-1 EACCES", "drawn by lot, known to nobody")
    #expect(get(&stage, physical, "a", by: Scene.second) == "GET_DEVICE_FD(03:00.0 vf_token=a)=5")
    #expect(stage.last.consequences.contains(.tokenSet(physical, "a")))
    #expect(get(&stage, virtual, "b") == "GET_DEVICE_FD(03:00.1 vf_token=b)=-1 EACCES")
    #expect(stage.last.reason?.rule == .tokenWrong)
    #expect(get(&stage, virtual, "a") == "GET_DEVICE_FD(03:00.1 vf_token=a)=5")
    // Once a virtual function is in use, its physical one is no longer anybody's.
    stage.call(.close(Descriptor(5)), by: Scene.second)
    #expect(get(&stage, physical, "b", by: Scene.second) == "GET_DEVICE_FD(03:00.0 vf_token=b)=-1 EACCES")
    #expect(get(&stage, physical, nil, by: Scene.second) == "GET_DEVICE_FD(03:00.0)=-1 EACCES")
    #expect(get(&stage, physical, "a", by: Scene.second) == "GET_DEVICE_FD(03:00.0 vf_token=a)=5")
  }

  @Test func `a token is for functions that share a card, and goes with the driver`() {
    var alone = Stage(.explicitLinux, Scene.seed(hba: nil))
    #expect(get(&alone, nic, "a") == "GET_DEVICE_FD(02:01.0 vf_token=a)=-1 EINVAL")
    var stage = Stage(.explicitLinux, sharing("vfio-pci"))
    _ = get(&stage, physical, "a")
    stage.on(.exit(user))
    #expect(stage.world[physical]?.token == "a")
    stage.wish(.release(physical))
    stage.wish(.give(physical, to: "vfio-pci"))
    #expect(get(&stage, virtual, "a") == "GET_DEVICE_FD(03:00.1 vf_token=a)=-1 EACCES")
  }

  // MARK: locks and descriptors

  private func locked(_ set: RuleSet) -> Stage {
    var devices = Scene.seed(hba: nil).devices
    for place in devices.indices where devices[place].address == nic { devices[place].isLocked = true }
    return Stage(set, World(devices: devices))
  }

  @Test func `whoever opens a device first does not wait for its lock`() {
    let lines = [RuleSet.explicitLinux, .explicit2021, .iommufd].map { set in
      var stage = locked(set)
      let start = stage.world
      let line = stage.wish(.attach(nic, by: user)).last
      #expect(stage.last.reason?.rule == .deviceLocked)
      stage.on(.exit(user))
      #expect(stage.world == start)
      return line
    }
    #expect(lines == ["GET_DEVICE_FD(02:01.0)=-1 EAGAIN", "GET_DEVICE_FD(02:01.0)=-1 EAGAIN", "BIND(4,3)=-1 EAGAIN"])
  }

  @Test func `a process without free descriptors opens nothing, before anything else is looked at`() {
    let poor = User(process: 400, name: "poor", uid: 0, descriptorLimit: 5)
    var stage = Stage(.explicitLinux, Scene.seed(hba: nil))
    #expect(stage.wish(.attach(nic, by: poor)).last == "GET_DEVICE_FD(02:01.0)=-1 EMFILE")
    #expect(stage.call(.open(.group(GroupID(77))), by: poor) == "open(/dev/vfio/77)=-1 EMFILE")
    #expect(stage.ioctl(4, .groupGetDeviceFD(hba), by: poor) == "GET_DEVICE_FD(02:02.0)=-1 ENODEV", "the name first")
    stage.call(.close(Descriptor(3)), by: poor)
    #expect(stage.ioctl(4, .groupGetDeviceFD(nic), by: poor) == "GET_DEVICE_FD(02:01.0)=3")
  }

  // MARK: hot reset

  @Test func `a bus is reset as a whole: every function on a vfio driver, every group shown`() {
    for set in [RuleSet.explicitLinux, .explicit2021] {
      var stage = Stage(set, Scene.seed(hba: nil))
      stage.wish(.attach(nic, by: user))
      #expect(stage.wish(.reset(nic, by: user)) == ["PCI_HOT_RESET(5,4)=-1 EINVAL"])
      #expect(stage.last.reason?.rule == .resetNotDriven && stage.last.reason?.culprits.first?.member == hba)
      stage.wish(.give(hba, to: "vfio-pci"))
      #expect(stage.ioctl(5, .hotReset([])) == "PCI_HOT_RESET(5)=-1 EINVAL")
      #expect(stage.ioctl(5, .hotReset([Descriptor(3)])) == "PCI_HOT_RESET(5,3)=-1 EINVAL", "no group's")
      #expect(stage.ioctl(5, .hotReset([Descriptor(9)])) == "PCI_HOT_RESET(5,9)=-1 EBADF")
      #expect(stage.wish(.reset(nic, by: user)) == ["PCI_HOT_RESET(5,4)=0"])
      #expect(stage.last.consequences == [.reset([nic, hba])])
    }
  }

  /// Two functions of one card that are isolated from each other: two groups, one bus.
  private func isolated() -> World {
    World(
      devices: [(physical, 9), (virtual, 10)].map { address, group in
        Device(address: address, group: GroupID(group), driver: "vfio-pci", bridge: Scene.bridge)
      })
  }

  @Test func `groups that share a bus are all to be shown, and under iommufd to be the context's own`() {
    var group = Stage(.explicitLinux, isolated())
    group.wish(.attach(physical, by: user))
    #expect(group.wish(.reset(physical, by: user)).last == "PCI_HOT_RESET(5,4)=-1 EINVAL")
    #expect(group.last.reason?.rule == .resetNotOwned && group.last.reason?.culprits.first?.member == virtual)
    group.call(.open(.group(GroupID(10))))
    #expect(group.wish(.reset(physical, by: user)).last == "PCI_HOT_RESET(5,4,6)=0")

    var cdev = Stage(.iommufd, isolated())
    cdev.wish(.attach(physical, by: user))
    #expect(cdev.wish(.reset(physical, by: user)).last == "PCI_HOT_RESET(4)=-1 EINVAL")
    cdev.wish(.own(virtual, by: Scene.second))
    #expect(cdev.wish(.reset(physical, by: user)).last == "PCI_HOT_RESET(4)=-1 EINVAL", "somebody else's")
    cdev.on(.exit(Scene.second))
    cdev.wish(.own(virtual, by: user))
    #expect(cdev.ioctl(4, .hotReset([Descriptor(3)])) == "PCI_HOT_RESET(4,3)=-1 EINVAL", "no list")
    #expect(cdev.wish(.reset(physical, by: user)).last == "PCI_HOT_RESET(4)=0")
  }

  @Test func `a bus with virtual functions is nobody's to reset`() {
    let card = [(physical, 9, nil), (virtual, 10, physical)].map { address, group, parent in
      Device(
        address: address, group: GroupID(group), driver: "vfio-pci", bridge: Scene.bridge, physicalFunction: parent)
    }
    var stage = Stage(.explicitLinux, World(devices: card))
    stage.wish(.attach(physical, by: user))
    #expect(stage.wish(.reset(physical, by: user)).last?.hasSuffix("-1 EINVAL") == true)
    #expect(stage.last.reason?.rule == .notResettable && stage.last.reason?.culprits.first?.member == virtual)
  }

  @Test func `a sibling that is bound and not opened is reset along, and a root bus has no reset`() {
    var stage = Stage(.iommufd, Scene.seed(hba: "vfio-pci"))
    stage.wish(.attach(nic, by: user))
    #expect(stage.wish(.reset(nic, by: user)).last == "PCI_HOT_RESET(4)=0")
    var root = Stage(.iommufd, Scene.dual(fn0: "vfio-pci", fn1: "vfio-pci"))
    root.wish(.attach(physical, by: user))
    #expect(root.wish(.reset(physical, by: user)).last == "PCI_HOT_RESET(4)=-1 ENODEV")
  }

  // MARK: KVM

  @Test func `in 2021 KVM is a user of the container: UNSET waits for it`() {
    var stage = Stage(.explicit2021, Scene.seed(hba: nil))
    stage.call(.open(.container))
    stage.call(.open(.group(Scene.group)))
    stage.call(.open(.virtualMachine))
    #expect(stage.ioctl(5, .addFile(Descriptor(4))) == "KVM_DEV_VFIO_GROUP_ADD(5,4)=-1 EINVAL", "no container yet")
    stage.ioctl(4, .groupSetContainer(Descriptor(3)))
    #expect(stage.ioctl(5, .addFile(Descriptor(4))) == "KVM_DEV_VFIO_GROUP_ADD(5,4)=-1 EINVAL", "no backend yet")
    stage.ioctl(3, .setIOMMU(.type1v2))
    #expect(stage.ioctl(5, .addFile(Descriptor(3))) == "KVM_DEV_VFIO_GROUP_ADD(5,3)=-1 EINVAL", "no group's")
    #expect(stage.ioctl(5, .addFile(Descriptor(4))) == "KVM_DEV_VFIO_GROUP_ADD(5,4)=0")
    #expect(stage.ioctl(5, .addFile(Descriptor(4))) == "KVM_DEV_VFIO_GROUP_ADD(5,4)=-1 EEXIST")
    #expect(stage.ioctl(4, .groupUnsetContainer) == "UNSET_CONTAINER=-1 EBUSY")
    #expect(stage.ioctl(5, .removeFile(Descriptor(4))) == "KVM_DEV_VFIO_GROUP_DEL(5,4)=0")
    #expect(stage.ioctl(5, .removeFile(Descriptor(4))) == "KVM_DEV_VFIO_GROUP_DEL(5,4)=-1 ENOENT")
    #expect(stage.ioctl(4, .groupUnsetContainer) == "UNSET_CONTAINER=0")
  }

  @Test(arguments: [RuleSet.explicitLinux, .explicit2021, .iommufd])
  func `a machine holds the group that KVM knows until it ends itself`(set: RuleSet) {
    var stage = Stage(set, Scene.seed(hba: nil))
    stage.call(.open(.container))
    stage.call(.open(.group(Scene.group)))
    stage.ioctl(4, .groupSetContainer(Descriptor(3)))
    stage.ioctl(3, .setIOMMU(.type1v2))
    stage.call(.open(.virtualMachine))
    stage.ioctl(5, .addFile(Descriptor(4)))
    if set != .explicit2021 { #expect(stage.last.errno == nil) }
    stage.call(.close(Descriptor(4)))
    stage.call(.close(Descriptor(3)))
    #expect(stage.hold.isOwned && stage.hold.users == [user])
    #expect(stage.call(.open(.group(Scene.group)), by: Scene.second) == "open(/dev/vfio/5)=-1 EBUSY")
    stage.call(.close(Descriptor(5)))
    #expect(stage.world.ledger == Ledger() && stage.hold.domain == .host)
  }
}
