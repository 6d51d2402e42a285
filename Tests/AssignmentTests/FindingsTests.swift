import Assignment
import Goldens
import HostAccess
import Testing
import Topology

/// What an act would cost: the sentences, and how grave each is.
@Suite struct FindingsTests {
  private func function(_ text: String, _ driver: DriverName) throws -> Function {
    Function(address: try #require(Address(text)), parent: .root("pci0000:00"), driver: .value(driver))
  }

  @Test func `every finding has a sentence and a gravity`() throws {
    let (nic, hba) = (try function("0000:02:01.0", "e1000"), try function("0000:02:02.0", "sym53c8xx"))
    let gpu = try function("0000:03:00.0", "nvidia")
    let (a, b) = (nic.address, hba.address)
    let what: [(Address, Carried.What, [String])] = [
      (b, .mount(source: "/dev/mapper/vg-root", at: "/", type: "ext4"), ["sda", "sda2", "dm-0"]),
      (b, .mount(source: "/dev/sda1", at: "/boot/efi", type: "vfat"), ["sda", "sda1"]),
      (b, .mount(source: "tank/home", at: "/home", type: "zfs"), ["sdb", "sdb1"]),
      (b, .swap("/dev/sda3"), ["sda", "sda3"]), (b, .disk("sdc"), ["sdc"]),
      (b, .member(of: "tank", kind: "ZFS pool"), ["sdd"]),
      (a, .interface("eth0", isUp: true, addresses: [], routes: 0), ["eth0"]),
      (a, .interface("br0", isUp: true, addresses: ["192.0.2.5", "2001:db8::5"], routes: 1), ["eth0", "br0"]),
      (a, .login(interface: "br0", from: "192.0.2.9"), ["eth0", "br0"]),
      (gpu.address, .display("fb0"), ["fb0"]), (gpu.address, .display("boot_vga"), []),
      (a, .keyboard("USB\u{1b}[2J Keyboard", isOnly: true), []), (a, .keyboard("Second", isOnly: false), []),
      (a, .holder(Holder(process: 42, command: "qemu", node: "/dev/vfio/5")), []),
      (a, .virtualFunctions([b]), []), (a, .virtualFunctions([a, b]), []), (b, .suspended, []),
    ]
    let burden = Burden(
      carried: what.map { Carried($0.0, $0.1, via: $0.2) },
      unknown: [.init(a, .login, .needsRoot), .init(b, .mounts, .notRecorded)])
    let inventory = Inventory(functions: [nic, hba, gpu], groups: [], host: HostFacts())
    let findings = Findings.on([a, b, gpu.address], burden, in: inventory)
    let lines = findings.map { finding in
      "\(finding.severity.rawValue.padded(8)) \(finding.address.short) \(finding.kind.rawValue): \(finding.text)"
    }
    let outcome = Golden.check(lines.joined(separator: "\n") + "\n", "findings.txt")
    #expect(outcome.matches, "\(outcome.description)")
    #expect(findings.map(\.severity) == findings.map(\.severity).sorted(by: >))
    // Each thing carried, the driver that hangs and each gap: none is lost.
    #expect(findings.count == what.count + 1 + 2)
  }

  @Test func `nothing is called unused while what would tell so could not be read`() throws {
    let card = try function("0000:02:02.0", "e1000")
    let inventory = Inventory(functions: [card], groups: [], host: HostFacts())
    let carried = [
      Carried(card.address, .disk("vda"), via: ["vda"]),
      Carried(card.address, .member(of: "md0", kind: "RAID"), via: ["vdb"]),
      Carried(card.address, .interface("eth0", isUp: false, addresses: [], routes: 0), via: ["eth0"]),
      Carried(card.address, .interface("eth1", isUp: true, addresses: ["192.0.2.5"], routes: 0), via: ["eth1"]),
    ]
    func said(_ gaps: [Burden.Gap.What]) -> [String] {
      let unknown = gaps.map { Burden.Gap(card.address, $0, .notRecorded) }
      return Findings.on([card.address], Burden(carried: carried, unknown: unknown), in: inventory)
        .filter { $0.kind != .unknown }.map(\.text)
    }
    let address = "interface eth1 has 192.0.2.5: they are lost."
    let mounted = "vdb is part of the RAID md0, which is not mounted but loses it."
    let unused = ["vda leaves the host; nothing on it is mounted or swap."]
    let idle = "interface eth0 leaves the host; it is down and unused."
    #expect(said([]) == [mounted, address] + unused + [idle])
    #expect(said([.keyboards]) == said([]))
    for gap in [Burden.Gap.What.mounts, .layers, .swap] {
      #expect(said([gap]) == ["vdb is part of the RAID md0, which loses it.", address, "vda leaves the host.", idle])
    }
    for gap in [Burden.Gap.What.addresses, .routes] {
      #expect(said([gap]) == [mounted, address] + unused + ["interface eth0 leaves the host."])
    }
  }

  @Test func `every question that nobody could answer is asked in words of its own`() throws {
    let card = try function("0000:02:01.0", "e1000")
    let inventory = Inventory(functions: [card], groups: [], host: HostFacts())
    let unknown = Burden.Gap.What.allCases.map { Burden.Gap(card.address, $0, .notRead) }
    let findings = Findings.on([card.address], Burden(unknown: unknown), in: inventory)
    #expect(findings.allSatisfy { $0.severity == .medium } && findings.count == unknown.count)
    let outcome = Golden.check(findings.map { $0.text + "\n" }.joined(), "gaps.txt")
    #expect(outcome.matches, "\(outcome.description)")
  }

  @Test func `a process that drives a card itself loses it, and one behind vfio is waited for`() throws {
    let card = try function("0000:02:01.0", "uio_pci_generic")
    let inventory = Inventory(functions: [card], groups: [], host: HostFacts())
    let holders = ["/dev/uio0", "/dev/vfio/5"].map { Holder(process: 42, command: "testpmd", node: $0) }
    let carried = holders.map { Carried(card.address, .holder($0)) }
    #expect(
      Findings.on([card.address], Burden(carried: carried), in: inventory).map(\.text) == [
        "testpmd (42) has /dev/uio0 open: it loses the device at once.",
        "testpmd (42) has /dev/vfio/5 open: taking the driver away waits until it lets go.",
      ])
  }

  @Test func `what others carry is no finding of ours`() throws {
    let nic = try function("0000:02:01.0", "e1000")
    let other = try #require(Address("0000:02:02.0"))
    let burden = Burden(carried: [Carried(other, .swap("/dev/sda3"))])
    let inventory = Inventory(functions: [nic], groups: [], host: HostFacts())
    #expect(Findings.on([nic.address], burden, in: inventory).isEmpty)
  }

  @Test func `a file system below a vital one is not vital itself`() throws {
    let hba = try function("0000:02:02.0", "sym53c8xx")
    for (point, severity) in [("/", Severity.lockout), ("/usr", .lockout), ("/usr/local", .medium), ("/srv", .medium)] {
      let burden = Burden(carried: [Carried(hba.address, .mount(source: "/dev/sda1", at: point, type: "ext4"))])
      let inventory = Inventory(functions: [hba], groups: [], host: HostFacts())
      #expect(Findings.on([hba.address], burden, in: inventory).map(\.severity) == [severity], "\(point)")
    }
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - utf8.count)) }
}
