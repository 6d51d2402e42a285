import CLinux
public import HostAccess
import Topology

extension SysfsObserver {
  /// Each way of handing devices out, and whether it works here: what belongs to no device is tried. No device is
  /// touched, no node of one is opened, and no module is loaded.
  public func capabilities() -> [Capability] {
    defer { root.closeFinished() }
    let groups = GroupReader(root).ids().count
    let functions = (try? Look(root))?.addresses?.count
    let facts = hostFacts(hasGroups: groups > 0, hasPCI: functions != nil)
    let kernel = KernelOptions(root, release: facts.kernelRelease.value)
    return
      ([
        pci(functions), iommu(facts, groups), interruptRemapping(), vfioDriver(kernel), container(kernel),
        iommufd(kernel), deviceNodes(kernel), nodeOwners(), unsafeInterrupts(), memoryLock(), uevents(), inotify(),
      ] as [Capability?]).compactMap(\.self)
  }

  private func pci(_ count: Int?) -> Capability {
    guard let count else {
      return Capability(
        .pci, .missing, "There is no /sys/bus/pci.", remedy: "Run this where sysfs is mounted, on a machine with PCI.")
    }
    return Capability(.pci, .works, "/sys/bus/pci lists \(count) \(count == 1 ? "function" : "functions").")
  }

  private func iommu(_ facts: HostFacts, _ count: Int) -> Capability {
    switch facts.iommu {
    case .on:
      let names = facts.iommus.isEmpty ? "" : " (" + facts.iommus.joined(separator: ", ") + ")"
      return Capability(.iommu, .works, "The IOMMU is on\(names): \(count) \(count == 1 ? "group" : "groups").")
    case .off:
      return Capability(
        .iommu, .missing, "/sys/kernel/iommu_groups is empty: the IOMMU is off.",
        remedy:
          "Switch on VT-d, AMD-Vi or SMMU in the firmware; on Intel add intel_iommu=on to the kernel command line.")
    case .unknown:
      return Capability(.iommu, .unknown, "This image has no /sys/kernel/iommu_groups.")
    }
  }

  /// Whether interrupts are remapped, which is read and not tried: chip names in /proc/interrupts begin with IR- where
  /// they are (x86).
  public func interruptRemapping() -> Capability {
    // The heading has a column for every processor: on a large machine it alone is longer than what one read gives
    // (fs/seq_file.c `seq_read_iter`).
    let text = root.bytes("proc/interrupts", limit: 4 << 20)
    guard !text.isEmpty else {
      return Capability(.interruptRemapping, .unknown, "/proc/interrupts cannot be read.")
    }
    if Self.contains(text.span, "IR-") {
      return Capability(.interruptRemapping, .works, "/proc/interrupts shows remapped interrupts (IR-).")
    }
    guard Self.contains(text.span, "APIC") || Self.contains(text.span, "PCI-MSI") else {
      return Capability(.interruptRemapping, .unknown, "/proc/interrupts does not tell on this architecture.")
    }
    return Capability(
      .interruptRemapping, .missing, "/proc/interrupts shows no remapped interrupt (IR-): VFIO answers EPERM.",
      remedy: "Switch on interrupt remapping (x2APIC, VT-d) in the firmware; allow_unsafe_interrupts=Y only pretends.")
  }

  private static func contains(_ bytes: Span<UInt8>, _ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard bytes.count >= length else { return false }
    for place in 0...(bytes.count - length) where bytes.extracting(place..<place + length).equals(word) { return true }
    return false
  }

  private func vfioDriver(_ kernel: KernelOptions) -> Capability {
    if root.list("sys/bus/pci/drivers/vfio-pci") != nil {
      return Capability(.vfioDriver, .works, "The driver vfio-pci is there.")
    }
    if let module = kernel.module("kernel/drivers/vfio/pci/vfio-pci.ko") {
      return Capability(
        .vfioDriver, .missing, "vfio-pci is not loaded; its module is /\(module).", remedy: "Run modprobe vfio-pci.")
    }
    return Capability(
      .vfioDriver, kernel.isKnown ? .missing : .unknown,
      "vfio-pci is not loaded" + kernel.says("CONFIG_VFIO_PCI") + ".",
      remedy: "Run modprobe vfio-pci, with a kernel that has CONFIG_VFIO_PCI.")
  }

  private func memoryLock() -> Capability {
    guard root.isLive else { return Capability(.memoryLock, .unknown, "An image has no limits to ask for.") }
    let limit = cl_memory_lock_limit()
    if limit == .max { return Capability(.memoryLock, .works, "RLIMIT_MEMLOCK is unlimited.") }
    let text = "RLIMIT_MEMLOCK is \(limit / 1024) KiB"
    if place.isPrivileged { return Capability(.memoryLock, .works, text + ", and root is not held to it.") }
    return Capability(
      .memoryLock, .missing, text + ": a guest with more memory gets ENOMEM.",
      remedy: "Raise it with ulimit -l, limits.conf or LimitMEMLOCK= to the guest's memory and a little more.")
  }

  private func uevents() -> Capability {
    guard root.isLive else { return Capability(.uevents, .unknown, "An image has no kernel that could tell.") }
    let answer = cl_uevents()
    if answer >= 0 {
      _ = cl_close(Int32(answer))
      return Capability(.uevents, .works, "The kernel's uevent socket opens.")
    }
    return Capability(
      .uevents, .missing, "The kernel's uevent socket does not open: \(SystemError(Int32(-answer)).errno).",
      remedy: "Outside the sandbox the view keeps itself true; here it is read again every few seconds.")
  }

  private func inotify() -> Capability {
    let answer = cl_inotify()
    if answer >= 0 {
      _ = cl_close(Int32(answer))
      let limit = root.isLive ? root.read(path: "proc/sys/fs/inotify/max_user_watches", Parse.decimal).value : nil
      return Capability(.inotify, .works, "inotify opens" + (limit.map { ", with up to \($0) watches." } ?? "."))
    }
    return Capability(
      .inotify, .missing, "inotify does not open: \(SystemError(Int32(-answer)).errno).",
      remedy: "Raise fs.inotify.max_user_instances with sysctl.")
  }
}
