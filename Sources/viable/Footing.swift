import Assignment
import HostAccess
import HostLinux
import HostSimulated
import Ownership
import Topology

/// What forecasts start from: a machine as the rules see it, and what was decided there of their open questions.
struct Footing {
  /// The machine.
  let world: World
  /// What could not be told and may turn an answer, in a sentence; nil where nothing is missing.
  let doubt: String?
  private let decided: [RuleSet: Knobs]

  /// A machine with nothing decided but what is said.
  init(_ world: World, doubt: String? = nil, decided: [RuleSet: Knobs] = [:]) {
    (self.world, self.doubt, self.decided) = (world, doubt, decided)
  }

  /// A simulated machine knows itself.
  init(_ host: SimulatedHost) {
    world = host.world
    doubt = nil
    decided = Dictionary(uniqueKeysWithValues: RuleSet.allCases.map { ($0, host.rules.knobs) })
  }

  /// A machine that was looked at. Interrupts count as isolated where that cannot be told, which is said.
  init(_ observer: SysfsObserver, _ inventory: Inventory) {
    let remapping = observer.interruptRemapping()
    world = World(inventory, interruptsAreIsolated: remapping.status != .missing)
    decided = Dictionary(
      uniqueKeysWithValues: RuleSet.allCases.map { ($0, Self.knobs(of: $0, on: observer)) })
    let isAllowed = decided.values.allSatisfy(\.allowsUnsafeInterrupts)
    doubt =
      remapping.status == .unknown && !isAllowed
      ? "Whether interrupts are isolated could not be told (\(remapping.finding.dropLast())); where they are not, the "
        + "answer is EPERM." : nil
  }

  /// What an administrator chose for the module that asks under an interface.
  static func knobs(of model: RuleSet, on observer: SysfsObserver) -> Knobs {
    var knobs = Knobs()
    let module = model == .iommufd ? "iommufd" : "vfio_iommu_type1"
    knobs.allowsUnsafeInterrupts = observer.allowsUnsafeInterrupts(module) ?? false
    return knobs
  }

  /// The open questions of an interface, as they are decided.
  func knobs(of model: RuleSet) -> Knobs { decided[model] ?? Knobs() }
}

extension Session {
  /// What forecasts about the machine that the options choose start from, as it was looked at.
  func footing(_ inventory: Inventory) throws(Failure) -> Footing {
    if let host = try HostChoice.simulated(options, here) { return Footing(host) }
    return Footing(try HostChoice.machine(options, here), inventory)
  }
}
