public import HostAccess
import Ownership
public import Topology

/// Which drivers for handing devices out a kernel has: loaded, built in, or as modules; and which of them is made for a
/// device.
public struct DriverModules {
  private let root: Root
  /// `uname -r`.
  private let release: String?
  private let modules: Set<String>
  private let builtIn: Set<String>
  private let aliases: [Alias]

  /// How a driver stands.
  public enum Presence: Hashable, Sendable {
    /// Its directory below /sys/bus/pci/drivers is there: it takes devices.
    case registered
    /// `modprobe NAME` makes it so.
    case module(String)
    /// In the kernel itself, and yet not registered: it was switched off at boot.
    case builtIn
    /// This kernel has none.
    case missing
    /// Its modules could not be read.
    case unknown
  }

  /// `alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci` (include/linux/mod_devicetable.h
  /// `PCI_ID_F_VFIO_DRIVER_OVERRIDE`): such an alias never loads a module by itself.
  fileprivate struct Alias {
    var pattern: Substring
    var module: String
  }

  /// Reads the lists that depmod made for the running kernel, below `/` or the directory of an image.
  /// - Throws: `HostError` where there is no such directory.
  public init(root path: String = "/") throws(HostError) { self.init(try SysfsObserver(root: path)) }

  init(_ observer: SysfsObserver) {
    root = observer.root
    release = observer.hostFacts(hasGroups: false, hasPCI: true).kernelRelease.value.flatMap {
      $0.contains("/") || $0.isEmpty ? nil : $0
    }
    let directory = "lib/modules/" + (release ?? "-")
    modules = Self.names(root.text(directory + "/modules.dep", limit: 8 << 20), endingAt: ":")
    builtIn = Self.names(root.text(directory + "/modules.builtin", limit: 1 << 20), endingAt: "\n")
    aliases = Self.aliases(root.text(directory + "/modules.alias", limit: 16 << 20))
  }

  /// How the driver of this name stands.
  public func presence(of driver: DriverName) -> Presence {
    if root.list("sys/bus/pci/drivers/" + driver) != nil { return .registered }
    let module = Self.normal(driver)
    if modules.contains(module) { return .module(driver == "vfio-pci" ? driver : module) }
    if builtIn.contains(module) { return .builtIn }
    return modules.isEmpty && builtIn.isEmpty ? .unknown : .missing
  }

  /// The vfio drivers that say they are made for such a device, the closest match first; `vfio-pci`, which takes any,
  /// last. Only those that are registered or can be loaded.
  public func drivers(for identity: Identity) -> [DriverName] {
    let name = Self.name(identity)
    let fitting = aliases.filter { Self.matches($0.pattern.utf8.span, name.utf8.span) && $0.module != "vfio_pci" }
    let sorted = fitting.sorted { $0.stars == $1.stars ? $0.module < $1.module : $0.stars < $1.stars }
    var found: [DriverName] = []
    for alias in sorted where !found.contains(alias.module) { found.append(alias.module) }
    found.append("vfio-pci")
    return found.filter {
      switch presence(of: $0) {
      case .registered, .module: true
      case .builtIn, .missing, .unknown: false
      }
    }
  }
}

extension DriverModules.Alias {
  /// How much it leaves open.
  fileprivate var stars: Int { pattern.utf8.count { $0 == UInt8(ascii: "*") } }
}

extension DriverModules {
  /// Modules and drivers are one name with hyphens or underscores; `vfio-pci` alone is a driver with a hyphen.
  private static func normal(_ name: some StringProtocol) -> String {
    String(decoding: name.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
  }

  /// `kernel/drivers/vfio/pci/vfio-pci.ko.xz: …` or `kernel/….ko`, of those with vfio or iommufd in their names.
  private static func names(_ text: String, endingAt end: Character) -> Set<String> {
    var found: Set<String> = []
    for line in text.split(separator: "\n") {
      let path = line.split(separator: end, maxSplits: 1).first ?? ""
      let file = path.split(separator: "/").last ?? ""
      guard let dot = file.utf8.firstIndex(of: UInt8(ascii: ".")) else { continue }
      found.insert(normal(file[..<dot]))
    }
    return found
  }

  private static func aliases(_ text: String) -> [Alias] {
    text.split(separator: "\n").compactMap { line in
      guard line.hasPrefix("alias vfio_pci:") else { return nil }
      let words = line.split(separator: " ")
      return words.count == 3 ? Alias(pattern: words[1], module: normal(words[2])) : nil
    }
  }

  /// As file2alias prints it (scripts/mod/file2alias.c `do_pci_entry`).
  private static func name(_ identity: Identity) -> String {
    func hex(_ value: some BinaryInteger, _ digits: Int) -> String {
      Hex.text(value, atLeast: digits).uppercased()
    }
    let code = identity.classCode
    let fields = [
      ("vfio_pci:v", hex(identity.vendor, 8)), ("d", hex(identity.device, 8)),
      ("sv", hex(identity.subsystemVendor, 8)), ("sd", hex(identity.subsystemDevice, 8)), ("bc", hex(code.base, 2)),
      ("sc", hex(code.baseAndSub & 0xff, 2)), ("i", hex(code.interface, 2)),
    ]
    return fields.map { $0 + $1 }.joined()
  }

  /// Whether a pattern whose only wild card is `*` matches all of a name.
  static func matches(_ pattern: Span<UInt8>, _ name: Span<UInt8>) -> Bool {
    var (place, at) = (0, 0)
    var star: Int?
    var resume = 0
    while at < name.count {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        star = place
        (place, resume) = (place + 1, at)
      } else if place < pattern.count, pattern[place] == name[at] {
        (place, at) = (place + 1, at + 1)
      } else if let star {
        resume += 1
        (place, at) = (star + 1, resume)
      } else {
        return false
      }
    }
    while place < pattern.count, pattern[place] == UInt8(ascii: "*") { place += 1 }
    return place == pattern.count
  }
}
