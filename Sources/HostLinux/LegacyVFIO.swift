import CLinux
import Ownership
import Topology

/// Groups and containers (include/uapi/linux/vfio.h; drivers/vfio/group.c, container.c, vfio_iommu_type1.c).
extension UserCalls {
  /// A call on a group's descriptor; nil for any other call.
  func askGroup(
    _ ioctl: Ioctl, _ file: Int32, _ shape: ArgumentShape, by user: User
  ) throws(SystemError) -> Value? {
    switch ioctl {
    case .groupGetStatus:
      let status = try argument.call(CL_VFIO_GROUP_GET_STATUS, on: file, cl_vfio_group_status(), shape)
      return .status(GroupStatus(rawValue: status.flags))
    case .groupSetContainer(let descriptor):
      var number = self.file(descriptor, of: user)
      if shape == .badPointer {
        _ = try Argument.call(CL_VFIO_GROUP_SET_CONTAINER, on: file, Argument.nowhere)
      } else {
        _ = try Syscalls.call { unsafe cl_ioctl_at(file, UInt(CL_VFIO_GROUP_SET_CONTAINER), &number) }
      }
      return .nothing
    case .groupUnsetContainer:
      _ = try Argument.call(CL_VFIO_GROUP_UNSET_CONTAINER, on: file)
      return .nothing
    case .groupGetDeviceFD(let address, let token):
      if shape == .badPointer {
        let opened = try Argument.call(CL_VFIO_GROUP_GET_DEVICE_FD, on: file, Argument.nowhere)
        return .descriptor(give(opened, to: user))
      }
      var name = Array((address.description + (token.map { " vf_token=" + $0 } ?? "")).utf8) + [0]
      let opened = try Syscalls.call { unsafe cl_ioctl_at(file, UInt(CL_VFIO_GROUP_GET_DEVICE_FD), &name) }
      return .descriptor(give(opened, to: user))
    default: return nil
    }
  }

  /// A call on a container's descriptor, or on an iommufd that stands in for one; nil for any other call.
  func askContainer(_ ioctl: Ioctl, _ file: Int32, _ shape: ArgumentShape) throws(SystemError) -> Value? {
    switch ioctl {
    case .getAPIVersion: return .number(try Argument.call(CL_VFIO_GET_API_VERSION, on: file))
    case .checkExtension(let number):
      return .number(try Argument.call(CL_VFIO_CHECK_EXTENSION, on: file, UInt(bitPattern: number)))
    case .setIOMMU(let type):
      _ = try Argument.call(CL_VFIO_SET_IOMMU, on: file, UInt(bitPattern: type.number))
      return .nothing
    case .getIOMMUInfo:
      _ = try argument.call(CL_VFIO_IOMMU_GET_INFO, on: file, cl_vfio_iommu_type1_info(), shape)
      return .nothing
    case .mapDMA(let mapping):
      let wish = cl_vfio_iommu_type1_dma_map(
        argsz: 0, flags: Self.access(mapping, CL_VFIO_DMA_READ, CL_VFIO_DMA_WRITE),
        vaddr: try memory.address(of: mapping.size), iova: mapping.iova ?? Self.unmappable, size: mapping.size)
      _ = try argument.call(CL_VFIO_IOMMU_MAP_DMA, on: file, wish, shape)
      return .nothing
    case .unmapDMA(let range):
      let wish = cl_vfio_iommu_type1_dma_unmap(argsz: 0, flags: 0, iova: range.start, size: range.size)
      return .unmapped(try argument.call(CL_VFIO_IOMMU_UNMAP_DMA, on: file, wish, shape).size)
    default: return nil
    }
  }

  /// A container wants to be told where; an address that is on no page stands for "anywhere".
  private static let unmappable: UInt64 = 1

  static func access(_ mapping: Mapping, _ read: Int, _ write: Int) -> UInt32 {
    (mapping.isReadable ? UInt32(read) : 0) | (mapping.isWritable ? UInt32(write) : 0)
  }
}
