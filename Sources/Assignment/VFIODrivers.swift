public import Topology

/// Which driver of VFIO's takes a function on this kernel: vfio-pci, or the variant driver that is made for it.
public struct VFIODrivers: Hashable, Sendable {
  /// PCI drivers that are there now: the names below `/sys/bus/pci/drivers`.
  public var registered: Set<DriverName>
  /// The lines of `modules.alias` that begin with `alias vfio_pci:`; unknown where there is no such file.
  public var aliases: Known<[Alias]>

  /// What the kernel at hand offers.
  public init(registered: Set<DriverName>, aliases: Known<[Alias]>) {
    self.registered = registered
    self.aliases = aliases
  }

  /// One line of `modules.alias`: a pattern of ids and the module that drives them through VFIO (KERNEL:
  /// scripts/mod/file2alias.c `do_pci_entry`, the prefix of `PCI_ID_F_VFIO_DRIVER_OVERRIDE`).
  public struct Alias: Hashable, Sendable {
    /// Vendor, device, subsystem vendor, subsystem device, class, subclass, interface; nil matches all.
    public let fields: [UInt32?]
    /// The module, as modprobe knows it.
    public let module: String

    /// Reads `alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci`; nil where the line is anything else.
    public init?(_ line: some StringProtocol) {
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      guard words.count == 3, words[0] == "alias", words[1].hasPrefix("vfio_pci:") else { return nil }
      var rest = words[1].dropFirst("vfio_pci:".count)
      var fields: [UInt32?] = []
      for (key, next) in zip(Self.keys, Self.keys.dropFirst() + [""]) {
        guard rest.hasPrefix(key) else { return nil }
        rest = rest.dropFirst(key.count)
        // Hexadecimal digits are capitals, so that no key looks like one.
        let value = rest.prefix { $0 == "*" || $0.isUppercase || $0.isNumber }
        rest = rest.dropFirst(value.count)
        guard rest.hasPrefix(next) else { return nil }
        if value == "*" {
          fields.append(nil)
        } else {
          guard let number = UInt32(value, radix: 16) else { return nil }
          fields.append(number)
        }
      }
      guard rest.isEmpty else { return nil }
      self.fields = fields
      module = String(words[2])
    }

    private static let keys = ["v", "d", "sv", "sd", "bc", "sc", "i"]

    func matches(_ identity: Identity) -> Bool {
      let code = identity.classCode
      let values: [UInt32] = [
        UInt32(identity.vendor), UInt32(identity.device), UInt32(identity.subsystemVendor),
        UInt32(identity.subsystemDevice), UInt32(code.base), UInt32(code.baseAndSub & 0xff), UInt32(code.interface),
      ]
      return zip(fields, values).allSatisfy { field, value in field.map { $0 == value } ?? true }
    }

    var precision: Int { fields.count { $0 != nil } }
    /// vfio-pci's module matches everything; the driver's name is written with a dash.
    var driver: DriverName { module == "vfio_pci" || module == "vfio-pci" ? "vfio-pci" : module }
  }

  /// The driver for a function, and the module to load first if it is not there yet.
  public struct Choice: Hashable, Sendable {
    /// The driver's name, as an override spells it.
    public var driver: DriverName
    /// What to load; nil where the driver is there.
    public var module: String?
  }

  /// The most precise match, which vfio-pci is where nothing else matches; nil where this kernel has none at all.
  public func choice(for identity: Identity) -> Choice? {
    let matching = (aliases.value ?? []).filter { $0.matches(identity) }
    if let best = matching.max(by: { ($0.precision, $1.module) < ($1.precision, $0.module) }), best.precision > 0 {
      let driver = best.driver
      return Choice(driver: driver, module: registered.contains(driver) ? nil : best.module)
    }
    if registered.contains("vfio-pci") { return Choice(driver: "vfio-pci") }
    // A kernel whose list of modules was read and has no vfio-pci in it cannot load it.
    if let known = aliases.value, !known.contains(where: { $0.driver == "vfio-pci" }) { return nil }
    return Choice(driver: "vfio-pci", module: "vfio-pci")
  }

  /// Whether a name is that of one of VFIO's drivers that this kernel is known to have.
  func isVariant(_ driver: DriverName) -> Bool {
    (aliases.value ?? []).contains { $0.driver == driver }
  }
}
