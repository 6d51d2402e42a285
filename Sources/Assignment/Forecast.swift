public import Ownership
public import Topology

/// What one interface would answer if these devices were taken now by a program that does everything right.
public struct Forecast: Hashable, Sendable {
  /// Which interface.
  public let model: RuleSet
  /// Whether all of them would be attached.
  public let isAttached: Bool
  /// Every call up to the last one, or to the first refusal.
  public let lines: [Comparison.Line]
  /// Drivers that would be gone afterwards, with what stands on them.
  public let lost: [Lost]
  /// Members that nobody would have named, within reach of those attached.
  public let atRisk: [Address]

  /// A driver that would be taken away.
  public struct Lost: Hashable, Sendable {
    /// From which device.
    public var address: Address
    /// Which.
    public var driver: DriverName
    /// What goes with it: `sda`.
    public var carries: [String]
    /// All three.
    public init(address: Address, driver: DriverName, carries: [String]) {
      self.address = address
      self.driver = driver
      self.carries = carries
    }
  }

  /// The forecast for taking `devices` in `world`, with open questions decided as `knobs` say. Those without a driver count as bound to vfio-pci first, as
  /// whoever takes them would do; a host driver stays where it is.
  public init(
    _ model: RuleSet, taking devices: [Address], in world: World, knobs: Knobs = Knobs(), allowUnused: Bool = false,
    labels: [Address: String] = [:]
  ) {
    self.model = model
    let rules = Rules(model, knobs: knobs)
    var place = PurePlayground(rules: rules, world: world)
    for address in devices where world[address]?.driver == nil && world[address]?.header == .normal {
      _ = place.happen(.bind(address, "vfio-pci"))
    }
    let user = User(process: 1000, name: "viable", uid: 0)
    let taking = Taking(model: model, devices: devices, allowUnused: allowUnused, user: user, labels: labels)
    (lines, isAttached) = taking.take(in: &place)
    let end = place.world
    lost = world.devices.compactMap { device in
      guard let driver = device.driver, let now = end[device.address], now.driver == nil else { return nil }
      return Lost(address: device.address, driver: driver, carries: device.carries)
    }
    let groups = Set(devices.compactMap { end[$0]?.group })
    let held = rules.ownership(in: end).filter { $0.domain.isUsers && $0.group.map(groups.contains) ?? false }
    atRisk = isAttached ? held.filter { !$0.isJoined && end[$0.address]?.header == .normal }.map(\.address) : []
  }

  /// The call that would not succeed; nil where all would.
  public var refusal: Comparison.Line? { isAttached ? nil : lines.last }

  /// One forecast an interface, in the order of `RuleSet`, each with the open questions decided as `knobs` says of it.
  public static func all(
    taking devices: [Address], in world: World, knobs: (RuleSet) -> Knobs = { _ in Knobs() },
    allowUnused: Bool = false, labels: [Address: String] = [:]
  ) -> [Forecast] {
    RuleSet.allCases.map { model in
      Forecast(model, taking: devices, in: world, knobs: knobs(model), allowUnused: allowUnused, labels: labels)
    }
  }
}

extension Forecast {
  /// The forecast in a sentence.
  public func sentence(_ labels: [Address: String] = [:]) -> String {
    let names = Naming(labels)
    guard isAttached else {
      guard let refusal else { return "Nothing would be asked." }
      let why = refusal.why.map { " " + $0.sentence } ?? ""
      return "\(refusal.name ?? refusal.call) would answer \(refusal.errno?.name ?? refusal.result).\(why)"
    }
    var parts = ["It would be attached."]
    for loss in lost {
      let carried = loss.carries.isEmpty ? "" : ", and \(names.list(loss.carries.map(Clean.visible))) with it"
      parts.append("\(Clean.visible(loss.driver)) would be gone from \(names[loss.address])\(carried), unasked.")
    }
    if !atRisk.isEmpty {
      parts.append("Nobody would have named \(names.list(atRisk.map { names[$0] })), within its reach.")
    }
    return parts.joined(separator: " ")
  }

  /// Why interfaces differ: the rule that decides each refusal beside those that grant it; nil where all agree.
  public static func difference(_ forecasts: [Forecast]) -> String? {
    let granting = forecasts.filter(\.isAttached)
    let refusing = forecasts.filter { !$0.isAttached }
    guard !granting.isEmpty, !refusing.isEmpty else { return nil }
    let names = Naming([:])
    let isUsual = granting.count > refusing.count
    let who = names.list((isUsual ? refusing : granting).map(\.model.rawValue))
    let reasons = Set(refusing.compactMap { $0.refusal?.why?.rule })
    var why: [String] = []
    if reasons.contains(.hostDriver) { why.append("those that refuse want every host driver of the group gone first") }
    if reasons.contains(.membersNotJoined) {
      why.append("the sketch of April wants every member joined, or IOASID_IMPLICIT_GROUP")
    }
    if reasons.contains(.membersNotAttached) {
      why.append("the RFC of May takes no command until every member is attached")
    }
    if why.isEmpty { why.append("they differ in what they test, and when") }
    return "\(isUsual ? "All but" : "Only") \(who) would grant it: \(why.joined(separator: "; "))."
  }
}
