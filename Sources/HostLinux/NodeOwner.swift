import CLinux
public import HostAccess
import Ownership
public import Topology

extension DeviceNode {
  /// Its path below the root.
  fileprivate var inner: String { String(path.dropFirst()) }

  /// Where sysfs has its MAJOR:MINOR (drivers/vfio/group.c, drivers/vfio/device_cdev.c: the class's devices); nil for
  /// a misc device, whose number is its driver's own.
  fileprivate var numberFile: String? {
    switch self {
    case .group(let group): "sys/class/vfio/\(group)/dev"
    case .device(let address, let number): "sys/bus/pci/devices/\(address)/vfio-dev/vfio\(number)/dev"
    case .iommu: nil
    }
  }
}

extension LinuxPerformer {
  /// A node with its owner. ENOENT where there is none, ENXIO where something else has its name.
  public func node(_ node: DeviceNode) throws(HostError) -> Node {
    let path = observer.root.path + node.path
    var status = cl_status()
    do throws(SystemError) {
      _ = try Syscalls.call { unsafe cl_stat(-100, path, &status) }
      guard status.kind == CL_KIND_OTHER else { throw SystemError(SystemError.noSuchDeviceOrAddress) }
    } catch {
      throw HostError("look at", on: node.path, error.errno)
    }
    return Node(path: node.path, owner: status.owner, group: status.group, mode: status.mode)
  }
}

extension EffectRunner {
  /// chown and chmod of a node that is the one that sysfs tells of: a number is given out anew after every unbind.
  static func give(
    _ node: DeviceNode, _ uid: UInt32, _ gid: UInt32, _ mode: UInt16, below root: String
  ) throws(SystemError) {
    let path = root == "/" ? node.path : root + node.path
    guard let numberFile = node.numberFile else {
      _ = try Syscalls.call { unsafe cl_give_node(-100, path, nil, uid, gid, UInt32(mode)) }
      return
    }
    guard let place = try? Root(root), let number = place.read(path: numberFile, Parse.word).value else {
      throw SystemError(SystemError.noSuchDeviceOrAddress)
    }
    _ = try Syscalls.call { unsafe cl_give_node(-100, path, number, uid, gid, UInt32(mode)) }
  }
}
