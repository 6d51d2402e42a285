import Assignment
import Goldens
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

/// Nodes given to one user, and taken back.
@Suite struct GrantTests {
  private static let alice = Grantee(uid: 1000, name: "alice")
  private static let bob = Grantee(uid: 1001, name: "bob")
  private static let group = DeviceNode.group(Scene.group)
  private static let device = DeviceNode.device(Rig.nic, number: 0)
  private static let rule = GrantRule.file(for: Rig.nic)

  private static func grant(
    _ host: SimulatedHost, to grantee: Grantee = alice, named: [Address] = [Rig.nic], groups: [GroupID] = [],
    persists: Bool = false
  ) -> Intent {
    .grant(grantee, named: named, groups: groups, persists: persists, in: host.inventory)
  }

  private static func give(_ node: DeviceNode, _ uid: UInt32, _ mode: UInt16 = 0o600, gid: UInt32 = 0) -> Effect {
    .setOwner(node, uid: uid, gid: gid, mode: mode)
  }

  @Test func `the group's node is given, with its owner before as the way back`() throws {
    let host = Rig.seed(nic: "vfio-pci", hba: nil)
    let plan = try Rig.plan(Self.grant(host), on: host)
    #expect(plan.steps == [Plan.Step(Self.give(Self.group, 1000), inverse: [Self.give(Self.group, 0)])])
    #expect(plan.commandLine == "viable grant 0000:02:01.0 --user alice")
    #expect(plan.preview(in: host.inventory).title == "Give alice (uid 1000) /dev/vfio/5")
  }

  @Test func `where devices have their own nodes those are given too, and the context`() throws {
    let host = Rig.seed(nic: "vfio-pci", hba: nil, rules: .iommufd)
    let plan = try Rig.plan(Self.grant(host, persists: true), on: host)
    #expect(
      plan.steps.map(\.effect).prefix(3) == [
        Self.give(Self.group, 1000), Self.give(Self.device, 1000), Self.give(.iommu, 1000),
      ])
    let text = GrantRule(
      Rig.nic, Identity(vendor: 0x8086, device: 0x100e, classCode: ClassCode(0x020000)), to: Self.alice
    ).text
    #expect(plan.steps.dropFirst(3) == [Plan.Step(.writeFile(Self.rule, text), inverse: [.writeFile(Self.rule, nil)])])
    #expect(plan.commandLine == "viable grant 0000:02:01.0 --user alice --persist")
  }

  @Test func `nobody else may open it afterwards, but whom the node's group lets in`() throws {
    var host = Rig.seed(nic: "vfio-pci", hba: nil)
    for (mode, left) in [(UInt16(0o666), UInt16(0o660)), (0o660, 0o660), (0o600, 0o600), (0o400, 0o600)] {
      #expect(host.begin(Self.give(Self.group, 0, mode, gid: 100)) == .done)
      let plan = try Rig.plan(Self.grant(host), on: host)
      #expect(plan.steps.map(\.effect) == [Self.give(Self.group, 1000, left, gid: 100)])
      let found = Findings.giving(plan, .absent, in: host.inventory)
      #expect(found.contains { $0.kind == .openToAll } == (mode == 0o666))
    }
  }

  @Test func `what is given already is left alone`() throws {
    var (host, journal) = (Rig.seed(nic: "vfio-pci", hba: nil, rules: .iommufd), MemoryJournal())
    #expect(try Rig.act(Self.grant(host, persists: true), on: &host, &journal) == .done)
    #expect(try Rig.plan(Self.grant(host, persists: true), on: host, journal).steps.isEmpty)
  }

  @Test func `another user's node or rule is not taken away`() throws {
    var (host, journal) = (Rig.seed(nic: "vfio-pci", hba: nil, rules: .iommufd), MemoryJournal())
    #expect(host.begin(Self.give(.iommu, 1001)) == .done)
    #expect(Rig.refusal(Self.grant(host), on: host)?.why == .givenAlready(.iommu, uid: 1001, to: "alice"))
    #expect(host.begin(Self.give(.iommu, 0)) == .done)
    #expect(try Rig.act(Self.grant(host, persists: true), on: &host, &journal) == .done)
    #expect(
      Rig.refusal(Self.grant(host, to: Self.bob), on: host, journal)?.why
        == .givenAlready(Self.group, uid: 1000, to: "bob"))
    #expect(
      Rig.refusal(.revoke(from: Self.bob, named: [Rig.nic], in: host.inventory), on: host, journal)?.why
        == .givenAlready(Self.group, uid: 1000, to: "bob"))
    var bare = Rig.seed(hba: nil)
    #expect(bare.begin(.writeFile(Self.rule, "KERNEL==\"x\"\n")) == .done)
    #expect(Rig.refusal(Self.grant(bare, persists: true), on: bare)?.why == .ruleStands(Self.rule))
  }

  @Test func `what has no node is refused, or given by rule for later`() throws {
    let host = Rig.seed()
    #expect(Rig.refusal(Self.grant(host), on: host)?.why == .noNode(Rig.nic, "e1000"))
    let groups = Self.grant(host, named: [], groups: [Scene.group])
    #expect(Rig.refusal(groups, on: host)?.why == .noNode(Rig.nic, "e1000"))
    #expect(try Rig.plan(Self.grant(host, persists: true), on: host).steps.map(\.effect.subject) == [.file(Self.rule)])
    #expect(Rig.refusal(Self.grant(host, named: [Rig.bridge]), on: host)?.why == .bridge(Rig.bridge))
    let half = Rig.seed(nic: "vfio-pci", hba: nil)
    #expect(try Rig.plan(Self.grant(half, named: [], groups: [Scene.group]), on: half).steps.count == 1)
  }

  @Test func `whom the group's node lets at more than was named has to be agreed to`() throws {
    let host = Rig.seed(nic: "vfio-pci", hba: "vfio-pci")
    var plan = try Rig.plan(Self.grant(host), on: host)
    plan.findings = Findings.giving(plan, .absent, in: host.inventory)
    #expect(plan.findings.map(\.kind) == [.reach, .reach, .memoryLimit])
    #expect(plan.findings.first?.severity == .medium && plan.findings.first?.address == Rig.hba)
    #expect(plan.agreedCommandLine == "viable grant 0000:02:01.0 --user alice --consent 5")
    var whole = try Rig.plan(Self.grant(host, named: [], groups: [Scene.group]), on: host)
    whole.findings = Findings.giving(whole, .absent, in: host.inventory)
    #expect(whole.severity == .low)
    #expect(whole.findings.map(\.kind) == [.reach, .memoryLimit])
  }

  @Test(
    arguments: [
      (Known.value(LockLimit(bytes: nil, source: "/etc/security/limits.conf")), "any amount"),
      (.value(LockLimit(bytes: 64 << 20, source: "/etc/security/limits.d/a.conf")), "alice may lock 64 MiB"),
      (
        .value(LockLimit(bytes: 16 << 30, source: "/etc/systemd/system.conf")),
        "16 GiB of memory (/etc/systemd/system.conf): a guest"
      ),
      (.absent, "nothing in /etc/security/limits.conf"), (.unknown(.needsRoot), "is not known (needs root)"),
    ] as [(Known<LockLimit>, String)])
  func `how much may be locked is told, also when nobody knows`(limit: Known<LockLimit>, words: String) throws {
    let host = Rig.seed(nic: "vfio-pci", hba: nil)
    let plan = try Rig.plan(Self.grant(host), on: host)
    let text = try #require(Findings.giving(plan, limit, in: host.inventory).first { $0.kind == .memoryLimit }?.text)
    #expect(text.contains(words), "\(text)")
    #expect(text.contains("alice - memlock 5242880") == (limit.value.map { $0.bytes ?? .max < 5 << 30 } ?? true))
  }

  @Test func `taken back they are root's again, or whose they were`() throws {
    var (host, journal) = (Rig.seed(nic: "vfio-pci", hba: nil, rules: .iommufd), MemoryJournal())
    #expect(host.begin(Self.give(Self.group, 0, 0o660, gid: 108)) == .done)
    let start = host
    #expect(try Rig.act(Self.grant(host, persists: true), on: &host, &journal) == .done)
    #expect(try Rig.act(.revoke(named: [Rig.nic], in: host.inventory), on: &host, &journal) == .done)
    #expect(host == start)
    #expect(try Rig.plan(.revoke(named: [Rig.nic], in: host.inventory), on: host, journal).steps.isEmpty)
    #expect(try Rig.restoreAll(&host, &journal) == .done)
    #expect(host == start && journal.entries().isEmpty)
  }

  @Test func `what somebody else gave away since stays his`() throws {
    var (host, journal) = (Rig.seed(nic: "vfio-pci", hba: nil), MemoryJournal())
    #expect(try Rig.act(Self.grant(host), on: &host, &journal) == .done)
    let (given, kept) = (host, journal)
    #expect(host.begin(Self.give(Self.group, 1001)) == .done)
    let taken = host
    #expect(try Rig.restoreAll(&host, &journal) == .done)
    #expect(host == taken && journal.entries().isEmpty)
    // Between the look and the act.
    let known = Journal(kept.entries(), in: Rig.session)
    let restore = Intent(.restore, named: known.recorded, also: known.recordedPlaces, onlyNamed: true)
    var transaction = Rig.transaction(try Rig.plan(restore, on: given, kept), kept)
    journal = kept
    guard case .takenBack(0, .otherDevice) = Rig.run(&transaction, on: &host, &journal) else {
      Issue.record("\(transaction.sentence() ?? "")")
      return
    }
    #expect(host == taken)
    #expect(transaction.sentence()?.contains("somebody else has given it to 1001:0 since, and it stays") == true)
  }

  @Test func `a node between chown and chmod, or with another mode, is still the act's`() throws {
    for mode in [UInt16(0o666), 0o644] {
      var (host, journal) = (Rig.seed(nic: "vfio-pci", hba: nil), MemoryJournal())
      #expect(host.begin(Self.give(Self.group, 0, 0o666)) == .done)
      let start = host
      #expect(try Rig.act(Self.grant(host), on: &host, &journal) == .done)
      #expect(host.begin(Self.give(Self.group, 1000, mode)) == .done)
      #expect(try Rig.restoreAll(&host, &journal) == .done)
      #expect(host == start && journal.entries().isEmpty)
    }
  }

  @Test func `without a record they are root's alone`() throws {
    var host = Rig.seed(nic: "vfio-pci", hba: nil)
    #expect(host.begin(Self.give(Self.group, 1000, 0o666, gid: 5)) == .done)
    let plan = try Rig.plan(.revoke(named: [Rig.nic], in: host.inventory), on: host)
    #expect(plan.steps.map(\.effect) == [Self.give(Self.group, 0, 0o660, gid: 5)])
    #expect(plan.commandLine == "viable grant 0000:02:01.0 --revoke")
  }

  @Test func `the context stays with whom it serves for another device`() throws {
    var (host, journal) = (Rig.seed(nic: "vfio-pci", hba: "vfio-pci", rules: .iommufd), MemoryJournal())
    #expect(try Rig.act(Self.grant(host, named: [Rig.nic, Rig.hba]), on: &host, &journal) == .done)
    let first = try Rig.plan(.revoke(named: [Rig.hba], in: host.inventory), on: host, journal)
    #expect(first.steps.map(\.effect.subject) == [.node(Self.group), .node(.device(Rig.hba, number: 1))])
    let both = try Rig.plan(.revoke(named: [Rig.nic, Rig.hba], in: host.inventory), on: host, journal)
    #expect(both.steps.map(\.effect.subject).contains(.node(.iommu)))
  }

  @Test(arguments: [RuleSet.explicitLinux, .iommufd])
  func `wherever it stops, nothing of it is left`(rules: RuleSet) throws {
    let assign = Intent(.assign, named: [Rig.nic])
    var (bound, kept) = (Rig.seed(hba: nil, rules: rules), MemoryJournal())
    #expect(try Rig.act(assign, on: &bound, &kept) == .done)
    let grant = Self.grant(bound, persists: true)
    var cruelty = try #require(Cruelty(grant, after: assign, on: Rig.seed(hba: nil, rules: rules)))
    try cruelty.run()
    var back = Cruelty(grant, on: bound)
    try back.run()
    #expect(cruelty.tried + back.tried > 40)
  }

  @Test func `a device that is assigned, given and restored is as it was`() throws {
    var (host, journal) = (Rig.seed(hba: nil, rules: .iommufd), MemoryJournal())
    let start = host
    #expect(try Rig.act(Intent(.assign, named: [Rig.nic]), on: &host, &journal) == .done)
    #expect(try Rig.act(Self.grant(host, persists: true), on: &host, &journal) == .done)
    #expect(try Rig.restoreAll(&host, &journal) == .done)
    #expect(host == start && journal.entries().isEmpty)
  }

  @Test func `the rule knows the card in its place, and says who wrote it`() {
    let identity = Identity(vendor: 0x10de, device: 0x0a, classCode: ClassCode(0x030000))
    let text = GrantRule(Rig.nic, identity, to: Grantee(uid: 1000, name: "al\u{1b}ice\nRUN+=\"x\"")).text
    let outcome = Golden.check(text, "grant.rules")
    #expect(outcome.matches, "\(outcome)")
    #expect(!text.contains("\nRUN"))
    #expect(ConfigurationFile(path: Self.rule.path) == Self.rule)
  }

  @Test func `where a vfio driver is bound and no node is seen nothing is said to be given`() throws {
    let host = Rig.rehearsed { if $0.address == Rig.physical { $0.driver = .value("vfio-pci") } }
    let (named, whole) = (
      Self.grant(host, named: [Rig.physical]), Self.grant(host, named: [], groups: [GroupID(9)])
    )
    for intent in [named, whole] {
      let refusal = try #require(Rig.refusal(intent, on: host))
      #expect(refusal.why == .noNode(Rig.physical, "vfio-pci"))
      #expect(
        refusal.sentence()
          == "04:00.0 is with vfio-pci, but neither its group's node nor its own is seen here: there is nothing to give."
      )
    }
    let kept = try Rig.plan(Self.grant(host, named: [Rig.physical], persists: true), on: host)
    #expect(kept.steps.map(\.effect.subject) == [.file(GrantRule.file(for: Rig.physical))])
  }
}
