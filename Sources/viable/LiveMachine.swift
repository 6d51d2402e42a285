import Assignment
import HostAccess
import HostLinux
import Ownership
import Topology

/// The machine that we run on, as the rules of one of its own uAPIs see it, with nothing open.
struct LiveMachine {
  let observer: SysfsObserver
  let inventory: Inventory
  let world: World
  /// With what an administrator chose for the module that asks.
  let rules: Rules
  let circumstances: Circumstances

  /// Looks at everything.
  init(_ model: RuleSet) throws(Failure) {
    do throws(HostError) {
      observer = try SysfsObserver(root: "/")
      inventory = try observer.inventory(.full)
    } catch {
      throw Failure(error)
    }
    // That alone: what tries an interface opens its node, and an act opens what it says and nothing else.
    let remapping = observer.interruptRemapping().status
    let isIsolated: Bool? = remapping == .works ? true : remapping == .missing ? false : nil
    world = World(inventory, interruptsAreIsolated: isIsolated ?? true)
    let module = model == .iommufd ? "iommufd" : "vfio_iommu_type1"
    var knobs = Knobs()
    knobs.allowsUnsafeInterrupts = observer.allowsUnsafeInterrupts(module) ?? false
    rules = Rules(model, knobs: knobs)
    circumstances = Circumstances(
      inventory, interruptsAreIsolated: isIsolated, allowsUnsafeInterrupts: knobs.allowsUnsafeInterrupts)
  }
}
