import Assignment
import Console
import HostAccess
import HostLinux
import Ownership
import Topology

/// The devices that a command is to have, on a machine that was looked at: whether they can be had now, and by which
/// calls.
struct RunScope {
  let model: RuleSet
  let inventory: Inventory
  let world: World
  let rules: Rules
  let devices: [Address]

  /// What the selectors choose. Refused where that cannot be handed out now, with what to do about it.
  init(
    _ selectors: [String], _ model: RuleSet, in inventory: Inventory, _ world: World, _ rules: Rules
  ) throws(Failure) {
    self.model = model
    self.inventory = inventory
    self.world = world
    self.rules = rules
    devices = try AttachCommand.devices(selectors, in: inventory, world, model)
    for address in devices { try check(address) }
    var groups: [GroupID] = []
    for group in devices.compactMap({ world[$0]?.group }) where !groups.contains(group) { groups.append(group) }
    for group in groups { try check(group) }
    if model == .explicitLinux { for group in groups { try checkReach(of: group) } }
    guard devices.count + groups.count < CommandStart.most else {
      throw Failure(.not, "\(devices.count) devices are more than a command can be handed at once")
    }
  }

  private func check(_ address: Address) throws(Failure) {
    guard let device = world[address], let group = device.group else {
      throw Failure(
        .unavailable, "\(address) is in no IOMMU group: nothing confines its DMA; see 'viable doctor'",
        Grounds(kind: "no-group", culprits: [Refusal.Culprit(address)]))
    }
    guard device.header == .normal else {
      throw Failure(
        .not, "\(address) is a bridge, which VFIO hands to nobody: name what is below it, or group:\(group)",
        Grounds(kind: "bridge", culprits: [Refusal.Culprit(address, group: group)]))
    }
    guard device.isVFIO else {
      let driver = device.driver.map { "has the host driver \(Clean.visible($0))" } ?? "has no driver"
      throw Failure(
        .not,
        "\(address) \(driver), and a command can have it from a vfio driver only\n  sudo viable assign \(address)",
        Grounds(kind: "not-vfio", culprits: [Refusal.Culprit(address, driver: device.driver, group: group)]))
    }
  }

  /// Host drivers, firmware's claims, and whoever has the group already.
  private func check(_ id: GroupID) throws(Failure) {
    guard let group = inventory[id] else { return }
    let verdict = Judge(rules: model).verdict(on: group, in: inventory)
    guard !verdict.blockers.isEmpty else { return }
    let culprits = verdict.blockers.map { Sentences.blocker($0, in: inventory) }
    let next = Sentences.next(verdict, of: group, in: inventory)
    throw Failure(
      .not,
      (["group \(id) cannot be handed out: " + culprits.joined(separator: " ")] + next.map { "  " + $0 })
        .joined(separator: "\n"),
      Grounds(kind: "not-viable", culprits: verdict.blockers.map { Refusal.Culprit($0, of: id) }))
  }

  /// Who has a group's descriptor can open every member of it: nobody gets what was not named.
  private func checkReach(of id: GroupID) throws(Failure) {
    let others = world.members(of: id).filter { device in
      device.isVFIO && device.header == .normal && !devices.contains(device.address)
    }
    guard !others.isEmpty else { return }
    let who = others.map { "\($0.address) (\(Clean.visible($0.driver ?? "")))" }.joined(separator: ", ")
    throw Failure(
      .not,
      "the descriptor of group \(id) opens \(who) as well, which was not named\n"
        + "  Name it too, or the whole group: viable run group:\(id)",
      Grounds(kind: "reach", culprits: others.map { Refusal.Culprit($0.address, driver: $0.driver, group: id) }))
  }

  /// What the rules say of every call, and what the command would get.
  func forecast(onlyOpening: Bool) throws(Failure) -> (attempt: Attempt, handOver: HandOver) {
    let root = User(process: 1, name: "viable", uid: 0)
    var attempt = Attempt(model, handingOut: devices, onlyOpening: onlyOpening, by: root)
    let after = attempt.forecast(under: rules, in: world)
    if let line = attempt.refusal { throw Self.failure(line) }
    guard
      let handOver = HandOver(model, devices, of: root, in: after, from: CommandStart.firstNumber)
    else { throw Failure(.cannotTell, "the rules of \(model.rawValue) do not lead to what was asked for") }
    return (attempt, handOver)
  }

  /// A call that is refused: the call, the answer, and why.
  static func failure(_ line: Comparison.Line) -> Failure {
    let why = line.why.map { ": " + $0.line } ?? ""
    return Failure(
      .not, ([line.text + why] + (line.why?.next ?? []).map { "  " + $0 }).joined(separator: "\n"),
      Grounds(kind: "call-refused", culprits: [Refusal.Culprit(name: line.on)]))
  }
}

extension Refusal.Culprit {
  /// Who keeps a group from being owned.
  fileprivate init(_ blocker: Blocker, of group: GroupID) {
    switch blocker {
    case .driver(let address, let driver): self.init(address, driver: driver, group: group)
    case .otherDriver(let device, let driver): self.init(driver: driver, group: group, name: device)
    case .directRegion: self.init(group: group)
    case .holder(let holder): self.init(group: group, name: holder.node, owner: Owner(holder))
    }
  }
}
