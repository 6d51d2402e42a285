/// The kernel's command line, split as the kernel splits it (lib/cmdline.c `next_arg`), and what it says about groups.
public struct KernelCommandLine: Hashable, Sendable {
  /// One option.
  public struct Option: Hashable, Sendable {
    /// As it was written, quotes removed.
    public var name: String
    /// What follows the first `=`; nil without one.
    public var value: String?
    /// Both, as on the command line.
    public var text: String { value.map { "\(name)=\($0)" } ?? name }
  }
  /// In order, up to `--`: what follows is for init.
  public let options: [Option]

  /// Any text, `/proc/cmdline` for instance.
  public init(_ text: String) {
    var options: [Option] = []
    for word in Self.split(text) {
      if word.elementsEqual("--".utf8) { break }
      let parts = word.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(decoding: parts[0], as: UTF8.self)
      options.append(Option(name: name, value: parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : nil))
    }
    self.options = options
  }

  /// Blanks separate words but inside double quotes, which are taken away.
  private static func split(_ text: String) -> [[UInt8]] {
    var words: [[UInt8]] = []
    var word: [UInt8] = []
    var isQuoted = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"):
        if isQuoted {
          word.append(byte)
        } else if !word.isEmpty {
          words.append(word)
          word = []
        }
      default: word.append(byte)
      }
    }
    return word.isEmpty ? words : words + [word]
  }

  /// The values of every option of a name, in order; dashes and underscores are one (kernel/params.c `dash2underscore`).
  public func values(of name: String) -> [String] {
    let wanted = Self.folded(name)
    return options.filter { Self.folded($0.name) == wanted }.compactMap(\.value)
  }

  private static func folded(_ name: String) -> [UInt8] {
    name.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
  }
}

extension KernelCommandLine {
  /// The words of every `pci=` option (drivers/pci/pci.c `pci_setup`).
  public var pci: [String] {
    values(of: "pci").flatMap { $0.split(separator: ",").map(String.init) }
  }

  /// Options that decide whether there is an IOMMU and how it translates, as they were written.
  public var iommuOptions: [String] {
    let names: Set<String> = [
      "intel_iommu", "amd_iommu", "iommu", "iommu.passthrough", "iommu.strict", "arm-smmu.disable_bypass",
    ]
    return options.filter { names.contains($0.name) }.map(\.text)
  }

  /// `intel_iommu=`: its words.
  public var intelIOMMU: [String] { values(of: "intel_iommu").flatMap(Self.words) }
  /// `amd_iommu=`: its words.
  public var amdIOMMU: [String] { values(of: "amd_iommu").flatMap(Self.words) }
  /// `iommu=`: its words.
  public var iommu: [String] { values(of: "iommu").flatMap(Self.words) }

  private static func words(_ value: String) -> [String] { value.split(separator: ",").map(String.init) }

  /// Whether unsafe interrupts are allowed from the beginning (drivers/vfio/vfio_iommu_type1.c).
  public var allowsUnsafeInterrupts: Bool {
    let name = "vfio_iommu_type1.allow_unsafe_interrupts"
    let isNamed = options.contains { Self.folded($0.name) == Self.folded(name) && $0.value == nil }
    let last = values(of: name).last.flatMap(\.utf8.first)
    return last.map { "1yY".utf8.contains($0) } ?? isNamed
  }

  /// `vfio-pci.ids=`: what vfio-pci takes at boot, in order.
  public var vfioIDs: [IDPattern] {
    values(of: "vfio-pci.ids").flatMap(Self.words).compactMap { IDPattern($0) }
  }

  /// `pcie_acs_override=` of the out-of-tree patch; nil without it. Mainline ignores the option.
  public var acsOverride: ACSOverride? {
    let values = values(of: "pcie_acs_override")
    return values.isEmpty ? nil : ACSOverride(values.joined(separator: ","))
  }
}

/// What the ACS override patch was asked to pretend.
public struct ACSOverride: Hashable, Sendable {
  /// `downstream`: every root port and downstream port.
  public var downstream = false
  /// `multifunction`: every multifunction endpoint.
  public var multifunction = false
  /// `id:vvvv:dddd`.
  public var ids: [IDPattern] = []
  /// As it was written.
  public var text: String

  init(_ text: String) {
    self.text = text
    for word in text.split(separator: ",") {
      if word == "downstream" { downstream = true }
      if word == "multifunction" { multifunction = true }
      if word.hasPrefix("id:"), let id = IDPattern(String(word.dropFirst(3))) { ids.append(id) }
    }
  }

  /// Whether the patch would call a function isolated that has no ACS. It asks for PCI Express before anything else, ids
  /// too.
  public func covers(_ identity: Identity?, _ port: PortFacts) -> Bool {
    if port.type == .conventional { return false }
    if let identity, ids.contains(where: { $0.matches(identity) }) { return true }
    switch port.type {
    case .express(4), .express(6): return downstream
    case .express(0), .express(1), .express(5), .express(9): return multifunction && port.isMultifunction
    default: return false
    }
  }
}

/// `vvvv:dddd[:ssss:ssss[:class[:mask]]]` of vfio-pci.ids; nothing given matches all.
public struct IDPattern: Hashable, Sendable {
  /// Vendor id.
  public var vendor: UInt16
  /// Device id.
  public var device: UInt16
  /// Subsystem vendor id, if one is asked for.
  public var subsystemVendor: UInt16?
  /// Subsystem device id, if one is asked for.
  public var subsystemDevice: UInt16?

  /// Nil when there are no two hexadecimal ids.
  public init?(_ text: String) {
    let fields = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt16($0, radix: 16) }
    guard fields.count >= 2, let vendor = fields[0], let device = fields[1] else { return nil }
    self.vendor = vendor
    self.device = device
    subsystemVendor = fields.count > 2 ? fields[2] : nil
    subsystemDevice = fields.count > 3 ? fields[3] : nil
  }

  /// `8086:100e`, with the subsystem's ids where they are asked for.
  public var words: String {
    func id(_ value: UInt16) -> String { Hex.text(value, atLeast: 4) }
    let subsystem = [subsystemVendor, subsystemDevice].compactMap { $0.map { ":" + id($0) } }.joined()
    return id(vendor) + ":" + id(device) + subsystem
  }

  /// Whether a function is meant.
  public func matches(_ identity: Identity) -> Bool {
    identity.vendor == vendor && identity.device == device
      && (subsystemVendor ?? identity.subsystemVendor) == identity.subsystemVendor
      && (subsystemDevice ?? identity.subsystemDevice) == identity.subsystemDevice
  }
}
