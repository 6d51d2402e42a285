import Assignment
import HostAccess
import Topology

/// A machine on paper, with the registers that decide about its groups, kept while questions about it come.
struct Paper {
  private let whatIf: WhatIf
  private let witness: Witness

  /// Reads what decides. A suspended device is left asleep.
  init(_ inventory: Inventory, with observer: any Observer, waking: Bool = false) {
    let configs = observer.configSpaces(of: inventory.functions.map(\.address), waking: waking)
    let ports = observer.ports(of: inventory, configs)
    whatIf = WhatIf(inventory, ports, virtual: configs.mapValues(\.sriov))
    witness = Witness(inventory, Ties(inventory, ports), configs: configs)
  }

  /// Answers a question; what was read before serves as long as the machine is the same.
  static func answer(
    _ question: Supposition.Question, with observer: any Observer, _ known: Inventory, _ paper: inout Paper?
  ) -> Supposition {
    let current = paper.flatMap { $0.whatIf.inventory == known ? $0 : nil } ?? Paper(known, with: observer)
    paper = current
    return Supposition(question, current.whatIf, by: current.witness)
  }
}

extension Known<ConfigSpace> {
  /// Its virtual functions, as far as it was read.
  var sriov: Known<SRIOV> {
    switch self {
    case .value(let space): space.sriov
    case .absent: .unknown(.notRecorded)
    case .unknown(let why): .unknown(why)
    }
  }
}
