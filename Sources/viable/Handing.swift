import Assignment
import HostAccess
import HostSimulated
import Ownership
import Topology

/// Gathering what an export is written from: the command and the console's worker do it alike.
enum Handing {
  /// What somebody wants written down.
  struct Wanted {
    var named: [Address] = []
    var groups: [GroupID] = []
    var onlyNamed = false
    var choice = Handover.Choice()
  }

  /// Looks closer at what is wanted and reads the registers that decide about it. Suspended devices are left asleep.
  static func handover(
    _ wanted: Wanted, in known: Inventory, with observer: any Observer, labels: [Address: String] = [:]
  ) throws(Failure) -> Handover {
    var inventory = known
    let rules = RuleSet.inForce(on: inventory.host.kernelRelease)
    let first = Handover(of: wanted.named, groups: wanted.groups, in: inventory, rules: rules)
    let members = first.isWhole ? inventory.functions.map(\.address) : first.groups.flatMap(\.members) + first.ungrouped
    let deciding = first.isWhole ? members : Ties.deciding(members, in: inventory)
    do throws(HostError) {
      inventory.apply(
        try observer.reread(
          Stale(groups: Set(first.groups.map(\.id)), details: Set(members + deciding)), in: inventory))
    } catch {
      throw Failure(error)
    }
    var handover = Handover(
      of: wanted.named, groups: wanted.groups, in: inventory, rules: rules, onlyNamed: wanted.onlyNamed)
    handover.choice = wanted.choice
    handover.origin = observer.place.origin
    handover.capabilities = observer.capabilities()
    handover.exposed = exposed(handover, observer)
    handover.configs = observer.configSpaces(of: deciding, waking: false)
    handover.methods = observer.resetMethods(of: handover.endpoints)
    let ties = Ties(inventory, observer.ports(of: inventory, handover.configs))
    let witness = Witness(inventory, ties, configs: handover.configs, labels: labels)
    for group in handover.groups {
      if let tied = ties[group.id] { handover.explained[group.id] = Explained(tied, by: witness) }
    }
    return handover
  }

  /// The functions whose interrupts are known not to be isolated, which would matter: a simulated machine knows it of
  /// each, on others it is one for all.
  private static func exposed(_ handover: Handover, _ observer: any Observer) -> [Address] {
    func status(_ subject: Capability.Subject) -> Capability.Status? {
      handover.capabilities.first { $0.subject == subject }?.status
    }
    // The parameter that allows them is missing from what protects a machine.
    guard status(.interruptRemapping) == .missing, status(.unsafeInterrupts) != .missing else { return [] }
    guard let world = (observer as? SimulatedHost)?.world else { return handover.endpoints }
    return handover.endpoints.filter { world[$0]?.interruptsAreIsolated == false }
  }
}

extension Place {
  /// What sort of world it is; never its name, which may be that of somebody's machine.
  var origin: String {
    switch kind {
    case .linux: "a running machine"
    case .image: "an image of a machine"
    case .scenario: "a simulated machine"
    }
  }
}
