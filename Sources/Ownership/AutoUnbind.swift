import Topology

/// What Williamson asked about on 22 April 2021 and Gunthorpe denied the same day: joining unbinds every host driver
/// in the group. A straw man; from there on April's sketch with the rest of the group implied.
struct AutoUnbind: Uapi {
  let rules = RuleSet.autoUnbind
  let knobs: Knobs
  private var april: ImplicitApril { ImplicitApril(knobs: knobs, rules: rules) }

  func open(_ node: Openable, by user: User, in draft: inout Draft) throws(Denial) -> Ledger.File {
    try april.open(node, by: user, in: &draft)
  }

  func perform(_ ioctl: Ioctl, on file: FileID, by user: User, in draft: inout Draft) throws(Denial) -> Value {
    guard case .device(let device) = draft.world.ledger.files[file], case .join(let descriptor, var joining) = ioctl
    else { return try april.perform(ioctl, on: file, by: user, in: &draft) }
    // A refusal further on throws the draft away, and the drivers with it back to where they were.
    if let group = draft.world[device.address]?.group {
      for neighbour in hostDriven(group, in: draft.world) {
        draft.world.ledger.takenAway[neighbour.address] = knobs.rebindsAtClose ? neighbour.driver : nil
        draft.takeDriver(from: neighbour)
      }
    }
    joining.implicitGroup = true
    return try april.perform(.join(descriptor, joining), on: file, by: user, in: &draft)
  }

  func keepsFrom(_ touch: Touch, _ file: Ledger.DeviceFile) -> Denial? { april.keepsFrom(touch, file) }

  func hold(of group: GroupID, in world: World) -> Hold { contextHold(of: group, in: world) }

  func admission(of device: Device, held: Hold, isArriving: Bool) -> Admission {
    if isArriving, held.isOwned, knobs.snarfsHotAdded { return .snarf }
    return april.admission(of: device, held: held, isArriving: isArriving)
  }

  /// Gives back what was taken, where the knob says so and nobody owns the group any more.
  func settle(_ draft: inout Draft) {
    for (address, driver) in draft.world.ledger.takenAway.sorted(by: { $0.key < $1.key }) {
      guard let device = draft.world[address], let group = device.group else {
        draft.world.ledger.takenAway[address] = nil
        continue
      }
      guard !hold(of: group, in: draft.world).isOwned else { continue }
      draft.world.ledger.takenAway[address] = nil
      if device.driver == nil { draft.put(driver, on: address) }
    }
  }
}
