import CLinux
import HostAccess
import Ownership
import Testing
import Topology

@testable import HostLinux

/// Calls on nodes that are no VFIO's: what does not need a device, and what becomes of the descriptors. What real nodes
/// answer is tested in Tests/kernel.
@Suite struct UserCallsTests {
  private static let one = User(process: 1, name: "one", uid: 0)
  private static let two = User(process: 2, name: "two", uid: 0)
  private static let nic = Address(domain: 0, bus: 2, device: 1, function: 0)

  /// A tree whose nodes are links to /dev/null, which opens and knows no call.
  private static func machine() -> Fixture {
    let machine = Fixture()
    for node in ["vfio/vfio", "vfio/5", "iommu"] { machine.link("dev/" + node, to: "/dev/null") }
    return machine
  }

  private func errno(_ outcome: Outcome) -> Errno? { if case .refused(let errno) = outcome { errno } else { nil } }

  @Test func `descriptors take the lowest free number from 3, for each user on their own`() throws {
    let machine = Self.machine()
    let calls = try UserCalls(root: machine.root)
    func open(_ node: Openable, _ user: User) -> Outcome { calls.ask(.open(node), as: user).outcome }
    #expect(open(.container, Self.one) == .success(.descriptor(Descriptor(3))))
    #expect(open(.group(GroupID(5)), Self.one) == .success(.descriptor(Descriptor(4))))
    #expect(open(.context, Self.two) == .success(.descriptor(Descriptor(3))))
    #expect(calls.ask(.close(Descriptor(3)), as: Self.one).outcome == .success(.nothing))
    #expect(open(.container, Self.one) == .success(.descriptor(Descriptor(3))))
    #expect(!calls.isIdle)
    calls.closeAll()
    #expect(calls.isIdle)
    #expect(errno(calls.ask(.close(Descriptor(3)), as: Self.one).outcome) == .ebadf)
  }

  @Test func `an answer of a kernel has neither reason nor ledger nor consequences`() throws {
    let machine = Self.machine()
    let calls = try UserCalls(root: machine.root)
    let answer = calls.ask(.open(.group(GroupID(7))), as: Self.one)
    #expect(answer == Answer(outcome: .refused(.enoent)))
  }

  @Test func `whoever has no descriptor gets EBADF, one of another kind ENOTTY`() throws {
    let machine = Self.machine()
    let calls = try UserCalls(root: machine.root)
    _ = calls.ask(.open(.container), as: Self.one)
    let every: [Ioctl] = [
      .groupGetStatus, .groupSetContainer(Descriptor(3)), .groupUnsetContainer, .groupGetDeviceFD(Self.nic),
      .getAPIVersion, .checkExtension(3), .setIOMMU(.type1v2), .getIOMMUInfo,
      .mapDMA(Mapping(iova: 0, size: 4096)), .unmapDMA(MemoryRange(0, size: 4096)), .getInfo,
      .join(Descriptor(3), Joining()), .attach(1), .detach, .create, .free(1), .map(1, Mapping(iova: nil, size: 4096)),
      .unmap(1, MemoryRange(0, size: 4096)), .info(1), .copy(from: 1, to: 2, MemoryRange(0, size: 4096)),
      .allowIOVAs(1, []), .allocateTable(device: 1, over: 2), .compatibility(.get), .compatibility(.set(1)),
      .compatibility(.clear), .unjoin, .allDevicesViable, .unknown(0x3bff),
    ]
    for ioctl in every {
      for shape: ArgumentShape in [.proper, .tooSmall, .unknownFlag, .laterTail, .badPointer] {
        func ask(_ number: Int, _ user: User) -> Errno? {
          errno(calls.ask(.ioctl(Descriptor(number), ioctl, shape), as: user).outcome)
        }
        #expect(ask(3, Self.one) == .enotty, "\(ioctl) \(shape)")
        #expect(ask(-1, Self.one) == .ebadf)
        #expect(ask(4, Self.one) == .ebadf)
        #expect(ask(3, Self.two) == .ebadf, "another user's")
      }
    }
    for touch: Touch in [.read, .write, .mmap] {
      #expect(errno(calls.ask(.touch(Descriptor(5), touch), as: Self.one).outcome) == .ebadf)
    }
    #expect(errno(calls.ask(.touch(Descriptor(3), .mmap), as: Self.one).outcome) == .enodev)
  }

  @Test func `a device's node is found through sysfs`() throws {
    let machine = Self.machine()
    let calls = try UserCalls(root: machine.root)
    #expect(errno(calls.ask(.open(.device(Self.nic)), as: Self.one).outcome) == .enoent)
    machine.directory("sys/bus/pci/devices/\(Self.nic)/vfio-dev/vfio3")
    #expect(
      errno(calls.ask(.open(.device(Self.nic)), as: Self.one).outcome) == .enoent, "a kernel without device nodes")
    machine.link("dev/vfio/devices/vfio3", to: "/dev/null")
    #expect(calls.ask(.open(.device(Self.nic)), as: Self.one).outcome == .success(.descriptor(Descriptor(3))))
  }

  @Test func `an errno without a name keeps its number`() throws {
    let machine = Self.machine()
    machine.directory("dev/vfio/9")
    let calls = try UserCalls(root: machine.root)
    #expect(errno(calls.ask(.open(.group(GroupID(9))), as: Self.one).outcome)?.rawValue == 21)
  }

  @Test func `what is no device says so when it is asked for facts`() throws {
    let machine = Self.machine()
    let calls = try UserCalls(root: machine.root)
    _ = calls.ask(.open(.container), as: Self.one)
    #expect(calls.facts(of: Descriptor(3), by: Self.one) == .failure(UserCalls.Refused(errno: .enotty)))
  }

  @Test func `structs have the kernel's sizes`() {
    let sizes: [(Int, Int)] = [
      (MemoryLayout<cl_vfio_group_status>.size, 8), (MemoryLayout<cl_vfio_device_info>.size, 24),
      (MemoryLayout<cl_vfio_region_info>.size, 32), (MemoryLayout<cl_vfio_irq_info>.size, 16),
      (MemoryLayout<cl_vfio_device_bind_iommufd>.size, 16), (MemoryLayout<cl_vfio_device_attach_iommufd_pt>.size, 12),
      (MemoryLayout<cl_vfio_iommu_type1_info>.size, 24), (MemoryLayout<cl_vfio_iommu_type1_dma_map>.size, 32),
      (MemoryLayout<cl_vfio_iommu_type1_dma_unmap>.size, 24), (MemoryLayout<cl_iommu_ioas_alloc>.size, 12),
      (MemoryLayout<cl_iommu_ioas_map>.size, 40), (MemoryLayout<cl_iommu_ioas_unmap>.size, 24),
      (MemoryLayout<cl_iommu_hwpt_alloc>.size, 48), (MemoryLayout<cl_iommu_vfio_ioas>.size, 12),
    ]
    for (found, expected) in sizes { #expect(found == expected) }
  }

  @Test func `memory to map is an odd page's, and stays where it is`() throws {
    let memory = MemoryToMap()
    let small = try memory.address(of: 0)
    let large = try memory.address(of: 1 << 20)
    #expect(small % 8192 == 4096 && large % 8192 == 4096)
    #expect(try memory.address(of: 4096) == small)
    #expect(throws: SystemError.self) { try memory.address(of: .max) }
  }

  @Test func `the process' locked memory is told`() {
    #expect(LockedMemory.now().map { $0.locked >= 0 && $0.pinned >= 0 } == true)
  }
}
