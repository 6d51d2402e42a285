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
  func `a virtual function in the group of its card's host driver is said to be out of reach`(
    format: ExportFormat
  ) throws {
    let document = try handover(Rig.together(2), named: [Self.virtual[0]], onlyNamed: true).document(format)
    #expect(document.endpoints == [Self.virtual[0]])
    let first = try #require(document.caveats.first)
    #expect(first.kind == .blocked && first.address == Rig.physical && first.comesFirst)
    #expect(first.next == ["viable why 0000:04:00.0", "sudo viable vfs 0000:04:00.0 0"])
    #expect(!document.caveats.contains { $0.next.contains { $0.contains("assign") } })
    #expect(
      first.text == "No vfio driver takes 04:00.0 Ethernet (igb) while its virtual functions 04:10.0 Ethernet VF and "
        + "04:10.1 Ethernet VF are there, and with that driver it keeps group 9 from being owned: no virtual function "
        + "can be handed out that shares a group with it. What would part them is told by the first of these; the "
        + "second makes way for the whole card.")
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
