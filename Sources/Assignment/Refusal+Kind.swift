extension Refusal {
  /// What kind it is, in a word that scripts tell apart. It stays what it is once it has been released.
  public var kind: String { kindOfMachine ?? kindOfAct }

  /// What the hardware, its firmware or the kernel does not allow.
  private var kindOfMachine: String? {
    switch why {
    case .gone: "no-such-device"
    case .noSuchGroup: "no-such-group"
    case .noGroup: "no-group"
    case .bridge, .hostBridge: "bridge"
    case .otherMember: "other-member"
    case .directRegion: "direct-region"
    case .noDriver: "no-driver"
    case .unknown: "unknown"
    case .noVirtualFunctions, .notPhysical: "no-virtual-functions"
    case .tooManyVirtualFunctions: "too-many-virtual-functions"
    case .virtualFunction: "virtual-function"
    case .virtualFunctionsInUse: "virtual-functions-in-use"
    case .besidePhysical: "beside-physical-function"
    case .domainOf: "domain-of-others"
    default: nil
    }
  }

  /// What somebody did, or has to say.
  private var kindOfAct: String {
    switch why {
    case .held: "held"
    case .nothingRecorded: "nothing-recorded"
    case .noSuchEntry: "no-such-entry"
    case .laterEntry: "later-entry"
    case .void: "void"
    case .stale, .changed, .regrouped, .overtaken: "stale"
    case .unreadable: "unreadable"
    case .nothingToHandOver: "nothing-to-hand-over"
    case .noNode: "no-node"
    case .givenAlready: "given-already"
    case .ruleStands: "rule-stands"
    case .consent: "consent"
    case .busy: "busy"
    case .readOnly: "read-only"
    default: "refused"
    }
  }
}
