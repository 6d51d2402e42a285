extension Ioctl {
  /// The call's full name in an interface: the thread's, the RFCs', or the kernel's.
  public func name(under rules: RuleSet) -> String {
    switch self {
    case .groupGetStatus: "VFIO_GROUP_GET_STATUS"
    case .groupSetContainer: "VFIO_GROUP_SET_CONTAINER"
    case .groupUnsetContainer: "VFIO_GROUP_UNSET_CONTAINER"
    case .groupGetDeviceFD: "VFIO_GROUP_GET_DEVICE_FD"
    case .getAPIVersion: "VFIO_GET_API_VERSION"
    case .checkExtension: rules == .implicitRFC1 ? "IOASID_CHECK_EXTENSION" : "VFIO_CHECK_EXTENSION"
    case .setIOMMU: "VFIO_SET_IOMMU"
    case .getIOMMUInfo: "VFIO_IOMMU_GET_INFO"
    case .mapDMA: "VFIO_IOMMU_MAP_DMA"
    case .unmapDMA: "VFIO_IOMMU_UNMAP_DMA"
    case .getInfo: "VFIO_DEVICE_GET_INFO"
    case .hotReset: "VFIO_DEVICE_PCI_HOT_RESET"
    case .registerMemory: "IOASID_REGISTER_MEMORY"
    case .unregisterMemory: "IOASID_UNREGISTER_MEMORY"
    case .setPageTables: "SET_IOASID_PAGE_TABLES"
    case .allDevicesViable: "IOASID_ALL_DEVICES_VIABLE"
    case .createNesting: "IOASID_CREATE_NESTING"
    case .bindPageTable: "IOASID_BIND_PGTABLE"
    case .unbindPageTable: "IOASID_UNBIND_PGTABLE"
    case .bindPASIDTable: "IOASID_BIND_PASID_TABLE"
    case .unbindPASIDTable: "IOASID_UNBIND_PASID_TABLE"
    case .invalidateCache: "IOASID_INVALIDATE_CACHE"
    case .copy: "IOMMU_IOAS_COPY"
    case .allowIOVAs: "IOMMU_IOAS_ALLOW_IOVAS"
    case .allocateTable: "IOMMU_HWPT_ALLOC"
    case .compatibility: "IOMMU_VFIO_IOAS"
    case .mapPASID: "KVM_MAP_PASID"
    case .unmapPASID: "KVM_UNMAP_PASID"
    case .addFile: rules == .explicit2021 ? "KVM_DEV_VFIO_GROUP_ADD" : "KVM_DEV_VFIO_FILE_ADD"
    case .removeFile: rules == .explicit2021 ? "KVM_DEV_VFIO_GROUP_DEL" : "KVM_DEV_VFIO_FILE_DEL"
    case .unknown(let number): "ioctl \(number)"
    case .join, .unjoin, .attach, .detach, .create, .free, .map, .unmap, .info: names[rules] ?? shortName(under: rules)
    }
  }

  /// What the proposals and Linux call the calls that they share.
  private var names: [RuleSet: String] {
    func all(_ april: String, _ may: String, _ july: String, _ linux: String) -> [RuleSet: String] {
      [
        .implicitApril: april, .autoUnbind: april, .implicitRFC1: may, .implicitRFC2: july, .iommufd: linux,
        .explicitLinux: linux, .explicit2021: linux,
      ]
    }
    return switch self {
    case .join: all("JOIN_IOASID_FD", "VFIO_BIND_IOASID_FD", "VFIO_BIND_IOMMU_FD", "VFIO_DEVICE_BIND_IOMMUFD")
    case .unjoin: all("UNJOIN_IOASID_FD", "VFIO_UNBIND_IOASID_FD", "VFIO_UNBIND_IOMMU_FD", "UNBIND")
    case .attach: all("ATTACH_IOASID", "VFIO_ATTACH_IOASID", "VFIO_ATTACH_IOASID", "VFIO_DEVICE_ATTACH_IOMMUFD_PT")
    // The thread's own spelling.
    case .detach: all("DETATCH_IOASID", "VFIO_DETACH_IOASID", "VFIO_DETACH_IOASID", "VFIO_DEVICE_DETACH_IOMMUFD_PT")
    case .create: all("CREATE_IOASID", "IOASID_ALLOC", "IOMMU_IOASID_ALLOC", "IOMMU_IOAS_ALLOC")
    case .free: all("IOASID_FREE", "IOASID_FREE", "IOMMU_IOASID_FREE", "IOMMU_DESTROY")
    case .map: all("IOASID_MAP_DMA", "IOASID_MAP_DMA", "IOMMU_MAP_DMA", "IOMMU_IOAS_MAP")
    case .unmap: all("IOASID_UNMAP_DMA", "IOASID_UNMAP_DMA", "IOMMU_UNMAP_DMA", "IOMMU_IOAS_UNMAP")
    case .info: all("IOASID_GET_INFO", "IOASID_GET_INFO", "IOMMU_GET_INFO", "IOMMU_IOAS_IOVA_RANGES")
    default: [:]
    }
  }

  /// The name as the golden traces shorten it.
  public func shortName(under rules: RuleSet) -> String {
    let isLinux = rules == .iommufd || rules == .explicitLinux || rules == .explicit2021
    let isSketch = rules == .implicitApril || rules == .autoUnbind
    switch self {
    case .join: return isSketch ? "JOIN" : "BIND"
    case .unjoin: return isSketch ? "UNJOIN" : "UNBIND"
    case .attach: return "ATTACH"
    case .detach: return "DETACH"
    case .create: return isSketch ? "CREATE_IOASID" : isLinux ? "IOAS_ALLOC" : "IOASID_ALLOC"
    case .free: return isLinux ? "DESTROY" : "FREE"
    case .map: return "MAP"
    case .unmap: return "UNMAP"
    case .info: return isLinux ? "IOVA_RANGES" : "GET_INFO"
    case .setPageTables, .allDevicesViable: return name(under: rules)
    case .unknown(let number): return "ioctl \(number)"
    default:
      let full = name(under: rules)
      let prefixes = ["VFIO_GROUP_", "VFIO_IOMMU_", "VFIO_DEVICE_", "IOMMU_IOAS_", "VFIO_", "IOASID_", "IOMMU_"]
      let prefix = prefixes.first { full.hasPrefix($0) } ?? ""
      return String(full.dropFirst(prefix.count))
    }
  }
}
