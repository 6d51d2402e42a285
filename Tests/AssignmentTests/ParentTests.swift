import Goldens
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

@testable import Assignment

/// Exports of cards whose virtual functions are there.
@Suite struct ParentTests {
  private static let group = GroupID(9)
  private static let virtual = [Scene.address("0000:04:10.0"), Scene.address("0000:04:10.1")]

  private func handover(
    _ host: SimulatedHost, named: [Address] = [Rig.physical], onlyNamed: Bool = false
  ) -> Handover {
    Handover(of: named, groups: [], in: host.inventory, rules: .explicitLinux, onlyNamed: onlyNamed)
  }

  private func commands(_ document: Handover.Document) -> [String] {
    document.caveats.filter { [.blocked, .notBound].contains($0.kind) }.flatMap(\.next)
  }

  @Test(arguments: [ExportFormat.qemu, .libvirt, .dpdk])
  func `a card with virtual functions in its group is written down without them, and what comes first works`(
    format: ExportFormat
  ) throws {
    var (host, journal) = (Rig.together(2), MemoryJournal())
    let document = try handover(host).document(format)
    #expect(document.endpoints == [Rig.physical])
    let lines = document.text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix(" ") }
    #expect(!lines.contains { $0.contains("04:10") })
    let outcome = Golden.check(document.text, "export-parent-\(format.rawValue).txt")
    #expect(outcome.matches, "\(outcome)")
    #expect(commands(document).first == "sudo viable vfs 0000:04:00.0 0")
    #expect(Rig.refusal(Intent(.assign, groups: [Self.group]), on: host) != nil)
    #expect(try Rig.act(Intent(.virtualFunctions, named: [Rig.physical], count: 0), on: &host, &journal) == .done)
    #expect(try Rig.act(Intent(.assign, groups: [Self.group]), on: &host, &journal) == .done)
    let after = try handover(host).document(format)
    #expect(commands(after).isEmpty && after.endpoints == [Rig.physical])
  }

  @Test(arguments: [ExportFormat.qemu, .libvirt, .dpdk])
  func `a named virtual function in the group of its card's host driver is refused, and never its card in its place`(
    format: ExportFormat
  ) throws {
    let why = Refusal.Why.besidePhysical([Self.virtual[0]], Rig.physical, Self.group)
    for onlyNamed in [false, true] {
      #expect(throws: Refusal(why)) {
        try handover(Rig.together(2), named: [Self.virtual[0]], onlyNamed: onlyNamed).document(format)
      }
    }
    #expect(throws: Refusal(.besidePhysical(Self.virtual, Rig.physical, Self.group))) {
      try handover(Rig.together(2), named: [Rig.physical] + Self.virtual).document(format)
    }
    let refusal = Refusal(why)
    #expect(refusal.kind == "beside-physical-function" && refusal.culprits.map(\.address) == [Rig.physical])
    #expect(
      refusal.sentence() == "04:10.0 is a virtual function of 04:00.0, which keeps group 9 from being owned and leaves "
        + "its host driver only when it has none: no virtual function can be handed out that shares a group with its "
        + "physical one.")
    #expect(refusal.next().first == "What would part them: viable why 0000:04:00.0")
  }

  @Test func `assigning a virtual function in its card's group is refused for the same reason`() {
    let host = Rig.together(2)
    let why = Refusal.Why.besidePhysical([Self.virtual[0]], Rig.physical, Self.group)
    #expect(Rig.refusal(Intent(.assign, named: [Self.virtual[0]]), on: host)?.why == why)
    #expect(Rig.refusal(Intent(.assign, named: [Self.virtual[0]], onlyNamed: true), on: host)?.why != why)
    let apart = Rig.together(2, apart: true)
    #expect(Rig.refusal(Intent(.assign, named: [Self.virtual[0]]), on: apart) == nil)
    #expect(
      Rig.refusal(Intent(.assign, named: [Rig.physical, Self.virtual[0]]), on: apart)?.why
        == .besidePhysical([Self.virtual[0]], Rig.physical, nil))
  }

  @Test func `what was named is in what is written down, or it is refused`() throws {
    let apart = Rig.together(2, apart: true)
    #expect(throws: Refusal(.besidePhysical([Self.virtual[1]], Rig.physical, nil))) {
      try handover(apart, named: [Rig.physical, Self.virtual[1]]).document(.qemu)
    }
    #expect(try handover(apart, named: Self.virtual).document(.qemu).endpoints == Self.virtual)
    var idle = Rig.together(2)
    idle = Rig.changed(idle) { if $0.address == Rig.physical { $0.driver = .absent } }
    let document = try handover(idle, named: [Self.virtual[0]]).document(.qemu)
    #expect(document.endpoints == Self.virtual, "the card has no driver, keeps nobody out, and can itself not be had")
  }

  @Test func `a reset note counts no virtual function that goes first`() throws {
    var host = Rig.together(2)
    host = Rig.changed(host) { function in
      guard function.address == Rig.physical || function.physicalFunction == Rig.physical else { return }
      function.parent = .function(Rig.port)
    }
    var all = handover(host)
    all.methods = [Rig.physical: .absent]
    let caveats = try all.document(.qemu).caveats
    #expect(!caveats.contains { $0.kind == .reset && $0.text.contains("04:10") }, "\(caveats)")
  }

  @Test func `a whole machine of two thousand functions is written down in time that grows with it`() throws {
    var functions: [Function] = []
    for number in 0..<2000 {
      let (bus, place) = (UInt8(number / 8 & 255), UInt8(number % 8))
      let address = Address(domain: 0, bus: bus, device: 0, function: place)
      var function = Function(
        address: address, parent: .root("pci0000:00"),
        identity: .value(Identity(vendor: 0x8086, device: 0x10c9, classCode: ClassCode(0x020000))),
        driver: .value("igb"), group: .value(GroupID(UInt32(number))), driverOverride: .absent)
      if place > 0 { function.physicalFunction = Address(domain: 0, bus: bus, device: 0, function: 0) }
      functions.append(function)
    }
    let groups = functions.enumerated().map { Group(id: GroupID(UInt32($0)), members: [$1.address]) }
    let machine = Inventory(functions: functions, groups: groups)
    for (format, ids) in [(ExportFormat.report, []), (.dpdk, groups.prefix(1000).map(\.id))] {
      let start = ContinuousClock.now
      let document = try Handover(of: [], groups: ids, in: machine, rules: .explicitLinux).document(format)
      let took = ContinuousClock.now - start
      #expect(took < .seconds(15), "\(format) took \(took)")
      #expect(document.text.contains("igb"))
    }
  }

  @Test func `virtual functions in groups of their own can be had in place of their card`() throws {
    let host = Rig.together(2, apart: true)
    let card = try handover(host).document(.qemu)
    let first = try #require(card.caveats.first)
    #expect(first.text.hasSuffix("04:10.0 Ethernet VF and 04:10.1 Ethernet VF are in other groups."))
    #expect(commands(card) == ["sudo viable vfs 0000:04:00.0 0", "sudo viable assign group:9"])
    let one = try handover(host, named: [Self.virtual[0]]).document(.qemu)
    #expect(commands(one) == ["sudo viable assign group:20"])
  }

  @Test func `a card that is with vfio already keeps its virtual functions in what is written down`() throws {
    let document = try handover(Rig.together(2, card: "vfio-pci")).document(.qemu)
    #expect(document.endpoints == [Rig.physical] + Self.virtual)
    #expect(!document.caveats.contains { $0.address == Rig.physical && $0.kind == .blocked })
  }

  @Test func `what DPDK drives beside its kernel driver stays whole`() throws {
    let document = try handover(Rig.together(2, card: "mlx5_core", vendor: 0x15b3)).document(.dpdk)
    #expect(document.endpoints == [Rig.physical] + Self.virtual)
    #expect(commands(document).isEmpty)
  }

  @Test func `a report tells of it, and a script is refused`() throws {
    let host = Rig.together(2)
    let report = try handover(host).document(.report).text
    #expect(report.contains("- No vfio driver takes 04:00.0 Ethernet (igb) while its virtual functions"))
    let refusal = try #require(Rig.refusal(Intent(.assign, named: [Rig.physical]), on: host))
    #expect(refusal.next().last == "Then remove them: viable vfs 0000:04:00.0 0")
  }
}
