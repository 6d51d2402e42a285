import Ownership
import Testing
import Topology

/// Worlds taken from inventories, the tables inside them, and names.
@Suite struct WorldTests {
  private func inventory() -> Inventory {
    func function(_ address: Address, _ parent: Parent, _ classCode: UInt32, _ driver: Known<DriverName>) -> Function {
      Function(
        address: address, parent: parent,
        identity: .value(Identity(vendor: 0x8086, device: 1, classCode: ClassCode(classCode))), driver: driver,
        group: .value(Scene.group))
    }
    var bridge = function(Scene.bridge, .root("pci0000:01"), 0x060400, .absent)
    bridge.details = Details(path: "bridge")
    bridge.details?.port = .value(.express(7))
    var nic = function(Scene.nic, .function(Scene.bridge), 0x020000, .value("vfio-pci"))
    nic.details = Details(path: "nic")
    nic.details?.vfioDevice = .value("vfio3")
    nic.details?.deviceNode = .value(Node(path: "/dev/vfio/devices/vfio3", owner: 1000, group: 0, mode: 0o600))
    var hba = function(Scene.hba, .function(Scene.bridge), 0x010000, .value("sym53c8xx"))
    hba.details = Details(path: "hba")
    hba.details?.disks = .value(["sda"])
    let unreadable = function(Scene.third, .function(Scene.bridge), 0x020000, .unknown(.deviceBusy))
    return Inventory(
      functions: [bridge, nic, hba, unreadable],
      groups: [Group(id: Scene.group, members: [Scene.bridge, Scene.nic, Scene.hba, Scene.third])])
  }

  @Test func `an inventory becomes a world, with requesters, nodes and what devices carry`() {
    let world = World(inventory())
    #expect(world[Scene.bridge]?.header == .bridge)
    #expect(world[Scene.nic]?.requester == Scene.bridge)
    #expect(world[Scene.nic]?.nodeNumber == 3)
    #expect(world[Scene.nic]?.nodeOwner == 1000)
    #expect(world[Scene.hba]?.carries == ["sda"])
    var stage = Stage(.explicitLinux, world)
    stage.wish(.own(Scene.nic, by: Scene.qemu))
    #expect(
      stage.last.reason?.culprits.map(\.member) == [Scene.hba, Scene.third], "a driver that cannot be read blocks too")
  }

  @Test func `bridges of an image that hang below each other are walked once`() throws {
    var (bridge, nic) = (try #require(inventory()[Scene.bridge]), try #require(inventory()[Scene.nic]))
    var other = bridge
    other.address = Scene.hba
    (bridge.parent, other.parent, nic.parent) = (
      .function(Scene.hba), .function(Scene.bridge), .function(Scene.bridge)
    )
    var world = World(Inventory(functions: [bridge, other, nic], groups: []))
    #expect(world[Scene.nic]?.requester == Scene.hba)
    bridge.parent = .function(Scene.bridge)
    world = World(Inventory(functions: [bridge, nic], groups: []))
    #expect(world[Scene.nic]?.requester == Scene.bridge && world[Scene.bridge]?.requester == Scene.bridge)
  }

  @Test func `members that are no PCI functions block as others do`() {
    var inventory = inventory()
    var group = Group(id: Scene.group, members: [Scene.nic])
    group.others = [
      OtherMember(name: "fee00000.dma", driver: .value("pl330")), OtherMember(name: "x", driver: .absent),
    ]
    let nic = inventory[Scene.nic].map { [$0] } ?? []
    inventory = Inventory(functions: nic, groups: [group])
    for set in RuleSet.allCases where set != .implicitRFC1 && set != .explicit2021 {
      var stage = Stage(set, World(inventory))
      stage.wish(.own(Scene.nic, by: Scene.qemu))
      #expect(stage.last.reason?.culprits == [Culprit(nil, driver: "pl330")], "\(set)")
    }
  }

  @Test func `a variant driver with a vfio device is one of VFIO's until it leaves`() throws {
    var nic = try #require(inventory()[Scene.nic])
    nic.driver = .value("acme_vfio")
    let inventory = Inventory(functions: [nic], groups: [Group(id: Scene.group, members: [Scene.nic])])
    var stage = Stage(.explicitLinux, World(inventory))
    #expect(stage.wish(.own(Scene.nic, by: Scene.qemu)).last == "SET_CONTAINER=0")
    stage.on(.exit(Scene.qemu))
    stage.wish(.release(Scene.nic))
    #expect(stage.world[Scene.nic]?.isVFIO == false)
  }

  @Test func `firmware's region keeps a group from being owned, whoever's it is`() {
    let group = GroupFacts(id: Scene.group, reserved: [ReservedRegion(first: 0, last: .max, kind: .direct)])
    var stage = Stage(.explicitLinux, World(devices: Scene.seed(hba: nil).devices, groups: [group]))
    #expect(stage.wish(.own(Scene.nic, by: Scene.qemu)).last == "SET_CONTAINER=-1 EINVAL")
    #expect(stage.last.reason?.rule == .directRegion)
  }

  @Test func `a grant opens a node, and only that`() {
    let guest = User(process: 300, name: "guest", uid: 1000)
    var stage = Stage(.iommufd, Scene.seed(hba: "vfio-pci"))
    #expect(stage.call(.open(.device(Scene.nic)), by: guest) == "open(/dev/vfio/devices/vfio0)=-1 EACCES")
    stage.wish(.grant(.device(Scene.nic), to: 1000))
    #expect(stage.lines.last == "chown 1000 /dev/vfio/devices/vfio0 = ok")
    #expect(stage.call(.open(.device(Scene.nic)), by: guest) == "open(/dev/vfio/devices/vfio0)=3")
    #expect(stage.call(.open(.device(Scene.hba)), by: guest) == "open(/dev/vfio/devices/vfio1)=-1 EACCES")
  }

  @Test func `the group's node goes with its last device, and its descriptor is then an empty shell`() {
    var stage = Stage(.explicitLinux, Scene.seed(hba: nil))
    stage.wish(.own(Scene.nic, by: Scene.qemu))
    stage.wish(.release(Scene.nic))
    #expect(stage.ioctl(4, .groupUnsetContainer) == "UNSET_CONTAINER=-1 EINVAL")
    #expect(stage.ioctl(4, .groupGetStatus) == "GET_STATUS=-1 ENODEV")
    #expect(stage.hold.domain == .host)
    #expect(stage.call(.open(.group(Scene.group)), by: Scene.second) == "open(/dev/vfio/5)=-1 ENOENT")
    stage.wish(.give(Scene.nic, to: "vfio-pci"))
    #expect(stage.call(.open(.group(Scene.group)), by: Scene.second) == "open(/dev/vfio/5)=3")
  }

  @Test func `in 2021 the last device of a contained group waits for the container`() {
    var stage = Stage(.explicit2021, Scene.seed(hba: nil))
    stage.wish(.own(Scene.nic, by: Scene.qemu))
    #expect(stage.on(.unbind(Scene.nic)) == "echo 02:01.0 > vfio-pci/unbind = blocks")
    #expect(stage.last.reason?.culprits == [Culprit(Scene.nic, owner: Scene.qemu)])
    stage.ioctl(4, .groupUnsetContainer)
    #expect(stage.last.consequences.contains(.released(Scene.nic)))
    #expect(stage.world[Scene.nic]?.driver == nil)
  }

  @Test func `automatic unbinding gives back where its knob says so`() {
    for (gives, driver) in [(false, DriverName?.none), (true, "sym53c8xx")] {
      var knobs = Knobs()
      knobs.rebindsAtClose = gives
      var stage = Stage(.autoUnbind, Scene.seed(), knobs: knobs)
      stage.wish(.attach(Scene.nic, by: Scene.qemu))
      #expect(stage.world[Scene.hba]?.driver == nil)
      stage.on(.exit(Scene.qemu))
      #expect(stage.world[Scene.hba]?.driver == driver)
      #expect(stage.world.ledger == Ledger())
    }
  }

  @Test func `one IOMMU behaviour a context`() {
    var devices = Scene.dual(fn0: "vfio-pci", fn1: "vfio-pci", groups: (9, 10)).devices
    devices[1].isCoherent = false
    var stage = Stage(.implicitApril, World(devices: devices))
    stage.wish(.attach(Scene.fn0, by: Scene.qemu))
    #expect(stage.wish(.attach(Scene.fn1, by: Scene.qemu)).last == "ATTACH(5,1)=-1 EINVAL")
    #expect(stage.last.reason?.rule == .incompatible)
    #expect(stage.last.reason?.message?.author == "Jason Gunthorpe")
  }

  @Test func `the ownership table tells owner, domain and reach`() throws {
    var stage = Stage(.iommufd, Scene.seed(hba: nil))
    stage.wish(.attach(Scene.nic, by: Scene.qemu))
    let lines = stage.rules.ownership(in: stage.world)
    let (nic, hba) = (try #require(lines.first { $0.address == Scene.nic }), try #require(lines.last))
    #expect(nic.isJoined && nic.isAttached && nic.owners == [Scene.qemu] && nic.reach == [Scene.hba])
    #expect(!hba.isJoined && !hba.isAttached && hba.owners == [Scene.qemu] && hba.domain == nic.domain)
  }

  @Test func `calls keep the names of the thread, the RFCs and the kernel`() {
    let join = Ioctl.join(Descriptor(3), Joining())
    #expect(
      RuleSet.allCases.filter(\.isWithContexts).map { join.name(under: $0) } == [
        "JOIN_IOASID_FD", "VFIO_BIND_IOASID_FD", "VFIO_BIND_IOMMU_FD", "JOIN_IOASID_FD", "VFIO_DEVICE_BIND_IOMMUFD",
      ])
    #expect(Ioctl.detach.name(under: .implicitApril) == "DETATCH_IOASID")
    #expect(Ioctl.create.name(under: .implicitRFC1) == "IOASID_ALLOC")
    #expect(Ioctl.groupSetContainer(Descriptor(3)).name(under: .explicitLinux) == "VFIO_GROUP_SET_CONTAINER")
  }

  @Test func `every mail has an author and a day`() {
    for message in Message.allCases {
      #expect(!message.author.isEmpty && !message.date.isEmpty, "\(message)")
    }
    #expect(Message.gib13.author == "David Gibson" && Message.r06.date == "19 September")
    #expect(Message.seed.author == "Alex Williamson" && Message.seed.id == "b56fcd03db")
  }
}

extension RuleSet {
  fileprivate var isWithContexts: Bool { self != .explicitLinux && self != .explicit2021 }
}
