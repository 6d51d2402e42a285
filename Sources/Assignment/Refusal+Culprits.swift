import HostAccess
import Topology

extension Refusal {
  /// Whoever the refusal is about; empty where it is about nobody.
  public var culprits: [Culprit] { ofDevices ?? ofRecords ?? ofOthers }

  /// Where one function or group is the whole of it.
  private var ofDevices: [Culprit]? {
    switch why {
    case .gone(let address), .noGroup(let address), .bridge(let address), .hostBridge(let address),
      .unknown(let address, _, _), .notPhysical(let address), .tooManyVirtualFunctions(let address, _, _):
      [Culprit(address)]
    case .noDriver(let address, let driver): [Culprit(address, driver: driver)]
    case .noVirtualFunctions(let address, let driver), .noNode(let address, let driver):
      [Culprit(address, driver: driver)]
    case .noSuchGroup(let group), .directRegion(let group, _): [Culprit(group: group)]
    case .virtualFunction(let address, of: _): [Culprit(address)]
    default: nil
    }
  }

  /// Where the machine is not what was recorded or assumed of it.
  private var ofRecords: [Culprit]? {
    switch why {
    case .nothingRecorded(let address), .void(let address, _, _), .stale(let address, _, _): [Culprit(address)]
    case .noSuchEntry: []
    case .overtaken(let address, _): address.map { [Culprit($0)] } ?? []
    case .changed(let subject), .laterEntry(let subject, _, _):
      [subject.function.map { Culprit($0) } ?? Culprit(name: "\(subject)")]
    case .unreadable(let error): [Culprit(name: error.object)]
    case .regrouped(let group, _, _): [Culprit(group: group)]
    default: nil
    }
  }

  /// Where somebody else is in the way.
  private var ofOthers: [Culprit] {
    switch why {
    case .otherMember(let name, let driver, let group): [Culprit(driver: driver, group: group, name: name)]
    case .held(let address, let holder): [Culprit(address, name: holder.node, owner: Culprit.Owner(holder))]
    case .virtualFunctionsInUse(let address, let functions):
      functions.isEmpty ? [Culprit(address)] : functions.map { Culprit($0) }
    case .besidePhysical(_, let physical, let group): [Culprit(physical, group: group)]
    case .domainOf(_, let functions), .nothingToHandOver(_, let functions): functions.map { Culprit($0) }
    case .givenAlready(let node, let uid, _): [Culprit(name: "\(node)", owner: Culprit.Owner(uid: uid))]
    case .ruleStands(let file): [Culprit(name: file.path)]
    case .consent(_, let findings, _): Culprit.named(by: findings)
    default: []
    }
  }
}

extension Refusal.Culprit {
  /// The functions that findings are about, each once.
  public static func named(by findings: [Finding]) -> [Refusal.Culprit] {
    var seen: Set<Address> = []
    return findings.map(\.address).filter { seen.insert($0).inserted }.map { Refusal.Culprit($0) }
  }
}
