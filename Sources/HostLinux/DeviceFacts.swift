import CLinux
public import Ownership
public import Topology

/// What an opened device says of itself.
public struct DeviceFacts: Hashable, Sendable {
  /// Whether the function can be reset alone (VFIO_DEVICE_FLAGS_RESET).
  public var canReset: Bool
  /// Its regions that are there, by index.
  public var regions: [Region]
  /// Its interrupts that are there, by index.
  public var interrupts: [Interrupts]
  /// Every function that a reset of the bus or slot hits, this one included; or why there is no such reset (ENODEV).
  public var resetSet: Known<[ResetMember]>

  /// A region (struct vfio_region_info).
  public struct Region: Hashable, Sendable {
    /// BAR 0 to 5, then 6 ROM, 7 configuration space, 8 VGA, and what the device has of its own.
    public var index: Int
    /// Bytes.
    public var size: UInt64
    /// Whether it can be read, written, mapped.
    public var isReadable, isWritable, isMappable: Bool
  }

  /// A kind of interrupt (struct vfio_irq_info).
  public struct Interrupts: Hashable, Sendable {
    /// 0 INTx, 1 MSI, 2 MSI-X, 3 error, 4 request.
    public var index: Int
    /// How many vectors.
    public var count: Int
    /// Whether they can be masked; whether one masks itself when it comes.
    public var isMaskable, masksItself: Bool
  }

  /// A function that a bus reset hits (struct vfio_pci_dependent_device).
  public struct ResetMember: Hashable, Sendable {
    /// Which.
    public var address: Address
    /// What the kernel says of who has it.
    public var standing: Standing
    /// In group mode the kernel names the group; with device nodes, how it stands to the caller's iommufd.
    public enum Standing: Hashable, Sendable {
      case group(GroupID)
      /// Bound to the caller's iommufd, by its number there.
      case bound(Int)
      /// Not bound, but nobody else can have it: its group is the caller's.
      case implied
      case notOwned
    }
  }
}

extension UserCalls {
  /// Asks an opened device. ENODEV and the like where it is none.
  public func facts(of descriptor: Descriptor, by user: User) -> Result<DeviceFacts, Refused> {
    let file = file(descriptor, of: user)
    do {
      let info = try argument.call(CL_VFIO_DEVICE_GET_INFO, on: file, cl_vfio_device_info())
      return .success(
        DeviceFacts(
          canReset: info.flags & UInt32(CL_VFIO_DEVICE_FLAGS_RESET) != 0,
          regions: (0..<min(info.num_regions, 64)).compactMap { region($0, file) },
          interrupts: (0..<min(info.num_irqs, 16)).compactMap { interrupts($0, file) }, resetSet: resetSet(file)))
    } catch {
      return .failure(Refused(errno: error.errno))
    }
  }

  /// A call that the kernel refused.
  public struct Refused: Error, Hashable, Sendable {
    /// With what.
    public var errno: Errno
  }

  private func region(_ index: UInt32, _ file: Int32) -> DeviceFacts.Region? {
    let wish = cl_vfio_region_info(argsz: 0, flags: 0, index: index, cap_offset: 0, size: 0, offset: 0)
    guard let found = try? argument.call(CL_VFIO_DEVICE_GET_REGION_INFO, on: file, wish), found.size > 0 else {
      return nil
    }
    func has(_ flag: Int) -> Bool { found.flags & UInt32(flag) != 0 }
    return DeviceFacts.Region(
      index: Int(index), size: found.size, isReadable: has(CL_VFIO_REGION_READ), isWritable: has(CL_VFIO_REGION_WRITE),
      isMappable: has(CL_VFIO_REGION_MMAP))
  }

  private func interrupts(_ index: UInt32, _ file: Int32) -> DeviceFacts.Interrupts? {
    let wish = cl_vfio_irq_info(argsz: 0, flags: 0, index: index, count: 0)
    guard let found = try? argument.call(CL_VFIO_DEVICE_GET_IRQ_INFO, on: file, wish), found.count > 0 else {
      return nil
    }
    return DeviceFacts.Interrupts(
      index: Int(index), count: Int(found.count), isMaskable: found.flags & UInt32(CL_VFIO_IRQ_MASKABLE) != 0,
      masksItself: found.flags & UInt32(CL_VFIO_IRQ_AUTOMASKED) != 0)
  }

  /// VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, with more room than a segment has functions on a bus and a few below.
  private func resetSet(_ file: Int32) -> Known<[DeviceFacts.ResetMember]> {
    let head = MemoryLayout<cl_vfio_pci_hot_reset_info>.size
    let size = head + 4096 * MemoryLayout<cl_vfio_pci_dependent_device>.size
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
    defer { unsafe buffer.deallocate() }
    unsafe buffer.storeBytes(
      of: cl_vfio_pci_hot_reset_info(argsz: UInt32(size), flags: 0, count: 0), as: cl_vfio_pci_hot_reset_info.self)
    let base = buffer.baseAddress
    if let number = Syscalls.refusal({ unsafe cl_ioctl_at(file, UInt(CL_VFIO_DEVICE_GET_PCI_HOT_RESET_INFO), base) }) {
      return number == SystemError.noSuchDevice ? .absent : .unknown(.refused(errno: number))
    }
    let info = unsafe buffer.load(as: cl_vfio_pci_hot_reset_info.self)
    let isByDevice = info.flags & UInt32(CL_VFIO_RESET_DEV_ID) != 0
    return .value(
      (0..<min(info.count, 4096)).map { place in
        let found = unsafe cl_reset_device(base, place)
        return DeviceFacts.ResetMember(
          address: Address(
            domain: UInt32(found.segment), bus: found.bus, device: found.devfn >> 3, function: found.devfn & 7),
          standing: Self.standing(found.owner, isByDevice))
      })
  }

  private static func standing(_ owner: UInt32, _ isByDevice: Bool) -> DeviceFacts.ResetMember.Standing {
    guard isByDevice else { return .group(GroupID(owner)) }
    switch owner {
    case 0: return .implied
    case .max: return .notOwned
    default: return .bound(Int(owner))
    }
  }
}

/// Memory that a process keeps from being paged out, as the kernel counts it.
public struct LockedMemory: Hashable, Sendable {
  /// What containers count, in KiB (VmLck: `mm->locked_vm`).
  public var locked: Int
  /// What is pinned, in KiB (VmPin); iommufd counts here.
  public var pinned: Int

  /// This process' own; nil where /proc does not tell.
  public static func now() -> LockedMemory? {
    guard let root = try? Root("/") else { return nil }
    let status = root.text("proc/self/status", limit: 1 << 16)
    func value(_ name: String) -> Int? {
      guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
      return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
    }
    guard let locked = value("VmLck:"), let pinned = value("VmPin:") else { return nil }
    return LockedMemory(locked: locked, pinned: pinned)
  }
}
