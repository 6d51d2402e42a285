public import HostAccess
import Ownership
import Topology

extension SimulatedHost {
  /// What the simulated kernel offers, which is what the chosen interface has.
  public func capabilities() -> [Capability] {
    let trace = Trace(rules.set)
    let unsafe = world.devices.filter { !$0.interruptsAreIsolated }.map(\.address.short)
    let nodes = world.devices.filter(\.isVFIO).count
    let count = inventory.functions.count
    return [
      Capability(.pci, .works, "The simulated machine has \(count) \(count == 1 ? "function" : "functions")."),
      iommu,
      unsafe.isEmpty
        ? Capability(.interruptRemapping, .works, "The simulated platform keeps interrupts apart.")
        : Capability(
          .interruptRemapping, .missing, "Interrupts of \(unsafe.joined(separator: ", ")) are not kept apart.",
          remedy: "Choose another scenario: this one is about that."),
      Capability(.vfioDriver, .works, "The simulated kernel has vfio-pci."),
      offered(.container, hasGroupNodes, trace.path(of: .container, in: world)),
      offered(.iommufd, hasDeviceNodes, trace.path(of: .context, in: world)),
      hasDeviceNodes
        ? Capability(
          .deviceNodes, .works, "\(nodes) \(nodes == 1 ? "device has a node" : "devices have nodes") of their own.")
        : Capability(
          .deviceNodes, .missing, "The interface \(rules.set.rawValue) has no nodes for devices.",
          remedy: Self.otherRules),
      rules.knobs.allowsUnsafeInterrupts
        ? Capability(
          .unsafeInterrupts, .missing,
          "allow_unsafe_interrupts=Y: devices are taken whose interrupts nothing confines.",
          remedy: "Choose another scenario: this one is about that.")
        : Capability(.unsafeInterrupts, .works, "Devices are taken only where their interrupts are kept apart."),
      Capability(.memoryLock, .works, "Users without a limit in the scenario may lock any amount of memory."),
      Capability(.uevents, .works, "The simulator tells every change itself."),
      Capability(.inotify, .works, "The simulator tells every change itself."),
    ]
  }

  /// Whose rules answer is chosen by whoever makes the calls, not by whoever looks.
  private static let otherRules = "Other rules have it: --model of 'viable attach', or W in the console."

  private var iommu: Capability {
    let count = inventory.groups.count
    return inventory.host.iommu == .off
      ? Capability(.iommu, .missing, "The machine was seen with its IOMMU off: it has no groups.")
      : Capability(.iommu, .works, "The simulated IOMMU is on: \(count) \(count == 1 ? "group" : "groups").")
  }

  private func offered(_ subject: Capability.Subject, _ isOffered: Bool, _ path: String) -> Capability {
    isOffered
      ? Capability(subject, .works, "The interface \(rules.set.rawValue) has \(path).")
      : Capability(
        subject, .missing, "The interface \(rules.set.rawValue) has no \(path).", remedy: Self.otherRules)
  }
}
