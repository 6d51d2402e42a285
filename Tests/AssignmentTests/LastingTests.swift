import Assignment
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

/// Files of configuration and owners of nodes, in plans, transactions and scripts.
@Suite struct LastingTests {
  private static let store = ConfigurationFile.driverctl(Rig.nic)
  private static let record = ConfigurationFile.assignment(Rig.nic, state: "/var/lib/viable")
  private static let node = DeviceNode.group(Scene.group)

  /// A plan with files around its devices, and nodes once they are there.
  private static func lasting(_ plan: Plan, _ host: SimulatedHost, nodes: Bool) -> Plan {
    var plan = plan
    let files: [(ConfigurationFile, String)] = [(store, "vfio-pci\n"), (record, "it's\n$(me)\n")]
    plan.steps += files.map { file, text in
      Plan.Step(.writeFile(file, text), inverse: [.writeFile(file, host.files[file])])
    }
    plan.readings += files.map { .file($0.0, host.files[$0.0]) }
    if nodes, let seen = try? host.node(node) {
      plan.steps.append(
        Plan.Step(
          .setOwner(node, uid: 1000, gid: 100, mode: 0o660),
          inverse: [.setOwner(node, uid: seen.owner, gid: seen.group, mode: seen.mode)]))
      plan.readings.append(.node(node, seen))
    }
    return plan
  }

  @Test(arguments: [false, true])
  func `files and owners are taken back wherever it stops`(isOverwritten: Bool) throws {
    var host = Rig.seed(nic: "vfio-pci", rules: .explicitLinux)
    if isOverwritten { #expect(host.begin(.writeFile(Self.store, "nouveau\n")) == .done) }
    let before = host
    var cruelty = Cruelty(Intent(.assign, named: [Rig.hba], onlyNamed: true), on: host)
    cruelty.more = { Self.lasting($0, before, nodes: true) }
    try cruelty.run()
    #expect(cruelty.tried > 40)
  }

  @Test func `done and restored, nothing is left`() throws {
    let host = Rig.seed(nic: "vfio-pci")
    var (end, journal) = (host, MemoryJournal())
    let plan = Self.lasting(
      try Rig.plan(Intent(.assign, named: [Rig.hba], onlyNamed: true), on: host), host, nodes: true)
    var transaction = Rig.transaction(plan, journal)
    #expect(Rig.run(&transaction, on: &end, &journal) == .done)
    #expect(end.files == [Self.store: "vfio-pci\n", Self.record: "it's\n$(me)\n"])
    #expect(try end.node(Self.node) == Node(path: "/dev/vfio/5", owner: 1000, group: 100, mode: 0o660))
    let known = Journal(journal.entries(), in: Rig.session)
    #expect(known.recordedPlaces == [.file(Self.store), .file(Self.record), .node(Self.node)])
    var (other, kept) = (end, journal)
    #expect(try Rig.act(Intent(.restore, entry: 1), on: &other, &kept) == .done)
    #expect(other == host && kept.entries().isEmpty)
    #expect(try Rig.restoreAll(&end, &journal) == .done)
    #expect(end == host && journal.entries().isEmpty)
  }

  @Test func `a file that somebody else wrote since stays his`() throws {
    let host = Rig.seed()
    var (end, journal) = (host, MemoryJournal())
    let plan = Self.lasting(
      try Rig.plan(Intent(.assign, named: [Rig.nic], onlyNamed: true), on: host), host, nodes: false)
    var transaction = Rig.transaction(plan, journal)
    #expect(Rig.run(&transaction, on: &end, &journal) == .done)
    #expect(end.begin(.writeFile(Self.store, "his\n")) == .done)
    #expect(try Rig.restoreAll(&end, &journal) == .done)
    #expect(end.files == [Self.store: "his\n"])
    #expect(end.inventory == host.inventory && journal.entries().isEmpty)
  }

  @Test func `a file that changes between plan and act stops the act before it`() throws {
    let host = Rig.seed()
    var (end, journal) = (host, MemoryJournal())
    let plan = Self.lasting(
      try Rig.plan(Intent(.assign, named: [Rig.nic], onlyNamed: true), on: host), host, nodes: false)
    #expect(plan.staleness(against: plan.assumptions, readings: plan.readings, groups: host.inventory.groups) == nil)
    #expect(
      plan.staleness(
        against: plan.assumptions, readings: [.file(Self.store, "x"), plan.readings[1]], groups: host.inventory.groups
      )?.why == .changed(.file(Self.store)))
    #expect(end.begin(.writeFile(Self.record, "his\n")) == .done)
    var transaction = Rig.transaction(plan, journal)
    let outcome = Rig.run(&transaction, on: &end, &journal)
    #expect(outcome == .takenBack(step: 4, .otherDevice(found: .file(Self.record, "his\n"))))
    #expect(end.files == [Self.record: "his\n"])
    #expect(
      transaction.sentence() == "Step 5 of 5 failed (write /var/lib/viable/assignments/0000:02:01.0): "
        + "somebody else has written it since, and it stays as it is. What was done before was taken back.")
  }

  @Test func `effects on files and nodes are shown to the byte`() {
    let effects: [Effect] = [
      .writeFile(Self.store, "vfio-pci\n"), .writeFile(Self.record, "a \"b\"\n\u{202e}\\n"),
      .writeFile(Self.store, nil),
      .setOwner(Self.node, uid: 1000, gid: 0, mode: 0o600), .setOwner(.iommu, uid: 0, gid: 5, mode: 0o660),
    ]
    #expect(
      effects.map(\.exact) == [
        "replace /etc/driverctl.d/pci-0000:02:01.0 with \"vfio-pci\\n\"",
        "replace /var/lib/viable/assignments/0000:02:01.0 with \"a \\\"b\\\"\\n\(Clean.visible("\u{202e}"))\\\\n\"",
        "remove /etc/driverctl.d/pci-0000:02:01.0", "chown 1000:0 /dev/vfio/5; chmod 0600 /dev/vfio/5",
        "chown 0:5 /dev/iommu; chmod 0660 /dev/iommu",
      ])
    #expect(
      effects.map(\.phrase) == [
        "write /etc/driverctl.d/pci-0000:02:01.0", "write /var/lib/viable/assignments/0000:02:01.0",
        "remove /etc/driverctl.d/pci-0000:02:01.0", "give /dev/vfio/5 to user 1000 (mode 0600)",
        "give /dev/iommu to user 0 (mode 0660)",
      ])
  }
}
