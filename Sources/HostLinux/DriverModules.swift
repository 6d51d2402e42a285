public import HostAccess
import Ownership
public import Topology

/// Which drivers for handing devices out a kernel has: registered, as modules, or in the kernel itself.
public struct DriverModules {
  private let root: Root
  /// `lib/modules/` and `uname -r`; nil where nobody knows which kernel this is.
  private let directory: String?

  /// How a driver stands.
  public enum Presence: Hashable, Sendable {
    /// Its directory below /sys/bus/pci/drivers is there: it takes devices.
    case registered
    /// It can be loaded.
    case module
    /// In the kernel itself, and yet not registered: it was switched off at boot.
    case builtIn
    /// This kernel has none.
    case missing
    /// depmod's lists could not be read.
    case unknown
  }

  /// Of the running kernel below `/`, or of the machine in the directory of an image.
  /// - Throws: `HostError` where there is no such directory.
  public init(root path: String = "/") throws(HostError) {
    let observer = try SysfsObserver(root: path)
    root = observer.root
    let release = observer.hostFacts(hasGroups: false, hasPCI: true).kernelRelease.value
    directory = release.flatMap { $0.contains("/") || $0.isEmpty ? nil : "lib/modules/" + $0 }
  }

  /// The PCI drivers that are there: the names below /sys/bus/pci/drivers.
  public var registered: Set<DriverName> { Set((root.list("sys/bus/pci/drivers") ?? []).map(\.name)) }

  /// The lines of depmod's `modules.alias` that begin with `alias vfio_pci:`, by which the drivers of VFIO's say what
  /// they are made for (include/linux/mod_devicetable.h `PCI_ID_F_VFIO_DRIVER_OVERRIDE`). Unknown where it cannot be
  /// read.
  public var aliasLines: Known<[String]> {
    guard let text = list("modules.alias", limit: 32 << 20) else { return .unknown(.notRecorded) }
    return .value(text.split(separator: "\n").filter { $0.hasPrefix("alias vfio_pci:") }.map(String.init))
  }

  /// How the driver of this name stands.
  public func presence(of driver: DriverName) -> Presence {
    if registered.contains(driver) { return .registered }
    let (module, modules) = (Self.normal(driver), list("modules.dep", limit: 16 << 20))
    if let modules, Self.names(modules).contains(module) { return .module }
    let builtIn = list("modules.builtin", limit: 4 << 20)
    if let builtIn, Self.names(builtIn).contains(module) { return .builtIn }
    return modules == nil && builtIn == nil ? .unknown : .missing
  }

  /// A file of depmod's; nil where there is nothing in it.
  private func list(_ name: String, limit: Int) -> String? {
    let text = directory.map { root.text($0 + "/" + name, limit: limit) } ?? ""
    return text.isEmpty ? nil : text
  }

  /// A driver and its module are one name, with hyphens or with underscores.
  private static func normal(_ name: some StringProtocol) -> String {
    String(decoding: name.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
  }

  /// The modules of lines like `kernel/drivers/vfio/pci/vfio-pci.ko.xz: …` and `kernel/….ko`.
  private static func names(_ text: String) -> Set<String> {
    var found: Set<String> = []
    for line in text.split(separator: "\n") {
      let path = line.prefix { $0 != ":" }
      let file = path.split(separator: "/").last ?? ""
      found.insert(normal(file.prefix { $0 != "." }))
    }
    return found
  }
}
