import Ownership
import Topology

/// One scenario under one interface: what a program and its administrator do, and what is worth noting.
struct Play {
  let model: RuleSet
  let variant: Variant
  var stage: Stage
  private let nic = Scene.nic
  private let hba = Scene.hba
  private let user = Scene.qemu

  init(_ model: RuleSet, _ variant: Variant) {
    self.model = model
    self.variant = variant
    stage = Stage(model, Scene.seed())
  }

  private var isExplicit: Bool { model == .explicitLinux || model == .explicit2021 }
  private var how: Attaching { Attaching(allowUnused: variant != .plain) }

  private mutating func begin(_ world: World) {
    var knobs = Knobs()
    if variant == .deny { knobs.hostBind = .deny }
    stage = Stage(model, world, knobs: knobs)
  }

  private mutating func attach(_ device: Address, by user: User = Scene.qemu, _ how: Attaching? = nil) -> String {
    stage.wish(.attach(device, by: user, how ?? self.how)).last ?? "nothing done"
  }

  private mutating func ownBoth(_ first: Address, _ second: Address) {
    stage.wish(.own(first, by: user, how))
    stage.wish(.own(second, by: user, how))
  }

  private func driver(_ address: Address, _ name: String) -> String {
    "\(name) \(stage.world[address]?.driver ?? "driverless")"
  }

  mutating func observe(_ scenario: Int) -> [String] {
    switch scenario {
    case 1: seed()
    case 2: released()
    case 3: joined()
    case 4: twoMachines()
    case 5: naive()
    case 6: dpdk()
    case 7: successPath()
    case 8: reach()
    case 9: twoFunctions()
    case 10: takenBack()
    case 11: twoSpaces()
    case 12: thirdCard()
    case 13: hostDriver()
    case 14: unplugged()
    case 15: killed()
    case 16: permissions()
    case 17: mixed()
    case 18: stubbed()
    case 19: lookalikes()
    case 20: override()
    case 21: vdpa()
    case 22: partial()
    default: []
    }
  }

  private mutating func seed() -> [String] {
    begin(Scene.seed())
    let start = stage.world
    let program = Program([.attach(nic, by: user, how)])
    let consequences = program.run(under: stage.rules, in: start).steps.flatMap(\.answer.consequences)
    var seen = [attach(nic), driver(hba, "HBA")]
    if consequences.contains(.pulledAway(hba, "sym53c8xx")) { seen.append("HBA loses its DMA") }
    if consequences.contains(.unbound(hba, "sym53c8xx", lost: ["sda"])) { seen.append("sda gone") }
    return seen
  }

  private mutating func released() -> [String] {
    begin(Scene.seed(hba: nil))
    return [attach(nic)]
  }

  private mutating func joined() -> [String] {
    begin(Scene.seed(hba: "vfio-pci"))
    ownBoth(nic, hba)
    var seen = [attach(nic), attach(hba)]
    let moves = stage.last.consequences.contains { if case .domain = $0 { true } else { false } }
    if !moves { seen.append("second moves nothing") }
    return seen
  }

  private mutating func twoMachines() -> [String] {
    begin(Scene.seed(hba: "vfio-pci"))
    stage.wish(.own(nic, by: user, how))
    return [attach(hba, by: Scene.second)]
  }

  private mutating func naive() -> [String] {
    begin(Scene.seed(hba: "vfio-pci"))
    ownBoth(nic, hba)
    if isExplicit { return [stage.call(.open(.group(Scene.group)))] }
    _ = attach(nic)
    return [attach(hba)]
  }

  private mutating func dpdk() -> [String] {
    begin(Scene.seed())
    var seen = [attach(nic)]
    if stage.world[hba]?.driver != nil {
      stage.wish(.release(hba))
      seen.append(attach(nic))
    }
    if model == .implicitApril { seen.append(attach(nic, Attaching(allowUnused: true))) }
    return seen
  }

  private mutating func successPath() -> [String] {
    begin(Scene.seed(hba: "vfio-pci"))
    var seen: [String] = []
    let program = Program([.attach(nic, by: user, how)])
    let (steps, end) = program.run(under: stage.rules, in: stage.world)
    let consequences = steps.flatMap(\.answer.consequences)
    for case .domain(_, _, let to, let members) in consequences where to.isUsers {
      seen.append("moved " + members.map(\.short).joined(separator: " "))
    }
    let unnamed = consequences.contains { if case .atRisk = $0 { true } else { false } }
    seen.append(unnamed ? "not named" : "named by its group")
    if model == .iommufd {
      stage.world = end
      stage.wish(.own(hba, by: user))
      _ = attach(hba)
      _ = attach(nic, Attaching(space: 1))
      let files = stage.world.ledger.deviceFiles.map(\.file)
      if Set(files.map(\.space)).count == 1, files.count == 2, files[0].space != 2 {
        seen.append("replacing one moves the other")
      }
    }
    return seen
  }

  private mutating func reach() -> [String] {
    begin(Scene.seed(hba: nil))
    let program = Program([.attach(nic, by: user, how)])
    let (steps, end) = program.run(under: stage.rules, in: stage.world)
    let table = stage.rules.ownership(in: end).first { $0.address == nic }
    guard let table, !table.reach.isEmpty else { return [attach(nic)] }
    var seen = ["reach " + table.reach.map(\.short).joined(separator: " ")]
    if steps.flatMap(\.answer.consequences).contains(.atRisk([hba], isTold: true)) { seen.append("warned") }
    return seen
  }

  private mutating func twoFunctions() -> [String] {
    begin(Scene.dual(fn0: "e1000e", fn1: "vfio-pci"))
    var seen = [attach(Scene.fn1, Attaching())]
    if stage.world[Scene.fn0]?.driver != nil {
      stage.wish(.release(Scene.fn0))
      let last = attach(Scene.fn1, how)
      seen.append(last)
    }
    return seen
  }

  private mutating func takenBack() -> [String] {
    begin(Scene.dual(fn0: "vfio-pci", fn1: "vfio-pci"))
    ownBoth(Scene.fn0, Scene.fn1)
    _ = attach(Scene.fn0)
    _ = attach(Scene.fn1)
    stage.wish(.detach(Scene.fn1, by: user))
    stage.wish(.close(Scene.fn1, by: user))
    stage.wish(.release(Scene.fn1))
    var seen = [stage.on(.bind(Scene.fn1, "e1000e"))]
    let hold = stage.rules.hold(of: GroupID(9), in: stage.world)
    if !stage.panicked, hold.domain.isUsers { seen.append("first runs on") }
    return seen
  }
}

extension Play {
  private mutating func twoSpaces() -> [String] {
    begin(Scene.seed(hba: "vfio-pci"))
    ownBoth(nic, hba)
    _ = attach(nic)
    return [attach(hba, Attaching(space: 1))]
  }

  private mutating func thirdCard() -> [String] {
    begin(Scene.seed(hba: "vfio-pci"))
    ownBoth(nic, hba)
    _ = attach(nic)
    var seen = [stage.on(.hotAdd(Scene.thirdCard))]
    let happened = stage.last.consequences
    if stage.panicked {
      if happened.contains(.addedToLiveGroup(Scene.third, Scene.group)) { seen.append("warned first") }
      return seen
    }
    seen.append(driver(Scene.third, "third"))
    if happened.contains(.snarfed(Scene.third, "8139too")) { seen.append("snarfed") }
    if model == .iommufd, happened.contains(.probeRefused(Scene.third, "8139too", .ebusy)) {
      seen.append("device attach failed -16")
    }
    return seen
  }

  private mutating func hostDriver() -> [String] {
    begin(Scene.seed(hba: nil))
    _ = attach(nic)
    return [stage.on(.bind(hba, "sym53c8xx"))]
  }

  private mutating func unplugged() -> [String] {
    begin(Scene.seed(hba: nil))
    _ = attach(nic)
    var seen = [stage.on(.unplug(nic))]
    for case .asked(_, let asked?) in stage.last.consequences { seen.append("asked \(asked.name)") }
    stage.on(.exit(user))
    if stage.last.consequences.contains(.gone(nic)), stage.world[nic] == nil { seen.append("gone at close") }
    return seen
  }

  private mutating func killed() -> [String] {
    begin(model == .autoUnbind ? Scene.seed() : Scene.seed(hba: nil))
    _ = attach(nic)
    stage.on(.kill(user))
    let hold = stage.hold
    let owner = hold.owner == nil ? "none" : "somebody"
    return [driver(hba, "HBA"), "owner \(owner), domain \(hold.domain)", attach(nic, by: Scene.second)]
  }

  private mutating func permissions() -> [String] {
    let guest = User(process: 300, name: "guest", uid: 1000)
    func world(groupNode: UInt32) -> World {
      let plain = Scene.seed(hba: "vfio-pci")
      let devices = plain.devices.map { device in
        var device = device
        if device.address == nic { device.nodeOwner = 1000 }
        return device
      }
      return World(devices: devices, groups: [GroupFacts(id: Scene.group, nodeOwner: groupNode)])
    }
    begin(world(groupNode: 0))
    if isExplicit {
      let refused = attach(nic, by: guest)
      begin(world(groupNode: 1000))
      _ = attach(nic, by: guest)
      return [refused, "with the group's node: " + attach(hba, by: guest)]
    }
    stage.wish(.own(nic, by: guest, how))
    let refused = stage.wish(.own(hba, by: guest, how)).last ?? "nothing done"
    return [refused, attach(nic, by: guest)]
  }

  private mutating func mixed() -> [String] {
    begin(Scene.seed(hba: nil))
    if isExplicit { return [attach(nic)] }
    stage.call(.open(.group(Scene.group)))
    let refused = stage.wish(.own(nic, by: user)).last ?? "nothing done"
    stage.on(.exit(user))
    _ = attach(nic)
    return [refused, stage.call(.open(.group(Scene.group)))]
  }

  private mutating func stubbed() -> [String] {
    let plain = Scene.seed(hba: "pci-stub")
    let devices = plain.devices.map { device in
      var device = device
      if device.header == .bridge { device.driver = "pcieport" }
      return device
    }
    begin(World(devices: devices))
    let lines = stage.wish(.attach(nic, by: user, how))
    return lines.filter { $0.contains("STATUS") || $0.contains("JOIN") || $0.contains("BIND") } + lines.suffix(1)
  }

  private mutating func lookalikes() -> [String] {
    func world(_ change: (inout Device) -> Void) -> World {
      World(
        devices: Scene.seed(hba: nil).devices.map { device in
          var device = device
          change(&device)
          return device
        })
    }
    begin(world { $0.interruptsAreIsolated = false })
    let interrupts = attach(nic)
    begin(world { $0.hasDirectRegion = $0.header == .normal })
    return [interrupts, attach(nic)]
  }

  private mutating func override() -> [String] {
    begin(Scene.dual(fn0: "vfio-pci", fn1: "vfio-pci", groups: (9, 10)))
    return [attach(Scene.fn0), attach(Scene.fn1, by: Scene.second)]
  }

  private mutating func vdpa() -> [String] {
    let virtual = Scene.address("0000:04:00.2")
    begin(
      World(
        devices: [
          Device(address: nic, group: Scene.group, driver: "vfio-pci"),
          Device(address: virtual, group: GroupID(8), driver: "vhost_vdpa", hostDrivers: ["vhost_vdpa"]),
        ]))
    if isExplicit { return [stage.call(.open(.context))] }
    return [attach(nic), attach(virtual)]
  }

  private mutating func partial() -> [String] {
    begin(Scene.seed(hba: "vfio-pci"))
    var seen: [String] = []
    for (device, page) in [(nic, UInt64(0)), (hba, 0x1000)] {
      _ = attach(device)
      seen += stage.wish(.map(Mapping(iova: page, size: 0x1000), space: 0, by: user))
    }
    return seen
  }
}
