import CLinux
import Ownership

/// Device nodes and iommufd (include/uapi/linux/vfio.h, iommufd.h; drivers/vfio/device_cdev.c, drivers/iommu/iommufd).
extension UserCalls {
  /// A call on a device's descriptor; nil for any other call.
  func askDevice(
    _ ioctl: Ioctl, _ file: Int32, _ shape: ArgumentShape, by user: User
  ) throws(SystemError) -> Value? {
    switch ioctl {
    case .getInfo:
      _ = try argument.call(CL_VFIO_DEVICE_GET_INFO, on: file, cl_vfio_device_info(), shape)
      return .nothing
    case .hotReset(let groups):
      try hotReset(file, groups.map { self.file($0, of: user) }, shape)
      return .nothing
    case .join(let context, _):
      let wish = cl_vfio_device_bind_iommufd(argsz: 0, flags: 0, iommufd: self.file(context, of: user), out_devid: 0)
      return .deviceID(Int(try argument.call(CL_VFIO_DEVICE_BIND_IOMMUFD, on: file, wish, shape).out_devid))
    case .attach(let number, userPASID: nil):
      let wish = cl_vfio_device_attach_iommufd_pt(argsz: 0, flags: 0, pt_id: Self.number(number))
      return .table(Int(try argument.call(CL_VFIO_DEVICE_ATTACH_IOMMUFD_PT, on: file, wish, shape).pt_id))
    case .detach:
      let wish = cl_vfio_device_detach_iommufd_pt(argsz: 0, flags: 0)
      _ = try argument.call(CL_VFIO_DEVICE_DETACH_IOMMUFD_PT, on: file, wish, shape)
      return .nothing
    default: return nil
    }
  }

  /// A struct of three words, with the descriptors behind it (struct vfio_pci_hot_reset).
  private func hotReset(_ file: Int32, _ groups: [Int32], _ shape: ArgumentShape) throws(SystemError) {
    if shape == .badPointer {
      _ = try Argument.call(CL_VFIO_DEVICE_PCI_HOT_RESET, on: file, Argument.nowhere)
      return
    }
    let size = shape == .tooSmall ? 4 : UInt32(4 * (3 + groups.count))
    var words = [size, shape == .unknownFlag ? 1 << 31 : 0, UInt32(groups.count)]
    words += groups.map { UInt32(bitPattern: $0) }
    _ = try Syscalls.call { unsafe cl_ioctl_at(file, UInt(CL_VFIO_DEVICE_PCI_HOT_RESET), &words) }
  }

  /// A call on an iommufd; nil for any other call.
  func askContext(_ ioctl: Ioctl, _ file: Int32, _ shape: ArgumentShape) throws(SystemError) -> Value? {
    switch ioctl {
    case .create:
      let made = try argument.call(CL_IOMMU_IOAS_ALLOC, on: file, cl_iommu_ioas_alloc(), shape)
      return .object(Int(made.out_ioas_id))
    case .free(let number):
      let wish = cl_iommu_destroy(size: 0, id: Self.number(number))
      _ = try argument.call(CL_IOMMU_DESTROY, on: file, wish, shape, flags: nil)
      return .nothing
    case .map(let number, let mapping): return try map(mapping, into: number, file, shape)
    case .unmap(let number, let range):
      let wish = cl_iommu_ioas_unmap(size: 0, ioas_id: Self.number(number), iova: range.start, length: range.size)
      return .unmapped(try argument.call(CL_IOMMU_IOAS_UNMAP, on: file, wish, shape, flags: nil).length)
    case .copy(let from, let to, let range):
      let wish = cl_iommu_ioas_copy(
        size: 0, flags: UInt32(CL_IOMMU_FIXED_IOVA | CL_IOMMU_READABLE | CL_IOMMU_WRITEABLE),
        dst_ioas_id: Self.number(to), src_ioas_id: Self.number(from), length: range.size, dst_iova: range.start,
        src_iova: range.start)
      _ = try argument.call(CL_IOMMU_IOAS_COPY, on: file, wish, shape)
      return .nothing
    case .info(let number): return .number(try ranges(of: number, file, shape))
    case .allowIOVAs(let number, let ranges): return try allow(ranges, in: number, file, shape)
    case .allocateTable(let device, let over):
      var wish = cl_iommu_hwpt_alloc()
      (wish.dev_id, wish.pt_id) = (Self.number(device), Self.number(over))
      return .object(Int(try argument.call(CL_IOMMU_HWPT_ALLOC, on: file, wish, shape).out_hwpt_id))
    case .compatibility(let operation): return try standIn(operation, file, shape)
    default: return nil
    }
  }

  private func map(
    _ mapping: Mapping, into number: Int, _ file: Int32, _ shape: ArgumentShape
  ) throws(SystemError) -> Value {
    let isFixed = mapping.iova != nil ? UInt32(CL_IOMMU_FIXED_IOVA) : 0
    let wish = cl_iommu_ioas_map(
      size: 0, flags: isFixed | Self.access(mapping, CL_IOMMU_READABLE, CL_IOMMU_WRITEABLE),
      ioas_id: Self.number(number), reserved: 0, user_va: try memory.address(of: mapping.size), length: mapping.size,
      iova: mapping.iova ?? 0)
    let made = try argument.call(CL_IOMMU_IOAS_MAP, on: file, wish, shape)
    return mapping.iova == nil ? .iova(made.iova) : .nothing
  }

  /// How many ranges of an IOAS can be used; more than there is room for are asked for again.
  private func ranges(of number: Int, _ file: Int32, _ shape: ArgumentShape) throws(SystemError) -> Int {
    var room = 64
    while true {
      let buffer = UnsafeMutableBufferPointer<cl_iommu_iova_range>.allocate(capacity: room)
      defer { unsafe buffer.deallocate() }
      var wish = cl_iommu_ioas_iova_ranges()
      (wish.ioas_id, wish.num_iovas) = (Self.number(number), UInt32(room))
      wish.allowed_iovas = UInt64(UInt(bitPattern: buffer.baseAddress))
      do {
        return Int(try argument.call(CL_IOMMU_IOAS_IOVA_RANGES, on: file, wish, shape, flags: nil).num_iovas)
      } catch {
        guard error.number == SystemError.messageTooLong, room < 1 << 16 else { throw error }
        room *= 16
      }
    }
  }

  private func allow(
    _ ranges: [MemoryRange], in number: Int, _ file: Int32, _ shape: ArgumentShape
  ) throws(SystemError) -> Value {
    var list = ranges.map { range in
      cl_iommu_iova_range(start: range.start, last: range.start &+ range.size &- 1)
    }
    // An empty list has no address of its own.
    list.append(cl_iommu_iova_range())
    let buffer = UnsafeMutableBufferPointer<cl_iommu_iova_range>.allocate(capacity: list.count)
    defer { unsafe buffer.deallocate() }
    for (place, range) in list.enumerated() { unsafe buffer.initializeElement(at: place, to: range) }
    var wish = cl_iommu_ioas_allow_iovas()
    (wish.ioas_id, wish.num_iovas) = (Self.number(number), UInt32(ranges.count))
    wish.allowed_iovas = UInt64(UInt(bitPattern: buffer.baseAddress))
    _ = try argument.call(CL_IOMMU_IOAS_ALLOW_IOVAS, on: file, wish, shape, flags: nil)
    return .nothing
  }

  private func standIn(
    _ operation: Ioctl.Compatibility, _ file: Int32, _ shape: ArgumentShape
  ) throws(SystemError) -> Value {
    var wish = cl_iommu_vfio_ioas()
    switch operation {
    case .get: wish.op = UInt16(CL_IOMMU_VFIO_IOAS_GET)
    case .set(let number): (wish.op, wish.ioas_id) = (UInt16(CL_IOMMU_VFIO_IOAS_SET), Self.number(number))
    case .clear: wish.op = UInt16(CL_IOMMU_VFIO_IOAS_CLEAR)
    }
    let made = try argument.call(CL_IOMMU_VFIO_IOAS, on: file, wish, shape, flags: nil)
    return operation == .get ? .object(Int(made.ioas_id)) : .nothing
  }

  /// Objects are numbered with 32 bits; whatever does not fit names none.
  private static func number(_ number: Int) -> UInt32 { UInt32(exactly: number) ?? .max }
}
