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

  /// Looks at everything; with selectors, closely only at the groups that they lead to.
  init(_ model: RuleSet, near texts: [String]? = nil) throws(Failure) {
    let selectors = try texts.map { texts throws(Failure) in try Selection.read(texts) }
    let isFull = selectors?.contains(where: \.needsDetails) ?? true
    let observer: SysfsObserver
    var inventory: Inventory
    do throws(HostError) {
      observer = try SysfsObserver(root: "/")
      inventory = try observer.inventory(isFull ? .full : .listing)
    } catch {
      throw Failure(error)
    }
    if let selectors, !isFull {
      var targets: [Selector.Target] = []
      for selector in selectors { targets.append(try Selection.resolve(selector, in: inventory)) }
      try Session.lookCloser(at: targets, with: observer, &inventory)
    }
    self.init(model, observer, inventory)
  }

  /// What was looked at already, closely where it matters.
  init(_ model: RuleSet, _ observer: SysfsObserver, _ inventory: Inventory) {
    (self.observer, self.inventory) = (observer, inventory)
    // That alone: what tries an interface opens its node, and an act opens what it says and nothing else.
    let remapping = observer.interruptRemapping().status
    let isIsolated: Bool? = remapping == .works ? true : remapping == .missing ? false : nil
    world = World(inventory, interruptsAreIsolated: isIsolated ?? true)
    let knobs = Footing.knobs(of: model, on: observer)
    rules = Rules(model, knobs: knobs)
    circumstances = Circumstances(
      inventory, interruptsAreIsolated: isIsolated, allowsUnsafeInterrupts: knobs.allowsUnsafeInterrupts)
  }
}
