import HostAccess
import Ownership
import Topology

extension Plan {
  /// The plan for what is wanted, or why there is none. It says nothing yet of what it would cost: findings are put
  /// in by whoever knows what the functions carry.
  public init(_ intent: Intent, on basis: Basis) throws(Refusal) {
    let scope = try Scope(intent, on: basis)
    var draft = Draft()
    switch intent.verb {
    case .release: try draft.release(scope)
    case .assign:
      try draft.assign(scope)
      if intent.persists { try draft.keep(scope) }
    case .restore: try draft.restore(scope)
    case .virtualFunctions: try draft.count(scope)
    case .grant: try draft.grant(scope)
    case .revoke: try draft.revoke(scope)
    }
    // Whoever goes with a count does not stay as it is, whatever group it is in.
    let leaving = Plan.Step.leaving(draft.steps, in: basis.inventory)
    let also = draft.alsoAssumed.filter { binding in !scope.members.contains { $0.address == binding.address } }
    self.init(
      intent, steps: draft.modules + draft.steps, assumptions: scope.members + also,
      groups: scope.groups, readings: draft.readings,
      untouched: draft.untouched.filter { !leaving.contains($0.address) })
  }

  /// A plan while it is made.
  struct Draft {
    var modules: [Step] = []
    var steps: [Step] = []
    var untouched: [Untouched] = []
    var alsoAssumed: [Binding] = []
    var readings: [Reading] = []

    mutating func load(_ module: String?) {
      guard let module, !modules.contains(where: { $0.effect == .loadModule(module) }) else { return }
      modules.append(Step(.loadModule(module), inverse: []))
    }
  }
}

extension Plan.Draft {
  /// Leaves without a driver whoever was asked for, and whoever blocks.
  mutating func release(_ scope: Scope) throws(Refusal) {
    for member in scope.members {
      guard scope.concerns(member), !Self.isPort(member, scope) else {
        untouched.append(scope.untouched(member))
        continue
      }
      try scope.check(member)
      guard member.driver.value != nil else {
        untouched.append(Plan.Untouched(member.address, .already(nil)))
        continue
      }
      try scope.checkVirtualFunctions(of: member)
      try scope.checkDomain(of: member)
      try scope.checkHolders(of: member)
      steps += Plan.Step.moving(member, to: nil, override: member.override.value)
    }
  }

  /// A bridge whose driver stands in nobody's way keeps it: what hangs below needs it.
  private static func isPort(_ member: Binding, _ scope: Scope) -> Bool {
    guard scope.basis.isBridge(member) else { return false }
    if case .host = scope.basis.standing(of: member) { return false }
    return true
  }

  /// Binds whoever was asked for, and whoever blocks, to its vfio driver; a bridge that blocks is released.
  mutating func assign(_ scope: Scope) throws(Refusal) {
    for address in scope.intent.named {
      guard let member = scope.members.first(where: { $0.address == address }) else { continue }
      if scope.basis.isBridge(member) { throw scope.basis.refusal(ofBridge: member) }
      if member.group.value == nil {
        throw Refusal(member.group.ignorance.map { .unknown(address, what: "iommu_group", $0) } ?? .noGroup(address))
      }
    }
    for group in scope.groups { try Self.checkGroup(group, scope) }
    for member in scope.members { try assign(member, scope) }
  }

  private mutating func assign(_ member: Binding, _ scope: Scope) throws(Refusal) {
    if case .unknown(let why) = scope.basis.standing(of: member), !scope.intent.onlyNamed {
      throw Refusal(.unknown(member.address, what: "driver", why))
    }
    guard scope.concerns(member), !Self.isPort(member, scope) else {
      untouched.append(scope.untouched(member))
      return
    }
    try scope.check(member)
    if case .vfio(let driver) = scope.basis.standing(of: member) {
      untouched.append(Plan.Untouched(member.address, .already(driver)))
      return
    }
    try scope.checkVirtualFunctions(of: member)
    try scope.checkDomain(of: member)
    if scope.basis.isBridge(member) {
      steps += Plan.Step.moving(member, to: nil, override: member.override.value)
      return
    }
    guard let identity = member.identity.value, let choice = scope.basis.drivers.choice(for: identity) else {
      throw Refusal(.noDriver(member.address, "vfio-pci"))
    }
    load(choice.module)
    steps += Plan.Step.moving(member, to: choice.driver, override: choice.driver)
  }

  /// Members that only others can move, and firmware's claims, keep the group from ever being owned.
  private static func checkGroup(_ group: Group, _ scope: Scope) throws(Refusal) {
    let functions = group.members.compactMap { scope.basis.inventory[$0] }
    if let region = scope.basis.rules.directRegions(of: group, functions).first {
      throw Refusal(.directRegion(group.id, region))
    }
    if scope.intent.onlyNamed { return }
    for other in group.others {
      switch scope.basis.rules.standing(of: other) {
      case .host(let driver): throw Refusal(.otherMember(other.name, driver, group.id))
      case .free, .exempt, .vfio, .unknown: break
      }
    }
  }
}
