import Assignment
import Goldens
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

/// Assignments that outlast the boot: which files are written, what takes them back, what is told of them.
@Suite struct KeepingTests {
  private let nic = Rig.nic
  private static let state = "/var/lib/viable"
  private static func record(_ address: Address) -> ConfigurationFile { .assignment(address, state: state) }
  private static let display = Scene.address("0000:03:00.0")

  private static func seed(driverctl: Bool = false, nic: DriverName? = "e1000") -> SimulatedHost {
    var host = Rig.seed(nic: nic)
    var settings = Configured()
    settings.driverctl = driverctl ? "/usr/sbin/driverctl" : nil
    host.configure(settings, [:])
    return host
  }

  private func act(_ intent: Intent, _ host: inout SimulatedHost, _ journal: inout MemoryJournal) throws {
    #expect(try Rig.act(intent, on: &host, &journal) == .done)
  }

  @Test func `where driverctl is installed its own store is written, and nothing else but the record`() throws {
    var (host, journal) = (Self.seed(driverctl: true), MemoryJournal())
    let start = host
    try act(Intent(.assign, named: [nic], onlyNamed: true, persists: true), &host, &journal)
    #expect(host.inventory[nic]?.driver == .value("vfio-pci"))
    #expect(Set(host.files.keys) == [.driverctl(nic), Self.record(nic)])
    #expect(host.files[.driverctl(nic)] == "vfio-pci\n")
    let card = try #require(Assigned(text: host.files[Self.record(nic)] ?? ""))
    #expect(card.address == nic && card.identity == start.inventory[nic]?.identity.value && card.driver == "vfio-pci")
    try act(Intent(.restore, named: [nic], onlyNamed: true, persists: true), &host, &journal)
    #expect(host == start && journal.entries().isEmpty)
  }

  @Test func `elsewhere a rule is written that fits this card alone`() throws {
    var (host, journal) = (Self.seed(), MemoryJournal())
    try act(Intent(.assign, named: [nic], onlyNamed: true, persists: true), &host, &journal)
    #expect(Set(host.files.keys) == [.bindingRule(nic), Self.record(nic)])
    #expect(Golden.check(host.files[.bindingRule(nic)] ?? "", "binding.rules").matches)
    #expect(host.configured(state: Self.state).kept(nic)?.driver == "vfio-pci")
  }

  @Test func `what is assigned already is kept by its files alone`() throws {
    var (host, journal) = (Self.seed(driverctl: true, nic: "vfio-pci"), MemoryJournal())
    let intent = Intent(.assign, named: [nic], onlyNamed: true, persists: true)
    let plan = try Rig.plan(intent, on: host)
    #expect(plan.touched.isEmpty && plan.steps.count == 2)
    #expect(plan.preview(in: host.inventory).title.hasPrefix("Keep 02:01.0"))
    try act(intent, &host, &journal)
    #expect(try Rig.plan(intent, on: host, journal).steps.isEmpty)
  }

  @Test func `a display gets what early boot needs, and gives it back`() throws {
    var (host, journal) = (Self.machine(0x030000, "nouveau"), MemoryJournal())
    let start = host
    let intent = Intent(.assign, named: [Self.display], persists: true)
    let plan = try Rig.plan(intent, on: host)
    #expect(Golden.check(plan.preview(in: host.inventory).text.map { $0 + "\n" }.joined(), "keep-early").matches)
    #expect(Golden.check(plan.script, "keep-early.sh").matches)
    try act(intent, &host, &journal)
    #expect(host.files[.moduleOptions(Self.display)]?.contains("softdep nouveau pre: vfio-pci\n") == true)
    #expect(host.files[.initramfsHook]?.hasPrefix("#!/bin/sh\n") == true)
    // After a reboot the journal is void: what is on record has to be enough.
    var (later, empty) = (host, MemoryJournal())
    #expect(try Rig.act(Intent(.restore, named: [Self.display], persists: true), on: &later, &empty) == .done)
    #expect(later.files.isEmpty)
    try act(Intent(.restore, named: [Self.display], persists: true), &host, &journal)
    #expect(host == start && journal.entries().isEmpty)
  }

  /// One card in a group of its own.
  private static func machine(
    _ code: UInt32, _ driver: DriverName, id: UInt16 = 0x1c82, by tools: [InitramfsTool] = [.initramfsTools]
  ) -> SimulatedHost {
    let part = Part(
      PortFacts(address: display, parent: .root("pci0000:00")),
      Identity(vendor: 0x10de, device: id, classCode: ClassCode(code)), driver: driver, hostDrivers: [driver])
    var host = SimulatedHost(Machine(name: "one", parts: [part]), rules: Rules(.explicitLinux))
    var settings = Configured()
    settings.initramfs = tools
    host.configure(settings, [:])
    return host
  }

  @Test(arguments: [false, true])
  func `whatever fails and whenever it is killed, files and devices are as they were`(driverctl: Bool) throws {
    let host = Self.seed(driverctl: driverctl)
    let keep = Intent(.assign, groups: [Scene.group], persists: true)
    var cruelty = Cruelty(keep, on: host)
    try cruelty.run()
    var early = Cruelty(Intent(.assign, named: [Self.display], persists: true), on: Self.machine(0x030000, "nouveau"))
    try early.run()
    #expect(cruelty.tried > 60 && early.tried > 60)
    let back = Cruelty(Intent(.restore, groups: [Scene.group], persists: true), after: keep, on: host)
    var forgetting = try #require(back)
    try forgetting.run()
    #expect(forgetting.tried > 60)
  }

  @Test func `another card in the slot is told, and what was written of the old one is removed`() throws {
    var (host, journal) = (Self.machine(0x020000, "e1000"), MemoryJournal())
    try act(Intent(.assign, named: [Self.display], persists: true), &host, &journal)
    var swapped = Self.machine(0x020000, "e1000", id: 0x1db6)
    swapped.configure(Configured(), host.files)
    let configured = swapped.configured(state: Self.state)
    let found = Findings.misplaced(configured, in: swapped.inventory)
    #expect(found.map(\.kind) == [.otherCard])
    #expect(
      found.first?.text == "assigned for another card: 10de:1c82 was meant (/var/lib/viable/assignments/0000:03:00.0), "
        + "now 10de:1db6 is there. To end that: viable restore 0000:03:00.0 --persist")
    var empty = MemoryJournal()
    #expect(try Rig.act(Intent(.restore, named: [Self.display], persists: true), on: &swapped, &empty) == .done)
    #expect(swapped.files.isEmpty && swapped.inventory[Self.display]?.driver == .value("e1000"))
  }

  @Test func `a store of somebody else's is not touched`() throws {
    var host = Self.machine(0x020000, "e1000")
    host.configure(Configured(), [.driverctl(Self.display): "e1000\n"])
    let intent = Intent(.restore, named: [Self.display], persists: true)
    #expect(Rig.refusal(intent, on: host)?.why == .nothingRecorded(Self.display))
  }

  @Test func `a restore that does not last says so, and what is configured otherwise is told`() throws {
    var (host, journal) = (Self.seed(driverctl: true), MemoryJournal())
    try act(Intent(.assign, named: [nic], onlyNamed: true, persists: true), &host, &journal)
    let source = Configured.Source("/etc/modprobe.d/vfio.conf", line: 3)
    let id = try #require(IDPattern("8086:100e"))
    var settings = Configured()
    settings.statements = [
      .init(.vfioIDs([id]), source), .init(.hostdev(nic, domain: "win", isManaged: true), .init("/d.xml", line: 9)),
    ]
    host.configure(settings, host.files)
    let plan = try Rig.plan(Intent(.restore, named: [nic], onlyNamed: true), on: host, journal)
    let found = Findings.configured(
      on: [nic], host.configured(state: Self.state), in: host.inventory, for: plan)
    #expect(found.map(\.kind) == [.managed, .staysAssigned])
    #expect(found.last?.text.contains("viable restore 0000:02:01.0 --persist") == true)
    #expect(host.begin(.writeFile(.driverctl(nic), "nouveau\n")) == .done)
    let other = Findings.configured(on: [nic], host.configured(state: Self.state), in: host.inventory)
    #expect(other.map(\.kind) == [.managed, .otherDriver])
  }

  /// For the finding, plan and configuration as the commands put them together.
  private func early(_ plan: Plan, _ host: SimulatedHost) -> [String] {
    Findings.configured(on: [Self.display], host.configured(state: Self.state), in: host.inventory, for: plan)
      .filter { $0.kind == .earlyBoot }.map(\.text)
  }

  @Test(arguments: [
    ([InitramfsTool.dracut], "dracut --force"), ([.mkinitcpio], "mkinitcpio -P"), ([], "nothing was found here"),
    ([.dracut, .mkinitcpio], "dracut --force"), ([.initramfsTools], "update-initramfs -u"),
  ])
  func `what makes the initramfs is told what it has to have, and no file is written that nobody reads`(
    tools: [InitramfsTool], words: String
  ) throws {
    var (host, journal) = (Self.machine(0x030000, "nouveau", by: tools), MemoryJournal())
    let intent = Intent(.assign, named: [Self.display], persists: true)
    let plan = try Rig.plan(intent, on: host)
    let said = early(plan, host)
    #expect(said.count == max(1, tools.count) && said.first?.contains(words) == true)
    try act(intent, &host, &journal)
    let isHooked = tools.contains(.initramfsTools)
    #expect((host.files[.initramfsHook] != nil) == isHooked)
    #expect(host.files[.bindingRule(Self.display)] != nil && host.files[.moduleOptions(Self.display)] != nil)
    let rule = ConfigurationFile.bindingRule(Self.display).path
    if !isHooked { #expect(said.allSatisfy { $0.contains("vfio-pci vfio_iommu_type1") && $0.contains(rule) }) }
    let back = try Rig.plan(Intent(.restore, named: [Self.display], persists: true), on: host, journal)
    #expect(early(back, host).allSatisfy { $0.hasPrefix("an initramfs that was made meanwhile still hands it out") })
    #expect(early(back, host).count == max(1, tools.count))
  }

  @Test func `the module that an initramfs gets is that of the driver made for the card`() throws {
    let alias = try #require(
      VFIODrivers.Alias("alias vfio_pci:v000010DEd00001C82sv*sd*bc*sc*i* nvgrace_gpu_vfio_pci"))
    let drivers = VFIODrivers(registered: ["vfio-pci"], aliases: .value([alias]))
    let host = Self.machine(0x030000, "nouveau", by: [.dracut])
    let plan = try Rig.plan(Intent(.assign, named: [Self.display], persists: true), on: host, drivers: drivers)
    #expect(early(plan, host).first?.contains("vfio-pci vfio_iommu_type1 nvgrace_gpu_vfio_pci ") == true)
  }
}
