import Goldens
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

@testable import Assignment

@Suite struct ExportTests {
  private static let both = [
    Capability(.container, .works, "/dev/vfio/vfio opens."), Capability(.iommufd, .works, "/dev/iommu opens."),
    Capability(.deviceNodes, .works, "There are 2."), Capability(.memoryLock, .works, "This user may lock 8 GiB."),
  ]

  private func handover(
    _ host: SimulatedHost = Rig.seed(), groups: [GroupID] = [Scene.group], named: [Address] = [],
    onlyNamed: Bool = false, _ capabilities: [Capability] = both
  ) -> Handover {
    var handover = Handover(
      of: named, groups: groups, in: host.inventory, rules: .explicitLinux, onlyNamed: onlyNamed)
    let ties = Ties(host.inventory, host.ports(of: host.inventory, [:]))
    let witness = Witness(host.inventory, ties)
    for group in ties.groups { handover.explained[group.id] = Explained(group, by: witness) }
    handover.capabilities = capabilities
    handover.origin = "a simulated machine"
    return handover
  }

  /// A machine with a change in its functions.
  private func changed(_ edit: (inout Function) -> Void) -> SimulatedHost { Rig.rehearsed(edit) }

  private func text(_ handover: Handover, _ format: ExportFormat) throws -> String {
    try handover.document(format).text
  }

  @Test(arguments: [ExportFormat.qemu, .libvirt, .dpdk, .dot, .svg, .report])
  func `a group is written down as its golden`(format: ExportFormat) throws {
    let ending = format == .libvirt ? "xml" : format == .report ? "md" : format.isPicture ? format.rawValue : "txt"
    let outcome = Golden.check(try text(handover(), format), "export-\(format.rawValue).\(ending)")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `every endpoint of a group is handed over and never its bridge`() throws {
    let all = handover(named: [Rig.nic])
    #expect(handover(groups: [], named: [Rig.nic]).endpoints == [Rig.nic, Rig.hba])
    #expect(all.endpoints == [Rig.nic, Rig.hba])
    for format in [ExportFormat.qemu, .libvirt] { #expect(try !text(all, format).contains("bus='0x01'")) }
    let one = handover(groups: [], named: [Rig.nic], onlyNamed: true)
    #expect(one.endpoints == [Rig.nic])
    #expect(one.leftBehind == [Rig.hba])
    let caveats = try one.document(.qemu).caveats
    #expect(caveats.contains { $0.kind == .leftBehind && $0.text.contains("02:02.0") })
    #expect(caveats.contains { $0.kind == .blocked && $0.text.contains("sym53c8xx") })
  }

  @Test(arguments: [
    (Capability.Status.works, Capability.Status.works, Capability.Status.works, "explicit"),
    (.works, .missing, .missing, "explicit"), (.missing, .works, .works, "iommufd"),
    (.missing, .works, .unknown, "iommufd"), (.missing, .works, .missing, "explicit"),
    (.unknown, .missing, .missing, "explicit"), (.missing, .missing, .missing, "explicit"),
  ])
  func `the way that works is written down, the other one is a comment`(
    container: Capability.Status, iommufd: Capability.Status, nodes: Capability.Status, expected: String
  ) throws {
    var handover = handover(
      Rig.seed(nic: "vfio-pci", hba: "vfio-pci"),
      [
        Capability(.container, container, "Of the container."), Capability(.iommufd, iommufd, "Of iommufd."),
        Capability(.deviceNodes, nodes, "Of nodes."),
      ])
    let lines = try text(handover, .qemu).split(separator: "\n")
    let bare = lines.filter { !$0.hasPrefix("#") }
    let isNew = expected == "iommufd"
    #expect(bare.contains("-object iommufd,id=iommufd0") == isNew)
    #expect(bare.filter { $0.hasPrefix("-device vfio-pci,host=0000:02:0") }.count == 2)
    #expect(bare.allSatisfy { $0.hasSuffix(",iommufd=iommufd0") == (isNew && $0.hasPrefix("-device")) })
    #expect(lines.contains { $0.hasPrefix("#   -device") && $0.hasSuffix(",iommufd=iommufd0") != isNew })
    let isSure = isNew || container != .missing
    let caveats = try handover.document(.qemu).caveats
    #expect(caveats.contains { $0.kind == .model } == !isSure)
    #expect(caveats.contains { $0.kind == .peerToPeer } == isNew)
    handover.choice.isBare = true
    #expect(try text(handover, .qemu).split(separator: "\n") == bare)
  }

  @Test func `a domain wider than four digits is one that each program takes`() throws {
    let wide = Scene.address("10000:e1:00.0")
    let function = Function(
      address: wide, parent: .root("pci10000:e1"),
      identity: .value(Identity(vendor: 0x8086, device: 0x0a54, classCode: ClassCode(0x010802))),
      driver: .value("vfio-pci"), group: .value(GroupID(3)), driverOverride: .absent)
    let inventory = Inventory(functions: [function], groups: [Group(id: GroupID(3), members: [wide])])
    let handover = Handover(of: [wide], groups: [], in: inventory, rules: .explicitLinux)
    #expect(try text(handover, .qemu).contains("-device vfio-pci,sysfsdev=/sys/bus/pci/devices/10000:e1:00.0\n"))
    let xml = try text(handover, .libvirt)
    #expect(xml.contains("<address domain='0x10000' bus='0xe1' slot='0x00' function='0x0'/>"))
    #expect(xml.contains("managed='no'"))
    #expect(try text(handover, .spdk).contains("PCI_ALLOWED=\"10000:e1:00.0\""))
    let outcome = Golden.check(try text(handover, .spdk), "export-spdk.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `libvirt manages what is the host's and leaves what was assigned`() throws {
    func managed(_ host: SimulatedHost, _ choice: Bool? = nil) throws -> [Bool] {
      var handover = handover(host)
      handover.choice.isManaged = choice
      return try text(handover, .libvirt).split(separator: "\n").filter { $0.hasPrefix("<hostdev") }.map {
        $0.contains("managed='yes'")
      }
    }
    #expect(try managed(Rig.seed()) == [true, true])
    #expect(try managed(Rig.seed(nic: "vfio-pci")) == [false, true])
    #expect(try managed(Rig.seed(nic: "vfio-pci"), true) == [true, true])
    #expect(try managed(Rig.seed(), false) == [false, false])
    let aimed = changed { if $0.address == Rig.hba { $0.driverOverride = .value("vfio-pci") } }
    #expect(try managed(aimed) == [true, false])
  }

  @Test func `names that would end a comment, a tag or a string do not`() throws {
    let host = changed { function in
      if function.address == Rig.nic { function.driver = .value("e1--><script>\"x\\") }
    }
    let xml = try text(handover(host), .libvirt)
    let comments = xml.split(separator: "\n").filter { !$0.hasPrefix("<hostdev") && !$0.hasPrefix("</hostdev") }
    // Each comment opens and closes with two dashes, and holds no others.
    let marks = comments.count { $0.hasPrefix("<!--") } + comments.count { $0.hasSuffix("-->") }
    #expect(comments.joined(separator: "\n").components(of: "--").count == marks + 1)
    let svg = try text(handover(host), .svg)
    #expect(!svg.contains("<script>") && svg.contains("&lt;script&gt;"))
    #expect(try text(handover(host), .dot).contains("<script>\\\"x\\\\"))
    #expect(try text(handover(host), .report).contains("\\<script\\>"))
  }

  @Test func `a report holds nothing of whose machine it is`() throws {
    var host = changed { function in
      guard function.address == Rig.nic else { return }
      function.details?.interfaces = .value(["enx525400123456"])
      function.details?.disks = .value(["nvme-secret"])
    }
    host = SimulatedHost(rehearsing: host.inventory, name: "secret-host", rules: Rules(.explicitLinux))
    var handover = handover(host)
    handover.inventory.host.commandLine = .value("root=UUID=secret intel_iommu=on ro quiet vfio-pci.ids=8086:100e")
    let report = try text(handover, .report)
    #expect(!report.contains("secret") && !report.contains("525400"))
    #expect(report.contains("`intel_iommu=on` `vfio-pci.ids=8086:100e`"))
  }

  @Test func `what a program has no use for is named, and nothing at all is refused`() throws {
    #expect(throws: Refusal(.nothingToHandOver("spdk", [Rig.nic, Rig.hba]))) { try text(handover(), .spdk) }
    #expect(throws: Refusal(.bridge(Rig.port))) {
      try text(handover(groups: [host(Rig.port)]), .qemu)
    }
    let loose = changed { if $0.address == Rig.physical { $0.group = .absent } }
    #expect(throws: Refusal(.noGroup(Rig.physical))) {
      try text(handover(loose, groups: [], named: [Rig.physical]), .libvirt)
    }
    let caveats = try handover().document(.dpdk).caveats
    #expect(caveats.contains { $0.kind == .useless && $0.address == Rig.hba })
  }

  private func host(_ address: Address) -> GroupID { Rig.seed().inventory.group(of: address)?.id ?? GroupID(99) }

  @Test func `a virtual function says what it needs of its physical one`() throws {
    var (host, journal) = (Rig.rehearsed(), MemoryJournal())
    #expect(try Rig.act(Intent(.virtualFunctions, named: [Rig.physical], count: 1), on: &host, &journal) == .done)
    let virtual = try #require(host.inventory.functions.first { $0.physicalFunction == Rig.physical })
    func notes(_ driver: Known<DriverName>) throws -> [Caveat] {
      var functions = host.inventory.functions
      let place = try #require(functions.firstIndex { $0.address == Rig.physical })
      functions[place].driver = driver
      let inventory = Inventory(functions: functions, groups: host.inventory.groups)
      let handover = Handover(of: [virtual.address], groups: [], in: inventory, rules: .explicitLinux)
      return try handover.document(.qemu).caveats.filter { $0.kind == .virtualFunction }
    }
    #expect(try notes(.value("igb")).isEmpty)
    #expect(try notes(.absent).first?.text.contains("has no driver") == true)
    #expect(try notes(.value("vfio-pci")).first?.text.contains("token") == true)
  }

  @Test func `a device that cannot be reset alone says whom its reset hits`() throws {
    var handover = handover()
    handover.methods = [Rig.nic: .value([.bus]), Rig.hba: .value([.functionLevel, .bus])]
    let resets = try handover.document(.qemu).caveats.filter { $0.kind == .reset }
    #expect(resets.map(\.address) == [Rig.nic])
    #expect(resets.first?.text.contains("also hits 02:02.0 SCSI HBA of its group") == true)
  }

  @Test func `a script is the plan, with what it costs above it`() throws {
    let host = Rig.seed()
    var plan = try Rig.plan(Intent(.assign, groups: [Scene.group]), on: host)
    plan.findings = [Finding(.medium, Rig.hba, .disk, "sda leaves the\nhost.")]
    let script = try handover(host).document(.script, plan: plan).text
    let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "#!/bin/sh")
    #expect(lines.contains("# - 02:02.0 (medium): sda leaves the\\x0ahost."))
    #expect(script.filter { $0 != "#" }.contains("set -eu"))
    for line in plan.script.split(separator: "\n") { #expect(lines.contains(line)) }
  }

  @Test func `pictures of the whole machine and of an empty one are whole`() throws {
    let whole = Handover(of: [], groups: [], in: Rig.seed().inventory, rules: .explicitLinux)
    let rows = Picture(whole).rows
    #expect(rows.map(\.address) == Tree(Rig.seed().inventory).lines.map(\.address))
    #expect(Picture(whole).runs.reduce(0) { $0 + $1.rows.count } == rows.count)
    let grouped = Rig.seed().inventory
    let bare = Inventory(functions: grouped.functions, groups: [])
    let loose = try text(Handover(of: [], groups: [], in: bare, rules: .explicitLinux), .report)
    for function in grouped.functions { #expect(loose.contains("| \(function.address) |")) }
    let empty = Handover(of: [], groups: [], in: Inventory(functions: [], groups: []), rules: .explicitLinux)
    #expect(try text(empty, .svg).contains("No PCI devices."))
    #expect(try text(empty, .dot).hasSuffix("}\n"))
    #expect(try text(empty, .report).contains("No PCI devices."))
  }

  @Test func `DPDK gets no Wi-Fi card, and what a kernel driver stays with has no caveats of VFIO`() throws {
    let wifi = changed { function in
      guard function.address == Rig.physical else { return }
      function.identity = .value(Identity(vendor: 0x8086, device: 0x51f0, classCode: ClassCode(0x028000)))
    }
    #expect(throws: Refusal(.nothingToHandOver("dpdk", [Rig.physical]))) {
      try text(handover(wifi, groups: [GroupID(9)]), .dpdk)
    }
    let mellanox = changed { function in
      guard function.address == Rig.physical else { return }
      function.driver = .value("mlx5_core")
      function.identity = .value(Identity(vendor: 0x15b3, device: 0x1015, classCode: ClassCode(0x020000)))
    }
    let caveats = try handover(mellanox, groups: [GroupID(9)]).document(.dpdk).caveats
    #expect(caveats.map(\.kind) == [.driver, .memory], "\(caveats)")
    #expect(caveats.first?.text.contains("leave it bound") == true)
  }

  @Test func `a name of a device is drawn and written as it is, whatever it looks like`() throws {
    #expect(Picture.quoted("R&D &lt; \"x\"") == "\"R&amp;D &amp;lt; \\\"x\\\"\"")
    var handover = handover()
    handover.inventory.names.devices[Names.key(vendor: 0x8086, device: 0x100e)] = "a &lt;b&gt; c"
    #expect(try text(handover, .report).contains("a \\&lt;b\\&gt; c"))
  }
}

extension String {
  fileprivate func components(of needle: String) -> [String] {
    var (parts, part) = ([String](), "")
    for character in self {
      part.append(character)
      if part.hasSuffix(needle) {
        parts.append(part)
        part = ""
      }
    }
    return parts + [part]
  }
}
