import Testing
import Topology

@Suite struct QuirkTests {
  private func identity(_ vendor: UInt16, _ device: UInt16, code: UInt32 = 0x060400) -> Identity {
    Identity(vendor: vendor, device: device, classCode: ClassCode(code))
  }

  private func opinion(
    _ vendor: UInt16, _ device: UInt16, _ type: Known<PortType> = .value(.express(0)),
    _ edit: (inout IsolationQuirk.Question) -> Void = { _ in }
  ) -> Known<IsolationQuirk.Opinion> {
    var question = IsolationQuirk.Question(identity: identity(vendor, device), type: type)
    edit(&question)
    return IsolationQuirk.opinion(on: question)
  }

  @Test func `the table has the kernel's 132 entries, in its order`() {
    let table = IsolationQuirk.table
    #expect(table.count == 132)
    let landmarks: [(Int, UInt16, UInt16?, String)] = [
      (1, 0x1002, 0x4385, "pci_quirk_amd_sb_acs"), (8, 0x1022, 0x7809, "pci_quirk_amd_sb_acs"),
      (9, 0x1924, 0x0903, "pci_quirk_mf_endpoint_acs"), (12, 0x8086, 0x10c6, "pci_quirk_mf_endpoint_acs"),
      (59, 0x8086, 0x15b8, "pci_quirk_mf_endpoint_acs"), (60, 0x8086, nil, "pci_quirk_rciep_acs"),
      (66, 0x1dbf, 0x0401, "pci_quirk_qcom_rp_acs"), (67, 0x8086, nil, "pci_quirk_intel_pch_acs"),
      (68, 0x8086, nil, "pci_quirk_intel_spt_pch_acs"), (71, 0x177d, nil, "pci_quirk_cavium_acs"),
      (92, 0x14e4, 0xd714, "pci_quirk_brcm_acs"), (103, 0x1c36, 0x0031, "pci_quirk_al_acs"),
      (107, 0x1957, 0x8d81, "pci_quirk_nxp_rp_acs"), (130, 0x1957, 0x8d9b, "pci_quirk_nxp_rp_acs"),
      (131, 0x1d17, nil, "pci_quirk_zhaoxin_pcie_ports_acs"), (132, 0x8088, nil, "pci_quirk_wangxun_nic_acs"),
    ]
    for (entry, vendor, device, source) in landmarks {
      let quirk = table[entry - 1]
      #expect(quirk.vendor == vendor && quirk.device == device && quirk.rule.rawValue == source, "\(entry)")
    }
    #expect(Set(table.map { [UInt32($0.vendor), $0.device.map(UInt32.init) ?? 0x1_0000] + [rank($0)] }).count == 132)
    #expect(Set(table.map(\.rule)) == Set(IsolationQuirk.Rule.allCases))
  }

  /// Tells apart the entries of one vendor that match any device.
  private func rank(_ quirk: IsolationQuirk) -> UInt32 {
    UInt32(IsolationQuirk.Rule.allCases.firstIndex(of: quirk.rule) ?? 0)
  }

  @Test func `an Intel NIC is isolated by its own entry before any entry for all of Intel is asked`() {
    let found = opinion(0x8086, 0x1521).value
    #expect(found?.entry == 50 && found?.verdict == .isolated)
    #expect(found?.source == "pci_quirk_mf_endpoint_acs" && found?.isAssumed == false)
    #expect(opinion(0x8086, 0x1521, .unknown(.needsRoot)).value?.entry == 50)
  }

  @Test func `Intel's integrated endpoints are isolated, other Intel functions are not by that entry`() {
    #expect(opinion(0x8086, 0x0b25, .value(.express(9))).value?.entry == 60)
    #expect(opinion(0x8086, 0x0b25) == .absent)
    #expect(opinion(0x8086, 0x0b25, .unknown(.needsRoot)) == .unknown(.needsRoot))
  }

  @Test func `an Intel PCH port is isolated as the kernel set it up, which is assumed unless a register shows it`() {
    let port = Known<PortType>.value(.express(4))
    let assumed = opinion(0x8086, 0x8c10, port).value
    #expect(assumed?.entry == 67 && assumed?.verdict == .isolated && assumed?.isAssumed == true)
    #expect(opinion(0x8086, 0x8c10, port) { $0.enablesACS = .value(false) }.value?.verdict == .notIsolated)
    #expect(opinion(0x8086, 0x8c10, port) { $0.enablesACS = .unknown(.notRecorded) } == .unknown(.notRecorded))
    let shown = opinion(0x8086, 0x8c10, port) { $0.portConfiguration = .value(0x0c11_0000) }.value
    #expect(shown?.verdict == .isolated && shown?.isAssumed == false)
    let denied = opinion(0x8086, 0x8c10, port) { $0.portConfiguration = .value(0x0811_0000) }.value
    #expect(denied?.verdict == .notIsolated && denied?.isAssumed == false)
    #expect(opinion(0x8086, 0x8c10, port) { $0.portConfiguration = .value(0) }.value?.isAssumed == true)
    #expect(opinion(0x8086, 0x1d11, port) == .absent, "every other id of that series is no port")
  }

  @Test func `Intel's 100 and 200 series ports are asked with registers of another shape`() {
    let port = Known<PortType>.value(.express(4))
    #expect(opinion(0x8086, 0xa110, port) { $0.hasACS = .value(true) }.value?.verdict == .asWideRegistersSay)
    #expect(opinion(0x8086, 0xa110, port) == .absent)
    #expect(opinion(0x8086, 0xa120, port) { $0.hasACS = .value(true) } == .absent)
    #expect(opinion(0x8086, 0xa110, .value(.express(0))) { $0.hasACS = .value(true) } == .absent)
  }

  @Test func `functions of AMD's south bridge need several functions, the root bus and AMD's IOMMU`() {
    let type = Known<PortType>.value(.conventional)
    func asked(_ edit: (inout IsolationQuirk.Question) -> Void) -> Known<IsolationQuirk.Opinion> {
      opinion(0x1002, 0x4383, type) {
        ($0.isMultifunction, $0.isOnRootBus, $0.hasIVRS) = (.value(true), true, .value(true))
        edit(&$0)
      }
    }
    #expect(asked { _ in }.value?.verdict == .isolated)
    #expect(asked { $0.isMultifunction = .value(false) } == .absent)
    #expect(asked { $0.isOnRootBus = false } == .absent)
    #expect(asked { $0.hasIVRS = .value(false) } == .absent)
    #expect(asked { $0.hasIVRS = .unknown(.notRecorded) } == .unknown(.notRecorded))
  }

  @Test func `whole vendors are picked by lists, and some are refused by them`() {
    let (port, down) = (Known<PortType>.value(.express(4)), Known<PortType>.value(.express(6)))
    #expect(opinion(0x177d, 0xa123, port).value?.verdict == .isolated)
    #expect(opinion(0x177d, 0xa800, port) == .absent)
    #expect(opinion(0x177d, 0xa026, .value(.express(0))).value?.entry == 72)
    #expect(opinion(0x1d17, 0x0721, down).value?.verdict == .isolated)
    #expect(opinion(0x1d17, 0x0722, port).value?.verdict == .notIsolated)
    #expect(opinion(0x1d17, 0x0722) == .absent)
    #expect(opinion(0x8088, 0x0105).value?.verdict == .isolated)
    #expect(opinion(0x8088, 0x0200).value?.verdict == .notIsolated)
    #expect(opinion(0x1c36, 0x0031, port).value?.verdict == .isolated)
    #expect(opinion(0x1c36, 0x0031) == .absent)
    #expect(opinion(0x1af4, 0x1000) == .absent)
  }

  @Test func `a function that uses its neighbour's requester id has that alias, its neighbour has not`() throws {
    let (zero, one) = (try at("0000:03:00.0"), try at("0000:03:00.1"))
    let marvell = identity(0x1b4b, 0x9230, code: 0x010601)
    #expect(AliasQuirk.quirk(of: marvell, at: zero)?.effect == .uses([1]))
    #expect(AliasQuirk.quirk(of: marvell, at: one) == nil)
    let ricoh = identity(0x1180, 0xe832)
    #expect(AliasQuirk.quirk(of: ricoh, at: one)?.effect == .uses([0]))
    #expect(AliasQuirk.quirk(of: ricoh, at: zero) == nil)
    #expect(AliasQuirk.quirk(of: ricoh, at: one)?.source == "quirk_dma_func0_alias")
  }

  @Test func `the other aliases are as many as the kernel adds`() throws {
    let place = try at("0000:05:02.3")
    func effect(_ vendor: UInt16, _ device: UInt16, code: UInt32 = 0) -> AliasQuirk.Effect? {
      AliasQuirk.quirk(of: identity(vendor, device, code: code), at: place)?.effect
    }
    #expect(effect(0x8086, 0x2260) == .uses([0x80, 0x88, 0x93]))
    guard case .uses(let switchAliases) = effect(0x8086, 0x2954) else { throw Wrong() }
    #expect(switchAliases.count == 32 * 5 && !switchAliases.contains(5))
    guard case .uses(let bridgeAliases) = effect(0x10b5, 0x87b0) else { throw Wrong() }
    #expect(bridgeAliases.count == 256)
    #expect(effect(0x11f8, 0x8532, code: 0x068000) == .usesWhatTheDeviceSays)
    #expect(effect(0x11f8, 0x8532, code: 0x058000) == nil)
    #expect(effect(0x1055, 0x1007, code: 0x068000) == nil)
    #expect(effect(0x14e4, 0x9084) == .endsAliases)
    var adaptec = identity(0x9005, 0x0285)
    #expect(AliasQuirk.quirk(of: adaptec, at: place) == nil)
    (adaptec.subsystemVendor, adaptec.subsystemDevice) = (0x9005, 0x02bc)
    #expect(AliasQuirk.quirk(of: adaptec, at: place)?.effect == .uses([8]))
  }

  private struct Wrong: Error {}
}
