/// An entry of the kernel's table of functions whose isolation the registers do not tell, or tell wrongly
/// (drivers/pci/quirks.c `pci_dev_acs_enabled`, Linux 6.12).
public struct IsolationQuirk: Hashable, Sendable {
  /// Vendor id.
  public var vendor: UInt16
  /// Device id; nil is any, and the rule looks closer.
  public var device: UInt16?
  /// Who answers.
  public var rule: Rule

  /// The functions of quirks.c that the table points to.
  public enum Rule: String, Hashable, Sendable, CaseIterable {
    case amdSouthBridge = "pci_quirk_amd_sb_acs"
    case multifunctionEndpoint = "pci_quirk_mf_endpoint_acs"
    case integratedEndpoint = "pci_quirk_rciep_acs"
    case qualcomm = "pci_quirk_qcom_rp_acs"
    case intelPCH = "pci_quirk_intel_pch_acs"
    case intelSPT = "pci_quirk_intel_spt_pch_acs"
    case cavium = "pci_quirk_cavium_acs"
    case xgene = "pci_quirk_xgene_acs"
    case broadcom = "pci_quirk_brcm_acs"
    case loongson = "pci_quirk_loongson_acs"
    case annapurna = "pci_quirk_al_acs"
    case nxp = "pci_quirk_nxp_rp_acs"
    case zhaoxin = "pci_quirk_zhaoxin_pcie_ports_acs"
    case wangxun = "pci_quirk_wangxun_nic_acs"
  }

  /// What an entry says about a function.
  public struct Opinion: Hashable, Sendable {
    /// What it says.
    public enum Verdict: Hashable, Sendable {
      case isolated
      case notIsolated
      /// The registers decide, but they stand elsewhere: double words at +4 and +8.
      case asWideRegistersSay
    }
    /// Its place in the kernel's table, from 1.
    public var entry: Int
    /// Who answers.
    public var rule: Rule
    /// The answer.
    public var verdict: Verdict
    /// The answer rests on something that the kernel did at boot and that does not show in configuration space.
    public var isAssumed: Bool
    /// The function of drivers/pci/quirks.c.
    public var source: String { rule.rawValue }

    /// All of it.
    public init(entry: Int, rule: Rule, verdict: Verdict, isAssumed: Bool) {
      self.entry = entry
      self.rule = rule
      self.verdict = verdict
      self.isAssumed = isAssumed
    }
  }

  /// What the rules look at.
  public struct Question: Hashable, Sendable {
    /// Ids.
    public var identity: Identity
    /// The port type, as the kernel corrects it.
    public var type: Known<PortType>
    /// Whether it counts as multifunction.
    public var isMultifunction: Known<Bool>
    /// Whether it stands on a root bus.
    public var isOnRootBus: Bool
    /// Whether it has an ACS capability.
    public var hasACS: Known<Bool>
    /// Whether firmware has an IVRS table, which AMD's IOMMU needs.
    public var hasIVRS: Known<Bool>
    /// Whether an IOMMU was asked for at boot, so that the enabling quirks ran.
    public var enablesACS: Known<Bool>
    /// Intel's Miscellaneous Port Configuration.
    public var portConfiguration: Known<UInt32>

    /// A function of which nothing but its ids and type matters to most rules.
    public init(
      identity: Identity, type: Known<PortType>, isMultifunction: Known<Bool> = .value(false),
      isOnRootBus: Bool = false, hasACS: Known<Bool> = .value(false), hasIVRS: Known<Bool> = .absent,
      enablesACS: Known<Bool> = .value(true), portConfiguration: Known<UInt32> = .absent
    ) {
      self.identity = identity
      self.type = type
      self.isMultifunction = isMultifunction
      self.isOnRootBus = isOnRootBus
      self.hasACS = hasACS
      self.hasIVRS = hasIVRS
      self.enablesACS = enablesACS
      self.portConfiguration = portConfiguration
    }
  }
}

extension IsolationQuirk {
  /// The first entry that matches and has an opinion decides; absent when none has one. Unknown when an entry matches
  /// whose rule looks at something that is not known.
  public static func opinion(on question: Question) -> Known<Opinion> {
    for index in places[question.identity.vendor] ?? [] {
      let quirk = table[index]
      guard quirk.device == nil || quirk.device == question.identity.device else { continue }
      switch quirk.rule.verdict(on: question) {
      case .absent: continue
      case .unknown(let why): return .unknown(why)
      case .value(let (verdict, isAssumed)):
        return .value(Opinion(entry: index + 1, rule: quirk.rule, verdict: verdict, isAssumed: isAssumed))
      }
    }
    return .absent
  }

  private static let places = Dictionary(grouping: table.indices) { table[$0].vendor }
}

extension IsolationQuirk.Rule {
  typealias Answer = Known<(verdict: IsolationQuirk.Opinion.Verdict, isAssumed: Bool)>
  private typealias Question = IsolationQuirk.Question
  private static var isolated: Answer { .value((.isolated, false)) }

  func verdict(on question: IsolationQuirk.Question) -> Answer {
    let device = question.identity.device
    switch self {
    case .multifunctionEndpoint, .qualcomm, .xgene, .broadcom, .loongson, .nxp: return Self.isolated
    case .amdSouthBridge: return Self.southBridge(question)
    case .integratedEndpoint: return Self.only(9, question) { _ in Self.isolated }
    case .annapurna: return Self.only(4, question) { _ in Self.isolated }
    case .cavium:
      guard PortLists.cavium.contains(where: { $0.contains(device) }) else { return .absent }
      return Self.only(4, question) { _ in Self.isolated }
    case .intelPCH:
      guard PortLists.intelPCH.contains(where: { $0.contains(device) }) else { return .absent }
      return Self.only(4, question, Self.enabled)
    case .intelSPT:
      guard PortLists.intelSPT.contains(where: { $0.contains(device) }) else { return .absent }
      return Self.only(4, question) { question in
        switch question.hasACS {
        case .value(true): .value((.asWideRegistersSay, false))
        case .value(false), .absent: .absent
        case .unknown(let why): .unknown(why)
        }
      }
    case .zhaoxin:
      let isListed = PortLists.zhaoxin.contains { $0.contains(device) }
      switch question.type {
      case .value(.express(4)), .value(.express(6)): return .value((isListed ? .isolated : .notIsolated, false))
      case .value, .absent: return .absent
      case .unknown(let why): return .unknown(why)
      }
    case .wangxun:
      let isListed = PortLists.wangxun.contains { $0.contains(device) }
      return .value((isListed ? .isolated : .notIsolated, false))
    }
  }

  /// An opinion of one port type only.
  private static func only(_ type: UInt8, _ question: IsolationQuirk.Question, _ then: (Question) -> Answer) -> Answer {
    switch question.type {
    case .value(.express(type)): then(question)
    case .value, .absent: .absent
    case .unknown(let why): .unknown(why)
    }
  }

  /// Functions of AMD's south bridges do not talk to each other.
  private static func southBridge(_ question: IsolationQuirk.Question) -> Answer {
    guard question.isOnRootBus, question.isMultifunction.value != false else { return .absent }
    if let why = question.isMultifunction.ignorance ?? question.hasIVRS.ignorance { return .unknown(why) }
    return question.hasIVRS.value == true ? isolated : .absent
  }

  /// The port isolates iff the kernel rewired the root complex at boot, out of configuration space's sight
  /// (`pci_quirk_enable_intel_lpc_acs`). Its last step is bit 26 of a register that is never all zeros; where an image
  /// has zeros there it was not recorded.
  private static func enabled(_ question: IsolationQuirk.Question) -> Answer {
    if let register = question.portConfiguration.value, register != 0 {
      return .value((register & 1 << 26 != 0 ? .isolated : .notIsolated, false))
    }
    return question.enablesACS.map { ($0 ? .isolated : .notIsolated, true) }
  }
}
