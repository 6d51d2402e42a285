import Topology

extension Finding {
  /// Drivers of which people report that taking them away from a device in use waits for ever or takes the kernel
  /// along: the display drivers, whose clients keep the device open in ways that no list of processes shows.
  private static let slow: Set<DriverName> = ["nvidia", "nouveau", "amdgpu", "radeon", "i915", "xe"]

  /// A driver that is known to hang.
  static func hangs(_ function: Function) -> Finding? {
    guard let driver = function.driver.value, slow.contains(driver) else { return nil }
    return Finding(
      .medium, function.address, .hangsOnUnbind,
      "\(driver) is known to hang when it is taken away while anything uses it: stop the display server and all that "
        + "computes there first, or give it vfio-pci at boot.")
  }
}
