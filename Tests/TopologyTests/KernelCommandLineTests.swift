import Testing
import Topology

@Suite struct KernelCommandLineTests {
  @Test func `words, quotes and the end for init are where the kernel sees them`() {
    let line = KernelCommandLine("BOOT_IMAGE=/vmlinuz quiet  dyndbg=\"file a b\" pci=\"noats\" -- intel_iommu=on\n")
    #expect(line.options.map(\.text) == ["BOOT_IMAGE=/vmlinuz", "quiet", "dyndbg=file a b", "pci=noats"])
    #expect(line.pci == ["noats"] && line.intelIOMMU.isEmpty)
    #expect(KernelCommandLine("").options.isEmpty && KernelCommandLine("\"").options.isEmpty)
    #expect(KernelCommandLine("=").options.map(\.text) == ["="])
  }

  @Test func `options about the IOMMU and vfio are found however they are dashed`() {
    let line = KernelCommandLine(
      "intel_iommu=on,sm_on iommu=pt amd_iommu=off vfio_pci.ids=10de:1b80,10de:10f0:1462:3301,zz "
        + "vfio_iommu_type1.allow_unsafe_interrupts=1")
    #expect(line.intelIOMMU == ["on", "sm_on"] && line.iommu == ["pt"] && line.amdIOMMU == ["off"])
    #expect(line.iommuOptions == ["intel_iommu=on,sm_on", "iommu=pt", "amd_iommu=off"])
    #expect(line.vfioIDs.map(\.device) == [0x1b80, 0x10f0])
    #expect(line.vfioIDs.last?.subsystemVendor == 0x1462)
    #expect(line.allowsUnsafeInterrupts)
    #expect(KernelCommandLine("vfio-iommu-type1.allow-unsafe-interrupts").allowsUnsafeInterrupts)
    #expect(!KernelCommandLine("vfio_iommu_type1.allow_unsafe_interrupts=0").allowsUnsafeInterrupts)
    #expect(!KernelCommandLine("quiet").allowsUnsafeInterrupts)
  }

  @Test func `what the override patch pretends is told from its words`() throws {
    let override = try #require(
      KernelCommandLine("pcie_acs_override=downstream,id:8086:10fb").acsOverride)
    #expect(override.downstream && !override.multifunction && override.ids.count == 1)
    let port = PortFacts(address: try at("0000:00:01.0"), parent: .root("pci0000:00"), type: .express(4))
    var card = PortFacts(address: try at("0000:01:00.0"), parent: .function(port.address), type: .express(0))
    card.isMultifunction = true
    #expect(override.covers(nil, port) && !override.covers(nil, card))
    #expect(override.covers(Identity(vendor: 0x8086, device: 0x10fb, classCode: ClassCode(0)), card))
    #expect(KernelCommandLine("pcie_acs_override=multifunction").acsOverride?.covers(nil, card) == true)
    #expect(KernelCommandLine("quiet").acsOverride == nil)
  }

  @Test func `flags stand most significant first, and leave alone what is x`() throws {
    let acs = KernelCommandLine("pci=noats,config_acs=xx0xx@00:07.0;1x10@pci:8086:0").acs
    #expect(acs.configured.map(\.mask) == [0x04, 0x0b] && acs.configured.map(\.flags) == [0, 0x0a])
    #expect(acs.configured[0].applied(to: 0x1d) == 0x19)
    #expect(acs.configured[0].text == "config_acs=xx0xx@00:07.0")
    #expect(acs.configured[0].device == .path(try at("0000:00:07.0"), []))
    #expect(acs.configured[1].device == .ids(0x8086, 0, 0, 0))
    let redirect = KernelCommandLine("pci=disable_acs_redir=0001:00:1c.0/0.0;pci:1b36:c:0:0").acs
    #expect(redirect.disabledRedirects.map(\.mask) == [0x2c, 0x2c])
    #expect(redirect.disabledRedirects[0].device == .path(try at("0001:00:1c.0"), [0]))
    #expect(redirect.disabledRedirects[0].applied(to: 0x1f) == 0x13)
  }

  @Test(arguments: [
    "config_acs=10x", "config_acs=12@0:0.0", "config_acs=1xxxxxxx@0:0.0", "config_acs=1@", "config_acs=1@00:07",
    "config_acs=1@0:0.8", "config_acs=1@0:20.0", "config_acs=1@100:0.0", "config_acs=1@pci:8086",
    "config_acs=1@pci:8086:1:2", "config_acs=1@pci:18086:1", "config_acs=1@0:0.0/", "config_acs=1@0:0.0/1",
    "disable_acs_redir=", "disable_acs_redir=1:2:3:4.0", "disable_acs_redir=g:0.0", "config_acs=1@0:+1.0",
    "config_acs=00000000000000000000@0:0.0",
  ])
  func `what the kernel cannot read is ignored and said`(word: String) {
    let acs = KernelCommandLine("pci=\(word)").acs
    #expect(acs.configured.isEmpty && acs.disabledRedirects.isEmpty && acs.ignored == [word])
  }

  @Test func `the kernel stops at the first entry it cannot read, and the last option counts`() {
    let acs = KernelCommandLine("pci=config_acs=1@1:0.0 pci=config_acs=1@2:0.0;bad;1@3:0.0").acs
    #expect(acs.configured.map(\.text) == ["config_acs=1@2:0.0"])
    #expect(acs.ignored == ["config_acs=bad"])
  }

  @Test func `an entry names devices by address, by the path to them, or by ids`() throws {
    let (port, card) = (try at("0000:00:07.0"), try at("0000:05:00.1"))
    let inventory = Inventory(
      functions: [
        Function(
          address: port, parent: .root("pci0000:00"),
          identity: .value(Identity(vendor: 0x8086, device: 1, classCode: ClassCode(0x060400)))),
        Function(
          address: card, parent: .function(port),
          identity: .value(
            Identity(
              vendor: 0x8086, device: 0x1521, subsystemVendor: 0x8086, subsystemDevice: 1,
              classCode: ClassCode(0x020000)))),
      ], groups: [])
    func named(_ text: String) -> [Address] {
      let acs = KernelCommandLine("pci=config_acs=1@\(text)").acs
      return inventory.functions.map(\.address).filter { !acs.options(for: $0, in: inventory).isEmpty }
    }
    #expect(named("00:07.0") == [port])
    #expect(named("0000:00:7.0") == [port])
    #expect(named("5:0.1") == [card])
    #expect(named("0:7.0/0.1") == [card])
    #expect(named("0:7.0/0.0") == [])
    #expect(named("0:8.0/0.1") == [])
    #expect(named("0:7.0/0.0/0.1") == [])
    #expect(named("1:0:7.0") == [])
    #expect(named("pci:8086:0") == [port, card])
    #expect(named("pci:0:1521:8086:1") == [card])
    #expect(named("pci:8086:1521:8086:2") == [])
    let both = KernelCommandLine("pci=disable_acs_redir=0:7.0,config_acs=1xxxx@0:8.0;0@0:7.0;1@0:7.0").acs
    #expect(both.options(for: port, in: inventory).map(\.text) == ["disable_acs_redir=0:7.0", "config_acs=0@0:7.0"])
  }
}
