import Assignment
import Goldens
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

@Suite struct RefusalTests {
  private let nic = Rig.nic
  private let hba = Rig.hba
  private static let holder = Holder(process: 4711, command: "qemu-system-x86", node: "/dev/vfio/5")

  @Test func `what has no group is not assigned, but is released`() {
    let host = Rig.rehearsed {
      if $0.address == Rig.physical { $0.group = .absent }
    } group: { group in
      if group.id == GroupID(9) { group.members = [] }
    }
    #expect(Rig.refusal(Intent(.assign, named: [Rig.physical]), on: host)?.why == .noGroup(Rig.physical))
    #expect(Rig.refusal(Intent(.release, named: [Rig.physical]), on: host) == nil)
  }

  /// A controller that makes a domain, and a drive in it, of one group.
  private static let vmd: (host: SimulatedHost, within: Address) = {
    let within = Scene.address("10000:e1:00.0")
    let host = Rig.rehearsed { if $0.address == Rig.physical { $0.driver = .value("vmd") } }
    var inventory = host.inventory
    var drive = Function(
      address: within, parent: .function(Rig.physical),
      identity: .value(Identity(vendor: 0x144d, device: 0xa80a, classCode: ClassCode(0x010802))),
      driver: .value("nvme"), group: .value(GroupID(9)), driverOverride: .absent)
    drive.details = Details(path: "sys/devices/pci0000:00/0000:04:00.0/pci10000:e0/10000:e1:00.0")
    let members = [Rig.physical, within]
    inventory = Inventory(
      functions: inventory.functions + [drive],
      groups: inventory.groups.map { $0.id == GroupID(9) ? Group(id: $0.id, members: members) : $0 },
      host: inventory.host)
    return (SimulatedHost(rehearsing: inventory, name: "vmd", rules: Rules(.explicitLinux)), within)
  }()

  @Test func `a member in the domain that another one's driver makes cannot be had with it`() {
    let (host, within) = Self.vmd
    for intent in [Intent(.assign, named: [within]), Intent(.assign, groups: [GroupID(9)])] {
      #expect(Rig.refusal(intent, on: host)?.why == .domainOf(Rig.physical, [within]))
    }
  }

  @Test(arguments: [ExportFormat.qemu, .libvirt, .spdk])
  func `what no plan gives is not written down for anybody`(format: ExportFormat) throws {
    let (host, within) = Self.vmd
    func handover(_ named: [Address], onlyNamed: Bool) -> Handover {
      Handover(of: named, groups: [], in: host.inventory, rules: .explicitLinux, onlyNamed: onlyNamed)
    }
    for (named, onlyNamed) in [([within], false), ([Rig.physical, within], true)] {
      #expect(throws: Refusal(.domainOf(Rig.physical, [within]))) {
        try handover(named, onlyNamed: onlyNamed).document(format)
      }
    }
    // Alone it can be written down; what stands in its way is settled in the firmware, and by no plan.
    let alone = try handover([within], onlyNamed: true).document(format)
    #expect(!alone.caveats.contains { $0.next.contains { $0.contains("assign") } })
  }

  @Test func `only a host driver makes a domain that is in the way`() throws {
    let (host, within) = Self.vmd
    let group = try #require(host.inventory[GroupID(9)])
    let verdict = Judge(rules: .explicitLinux).verdict(on: group, in: host.inventory)
    let refusal = Refusal.domain(in: verdict, of: group, in: host.inventory)
    #expect(refusal?.controller == Rig.physical && refusal?.why == .domainOf(Rig.physical, [within]))
    var given = verdict
    given.blockers.removeAll { if case .driver(Rig.physical, _) = $0 { true } else { false } }
    #expect(given.blockers.count == 1 && Refusal.domain(in: given, of: group, in: host.inventory) == nil)
    #expect(Refusal.domain(madeBy: within, among: group.members, in: host.inventory) == nil)
  }

  @Test func `a bridge is not assigned`() {
    #expect(Rig.refusal(Intent(.assign, named: [Rig.bridge]), on: Rig.seed())?.why == .bridge(Rig.bridge))
  }

  @Test func `a member that is no PCI function and has a driver is named`() {
    let host = Rig.rehearsed(group: { group in
      if group.id == Scene.group { group.others = [OtherMember(name: "ab:cd", driver: .value("uart"))] }
    })
    #expect(
      Rig.refusal(Intent(.assign, named: [nic]), on: host)?.why == .otherMember("ab:cd", "uart", Scene.group))
    #expect(Rig.refusal(Intent(.assign, named: [nic], onlyNamed: true), on: host) == nil)
  }

  @Test func `a host bridge is handed to nobody; a driver of it that blocks leaves, and ISA bridges go with theirs`() {
    func rehearsed(_ code: UInt32, _ driver: Known<DriverName>) -> SimulatedHost {
      Rig.rehearsed { function in
        guard function.address == Rig.physical else { return }
        function.identity = .value(Identity(vendor: 0x8086, device: 0x29c0, classCode: ClassCode(code)))
        function.driver = driver
      }
    }
    let bare = rehearsed(0x060000, .absent)
    #expect(Rig.refusal(Intent(.assign, named: [Rig.physical]), on: bare)?.why == .hostBridge(Rig.physical))
    let whole = Intent(.assign, groups: [GroupID(9)])
    let nothing = try? Rig.plan(whole, on: bare)
    #expect(nothing?.steps == [] && nothing?.untouched == [Plan.Untouched(Rig.physical, .bridge(nil))])
    let driven = try? Rig.plan(whole, on: rehearsed(0x060000, .value("igen6_edac")))
    #expect(driven?.steps.map(\.effect) == [.unbind(Rig.physical, from: "igen6_edac")])
    // NVSwitches and ISA bridges are bridges by their class alone: they do go to guests, or along with their group.
    for code: UInt32 in [0x068000, 0x060100] {
      #expect(Rig.refusal(Intent(.assign, named: [Rig.physical]), on: rehearsed(code, .absent)) == nil)
    }
  }

  @Test func `a region that firmware claims keeps every owner out`() {
    let region = ReservedRegion(first: 0x7b80_0000, last: 0x7b8f_ffff, kind: .direct)
    let host = Rig.rehearsed(group: { if $0.id == Scene.group { $0.reserved = .value([region]) } })
    #expect(Rig.refusal(Intent(.assign, named: [nic]), on: host)?.why == .directRegion(Scene.group, region))
    #expect(Rig.refusal(Intent(.release, named: [nic]), on: host) == nil)
  }

  @Test func `what somebody holds is not unbound, unless it may wait`() {
    let host = Rig.rehearsed { function in
      if function.address == Rig.nic { function.driver = .value("vfio-pci") }
      if function.address == Rig.hba { function.driver = .absent }
    } group: {
      if $0.id == Scene.group { $0.holders = .value([Self.holder]) }
    }
    for verb in [Intent.Verb.release, .restore] {
      #expect(Rig.refusal(Intent(verb, named: [nic]), on: host)?.why == .held(nic, by: Self.holder))
      #expect(Rig.refusal(Intent(verb, named: [nic], onlyNamed: true, mayWait: true), on: host) == nil)
    }
  }

  @Test func `nothing is given back to a host driver while somebody owns the group`() throws {
    var (host, journal) = (Rig.seed(nic: "vfio-pci"), MemoryJournal())
    #expect(try Rig.act(Intent(.release, named: [hba], onlyNamed: true), on: &host, &journal) == .done)
    for call in [
      Call.open(.container), .open(.group(Scene.group)), .ioctl(Descriptor(4), .groupSetContainer(Descriptor(3))),
    ] {
      #expect(host.ask(call, as: Scene.qemu).errno == nil)
    }
    let refusal = Rig.refusal(Intent(.restore, named: [hba], onlyNamed: true), on: host, journal)
    guard case .held(hba, let holder) = refusal?.why else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    #expect(holder.command == "qemu")
    // Asked to try all the same, the kernel refuses, and everything is as it was.
    let start = host
    let outcome = try Rig.act(
      Intent(.restore, named: [hba], onlyNamed: true, mayWait: true), on: &host, &journal)
    guard case .takenBack(1, .refused(let error)) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(error.errno == .einval)
    #expect(host == start)
  }

  @Test func `what is not known is not acted on`() {
    let host = Rig.rehearsed { if $0.address == Rig.hba { $0.driver = .unknown(.refused(errno: 5)) } }
    #expect(
      Rig.refusal(Intent(.assign, named: [nic]), on: host)?.why
        == .unknown(hba, what: "driver", .refused(errno: 5)))
    #expect(Rig.refusal(Intent(.assign, named: [nic], onlyNamed: true), on: host) == nil)
  }

  @Test func `what the journal does not know is not restored`() {
    #expect(Rig.refusal(Intent(.restore, named: [nic]), on: Rig.seed())?.why == .nothingRecorded(nic))
    #expect(
      Rig.refusal(Intent(.restore, groups: [Scene.group]), on: Rig.seed())?.why == .nothingRecorded(nic))
    #expect(Rig.refusal(Intent(.restore, entry: 3), on: Rig.seed())?.why == .noSuchEntry(3))
    #expect(Rig.refusal(Intent(.release, groups: [GroupID(99)]), on: Rig.seed())?.why == .noSuchGroup(GroupID(99)))
    #expect(Rig.refusal(Intent(.release, named: [Rig.physical]), on: Rig.seed())?.why == .gone(Rig.physical))
  }

  @Test func `a record of another card is never replayed`() throws {
    var (host, journal) = (Rig.seed(), MemoryJournal())
    #expect(try Rig.act(Intent(.assign, named: [nic], onlyNamed: true), on: &host, &journal) == .done)
    let swapped = Rig.rehearsed { function in
      guard function.address == Rig.nic else { return }
      function.identity = .value(Identity(vendor: 0x10ec, device: 0x8139, classCode: ClassCode(0x020000)))
      function.driver = .value("8139too")
    }
    guard
      case .void(nic, let recorded, let found) = Rig.refusal(Intent(.restore, named: [nic]), on: swapped, journal)?.why
    else {
      Issue.record("another card was restored")
      return
    }
    #expect(recorded.hasPrefix("8086:100e") && found.hasPrefix("10ec:8139"))
  }

  @Test func `virtual functions keep their physical one, and their number has a limit`() throws {
    let plain = Rig.rehearsed()
    let make = { (count: Int) in Intent(.virtualFunctions, named: [Rig.physical], count: count) }
    #expect(
      Rig.refusal(make(8), on: plain)?.why == .tooManyVirtualFunctions(Rig.physical, asked: 8, total: 7))
    #expect(Rig.refusal(make(-1), on: plain) != nil)
    #expect(
      Rig.refusal(Intent(.virtualFunctions, named: [nic], count: 1), on: plain)?.why
        == .noVirtualFunctions(nic, "e1000"))
    #expect(
      Rig.refusal(Intent(.virtualFunctions, named: [Rig.bridge], count: 1), on: plain)?.why == .notPhysical(Rig.bridge))
    var (host, journal) = (plain, MemoryJournal())
    #expect(try Rig.act(make(2), on: &host, &journal) == .done)
    #expect(try Rig.plan(make(2), on: host, journal).untouched == [.init(Rig.physical, .counted(2))])
    let virtual = host.inventory.functions.filter { $0.physicalFunction == Rig.physical }.map(\.address)
    #expect(virtual.count == 2)
    #expect(
      Rig.refusal(Intent(.virtualFunctions, named: [virtual[0]], count: 1), on: host, journal)?.why
        == .virtualFunction(virtual[0], of: Rig.physical))
    for verb in [Intent.Verb.assign, .release] {
      #expect(
        Rig.refusal(Intent(verb, named: [Rig.physical]), on: host, journal)?.why
          == .virtualFunctionsInUse(Rig.physical, virtual))
    }
    #expect(try Rig.act(Intent(.assign, named: [virtual[1]]), on: &host, &journal) == .done)
    for intent in [make(0), make(3), Intent(.restore, named: [Rig.physical])] {
      #expect(
        Rig.refusal(intent, on: host, journal)?.why == .virtualFunctionsInUse(Rig.physical, [virtual[1]]))
    }
  }

  @Test func `a kernel without any vfio driver says so`() {
    let none = VFIODrivers(registered: ["e1000"], aliases: .value([]))
    #expect(
      Rig.refusal(Intent(.assign, named: [nic]), on: Rig.seed(), drivers: none)?.why == .noDriver(nic, "vfio-pci"))
    let maybe = VFIODrivers(registered: [], aliases: .unknown(.notRecorded))
    #expect(Rig.refusal(Intent(.assign, named: [nic]), on: Rig.seed(), drivers: maybe) == nil)
  }

  /// One of each.
  private static let whys: [Refusal.Why] = {
    let nic = Rig.nic
    let finding = Finding(.medium, nic, .network, "eth0 has the address 10.0.0.5.")
    return [
      .gone(nic), .noSuchGroup(Scene.group), .noGroup(nic), .bridge(Rig.bridge), .hostBridge(Rig.physical),
      .otherMember("a\u{1b}b", "uart", Scene.group),
      .directRegion(Scene.group, ReservedRegion(first: 0x7b80_0000, last: 0x7b8f_ffff, kind: .direct)),
      .noDriver(nic, "vfio-pci"), .unknown(nic, what: "driver_override", .needsRoot),
      .unknown(nic, what: "sriov_numvfs", .deviceBusy), .held(nic, by: Self.holder), .nothingRecorded(nic),
      .noSuchEntry(12), .void(nic, recorded: "8086:100e at sys/devices/a", found: "10ec:8139 at sys/devices/a"),
      .laterEntry(.function(nic), entry: 1, later: 2), .laterEntry(.node(.group(Scene.group)), entry: 1, later: 3),
      .overtaken(nic, "qemu (process 7) has opened /dev/vfio/5."), .overtaken(nil, "there is something else to do."),
      .stale(nic, assumed: "e1000", found: "no driver"),
      .regrouped(Scene.group, assumed: [nic, Rig.hba], found: [nic]),
      .noVirtualFunctions(nic, "e1000"), .noVirtualFunctions(nic, nil),
      .tooManyVirtualFunctions(nic, asked: 9, total: 7), .virtualFunctionsInUse(nic, [Rig.hba]),
      .virtualFunctionsInUse(nic, [nic, Rig.hba]), .virtualFunctionsInUse(nic, []),
      .virtualFunction(nic, of: Rig.hba), .domainOf(nic, [Rig.hba]), .notPhysical(nic),
      .nothingToHandOver("spdk", [nic]),
      .nothingToHandOver("dpdk", [nic, Rig.hba]), .nothingToHandOver("qemu", []),
      .consent(.low, [], groups: []), .consent(.medium, [finding], groups: [Scene.group]),
      .consent(.lockout, [Finding(.lockout, nic, .login, "This login comes through eth0.")], groups: [Scene.group]),
      .busy("viable assign group:5 (process 99)"), .readOnly("this is an image; add --rehearse to try it"),
    ]
  }()

  @Test func `scripts are told a kind of each refusal, and who is in the way`() {
    for why in Self.whys + [
      .noNode(nic, "e1000"), .givenAlready(.iommu, uid: 1000, to: "bob"), .ruleStands(.grantRule("0000:02:01.0")),
      .changed(.function(nic)), .unreadable(HostError("read", on: "/etc/x", .eacces)),
    ] {
      let refusal = Refusal(why)
      #expect(refusal.kind != "refused" && refusal.kind.allSatisfy { $0.isLowercase || $0 == "-" }, "\(why)")
      switch why {
      case .noSuchEntry, .busy, .readOnly, .consent(_, [], _), .nothingToHandOver(_, []), .overtaken(nil, _):
        #expect(refusal.culprits.isEmpty)
      default: #expect(!refusal.culprits.isEmpty, "\(why)")
      }
    }
    #expect(Refusal(.held(nic, by: Self.holder)).culprits.first?.owner?.process == 4711)
    #expect(Refusal(.givenAlready(.iommu, uid: 1000, to: "bob")).culprits.first?.owner?.uid == 1000)
    #expect(Refusal(.noDriver(nic, "vfio-pci")).culprits == [Refusal.Culprit(nic, driver: "vfio-pci")])
  }

  @Test func `every refusal names its culprit and says what to do`() {
    let text = Self.whys.map { why in
      let refusal = Refusal(why)
      #expect(refusal.sentence() != "It was refused.")
      return ([refusal.sentence(Scene.labels)] + refusal.next(Scene.labels).map { "  " + $0 }).joined(separator: "\n")
    }
    #expect(Golden.check(text.joined(separator: "\n") + "\n", "refusals").matches)
  }
}
