public import HostAccess
public import Topology

/// Which drivers the running kernel has: those that are registered, and which modules say that they hand devices out.
public struct DriverModules {
  /// The PCI drivers that are there: the names below `/sys/bus/pci/drivers`.
  public let registered: Set<DriverName>
  /// The lines of `modules.alias` of the running kernel that begin with `alias vfio_pci:`; such an alias never loads a
  /// module by itself (include/linux/mod_devicetable.h `PCI_ID_F_VFIO_DRIVER_OVERRIDE`). Absent where there is no such
  /// file, as for a kernel without modules.
  public let aliasLines: Known<[String]>

  /// Reads the list that depmod made for the running kernel, below `/` or the directory of an image.
  /// - Throws: `HostError` where there is no such directory.
  public init(root path: String = "/") throws(HostError) { self.init(try SysfsObserver(root: path)) }

  init(_ observer: SysfsObserver) {
    let root = observer.root
    registered = Set((root.list("sys/bus/pci/drivers") ?? []).map(\.name))
    let release = observer.hostFacts(hasGroups: false, hasPCI: true).kernelRelease.value ?? ""
    guard !release.isEmpty, !release.contains("/") else {
      aliasLines = .unknown(.notRecorded)
      return
    }
    aliasLines = root.document("lib/modules/\(release)/modules.alias", limit: 16 << 20).map { text in
      text.split(separator: "\n").filter { $0.hasPrefix("alias vfio_pci:") }.map(String.init)
    }
  }
}
