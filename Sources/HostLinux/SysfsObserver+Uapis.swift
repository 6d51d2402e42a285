import CLinux
import HostAccess
public import Ownership
import Topology

/// Each uAPI, tried as far as it goes without a device: what it says of itself, and what it makes and takes back.
extension SysfsObserver {
  /// Whether the node that a model begins with is there. It is not opened.
  public func hasNode(of model: RuleSet) -> Bool {
    root.status(model == .iommufd ? "dev/iommu" : "dev/vfio/vfio") != nil
  }

  func container(_ kernel: KernelOptions) -> Capability {
    guard root.status("dev/vfio/vfio") != nil else {
      return Capability(
        .container, .missing, "There is no /dev/vfio/vfio" + kernel.says("CONFIG_VFIO_CONTAINER") + ".",
        remedy: "Run modprobe vfio, with a kernel that has CONFIG_VFIO_GROUP and a container.")
    }
    return trying("dev/vfio/vfio", .container, module: "vfio") { file throws(SystemError) in
      let version = try Argument.call(CL_VFIO_GET_API_VERSION, on: file)
      guard version == 0 else {
        return Capability(
          .container, .missing, "/dev/vfio/vfio speaks version \(version) of its interface; 0 is known here.",
          remedy: "Use a later version of this program.")
      }
      let types = try Self.types(file)
      guard !types.isEmpty else {
        return Capability(
          .container, .missing, "/dev/vfio/vfio opens, and has neither type1v2 nor type1 to offer.",
          remedy: "Run modprobe vfio_iommu_type1.")
      }
      let names = types.joined(separator: " and ")
      return Capability(.container, .works, "/dev/vfio/vfio opens, and offers \(names).")
    }
  }

  func iommufd(_ kernel: KernelOptions) -> Capability {
    guard root.status("dev/iommu") != nil else {
      return Capability(
        .iommufd, .missing, "There is no /dev/iommu" + kernel.says("CONFIG_IOMMUFD") + ".",
        remedy: "Use a kernel with CONFIG_IOMMUFD, and run modprobe iommufd.")
    }
    return trying("dev/iommu", .iommufd, module: "iommufd") { file throws(SystemError) in
      let argument = Argument()
      let space = try argument.call(CL_IOMMU_IOAS_ALLOC, on: file, cl_iommu_ioas_alloc()).out_ioas_id
      _ = try argument.call(CL_IOMMU_DESTROY, on: file, cl_iommu_destroy(size: 0, id: space), flags: nil)
      let types = (try? Self.types(file)) ?? []
      let standIn =
        types.isEmpty ? "" : ", and it can stand in for a container (" + types.joined(separator: ", ") + ")"
      return Capability(.iommufd, .works, "/dev/iommu opens, an IOAS was made and destroyed\(standIn).")
    }
  }

  /// What the descriptor of a container, or of an iommufd, would be set to.
  private static func types(_ file: Int32) throws(SystemError) -> [String] {
    var names: [String] = []
    for (name, type) in [("type1v2", IOMMUType.type1v2), ("type1", .type1)] {
      let answer = try Argument.call(CL_VFIO_CHECK_EXTENSION, on: file, UInt(type.number))
      if answer > 0 { names.append(name) }
    }
    return names
  }

  /// Opens a node that belongs to no device and asks it. A node whose module is not loaded is left alone: opening it
  /// would load the module.
  private func trying(
    _ path: String, _ subject: Capability.Subject, module: String,
    _ ask: (Int32) throws(SystemError) -> Capability
  ) -> Capability {
    guard root.isLive else { return Capability(subject, .works, "The image has /\(path).") }
    guard root.status("sys/class/misc/\(module == "iommufd" ? "iommu" : module)") != nil else {
      return Capability(
        subject, .unknown, "/\(path) is there and nothing is behind it yet: opening it would load \(module).",
        remedy: "Run modprobe \(module).")
    }
    if let refusal = Syscalls.refusal({ unsafe cl_may_access(root.descriptor, path, 1) }) {
      return Capability(
        subject, .missing, "/\(path) is there, and this user may not open it: \(SystemError(refusal).errno).",
        remedy: "Run as root, or be given /\(path).")
    }
    do {
      let file = OwnedDescriptor(try Syscalls.call { unsafe cl_open_node("/" + path) })
      return try ask(file.number)
    } catch {
      return Capability(
        subject, .missing, "/\(path) is there, and refuses what every owner starts with: \(error.errno).",
        remedy: "Look into the kernel's log.")
    }
  }

  func deviceNodes(_ kernel: KernelOptions) -> Capability {
    let nodes = Set((root.list("dev/vfio/devices") ?? []).map(\.name))
    let devices = (root.list("sys/class/vfio-dev") ?? []).map(\.name).sorted()
    let says = kernel.says("CONFIG_VFIO_DEVICE_CDEV")
    let lacking = devices.filter { !nodes.contains($0) }
    if nodes.isEmpty, !devices.isEmpty {
      return Capability(
        .deviceNodes, .missing, "A device is bound to a vfio driver, yet there is no /dev/vfio/devices\(says).",
        remedy: "Use a kernel with CONFIG_VFIO_DEVICE_CDEV; the group nodes work without.")
    }
    if let first = lacking.first {
      let rest = lacking.count > 1 ? " and \(lacking.count - 1) more" : ""
      return Capability(
        .deviceNodes, .missing, "/dev/vfio/devices is there, and \(Clean.visible(first))\(rest) has no node in it.",
        remedy: "Look whether devtmpfs is mounted on /dev, and whether this is a container with a /dev of its own.")
    }
    if !nodes.isEmpty { return Capability(.deviceNodes, .works, "/dev/vfio/devices has \(nodes.count) of them.") }
    return Capability(.deviceNodes, .unknown, "No device is bound to a vfio driver, so there is nothing to see\(says).")
  }

  /// `allow_unsafe_interrupts`, which lets devices be taken whose interrupts nothing confines: one a module.
  func unsafeInterrupts() -> Capability {
    let modules = ["vfio_iommu_type1", "iommufd"]
    let found = modules.compactMap { module in allowsUnsafeInterrupts(module).map { (module, $0) } }
    guard !found.isEmpty else {
      return Capability(.unsafeInterrupts, .unknown, "Neither vfio_iommu_type1 nor iommufd is loaded.")
    }
    let text = found.map { "\($0.0) has allow_unsafe_interrupts=\($0.1 ? "Y" : "N")" }.joined(separator: ", ")
    guard found.contains(where: \.1) else { return Capability(.unsafeInterrupts, .works, text + ".") }
    return Capability(
      .unsafeInterrupts, .missing, text + ": a device could raise any interrupt of the host.",
      remedy: "Switch interrupt remapping on in the firmware, and write N to the parameter.")
  }

  /// The parameter of one module; nil where the module is not there.
  public func allowsUnsafeInterrupts(_ module: String) -> Bool? {
    root.read(path: "sys/module/\(module)/parameters/allow_unsafe_interrupts", Parse.line).value.map { $0 == "Y" }
  }
}
