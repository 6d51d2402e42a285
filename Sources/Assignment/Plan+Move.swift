import HostAccess
import Topology

extension Plan.Step {
  /// The steps that bring a function from where it is to a driver, or to none, and to an override: the override is
  /// aimed first, so that nothing else can take the device between unbind and probe; the wanted override comes last.
  ///
  /// Each inverse leads back to just before its step. That of an unbind aims the override at the driver that was,
  /// because a host driver matches under any other no more; where no step of its own was made of aiming, the inverse
  /// ends with what the override was.
  static func moving(_ binding: Binding, to driver: DriverName?, override wanted: DriverName?) -> [Plan.Step] {
    let (address, bound) = (binding.address, binding.driver.value)
    var override = binding.override.value
    var steps: [Plan.Step] = []
    var isAimed = false
    if let driver, driver != bound, override != driver {
      steps.append(Plan.Step(.setOverride(address, driver), inverse: [.setOverride(address, override)]))
      override = driver
      isAimed = true
    }
    if let bound, bound != driver {
      var inverse: [Effect] = [.setOverride(address, bound), .probe(address, expecting: bound)]
      if !isAimed, override != bound { inverse.append(.setOverride(address, override)) }
      steps.append(Plan.Step(.unbind(address, from: bound), inverse: inverse))
    }
    if let driver, driver != bound {
      steps.append(Plan.Step(.probe(address, expecting: driver), inverse: [.unbind(address, from: driver)]))
    }
    if override != wanted {
      steps.append(Plan.Step(.setOverride(address, wanted), inverse: [.setOverride(address, override)]))
    }
    return steps
  }

  /// The steps that give a function to whatever matches it, for want of anything better known.
  static func clearing(_ binding: Binding) -> [Plan.Step] {
    let address = binding.address
    var steps: [Plan.Step] = []
    let override = binding.override.value
    if override != nil {
      steps.append(Plan.Step(.setOverride(address, nil), inverse: [.setOverride(address, override)]))
    }
    if let bound = binding.driver.value {
      var inverse: [Effect] = [.setOverride(address, bound), .probe(address, expecting: bound)]
      if override == nil { inverse.append(.setOverride(address, nil)) }
      steps.append(Plan.Step(.unbind(address, from: bound), inverse: inverse))
    }
    steps.append(Plan.Step(.probe(address, expecting: nil), inverse: []))
    return steps
  }

  /// The steps that change the number of virtual functions: the kernel wants none between two numbers (EBUSY;
  /// drivers/pci/pci-sysfs.c `sriov_numvfs_store`).
  static func counting(_ address: Address, from old: Int, to new: Int) -> [Plan.Step] {
    if old == new { return [] }
    let steps = [Plan.Step(.setVirtualFunctions(address, 0), inverse: [.setVirtualFunctions(address, old)])]
    let more = Plan.Step(.setVirtualFunctions(address, new), inverse: [.setVirtualFunctions(address, 0)])
    return (old == 0 ? [] : steps) + (new == 0 ? [] : [more])
  }
}
