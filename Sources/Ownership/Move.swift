import Topology

/// One call on the way to a wish, its descriptors and numbers not filled in yet.
enum Move: Hashable {
  case event(Event)
  case openContainer
  case openGroup(GroupID)
  /// Whether it is open already or not.
  case openAnew(Openable)
  case status(GroupID)
  case setContainer(GroupID)
  case setIOMMU
  case getDevice(Address, token: String?)
  case openContext
  case openDevice(Address)
  case join(Address, implicitGroup: Bool)
  case create(space: Int)
  case attach(Address, space: Int)
  case detach(Address)
  case map(Mapping, space: Int)
  case free(space: Int)
  case ask(Address)
  case reset(Address)
  case closeDevice(Address)
  case closeGroup
  case closeContainer
  case closeContext
}

/// What a user has open, looked up in the ledger to fill moves in.
struct Possessions {
  let world: World
  let user: User

  var container: Descriptor? { first { if case .container = $0 { true } else { false } } }
  var context: Descriptor? { first { if case .context = $0 { true } else { false } } }
  var anyGroup: Descriptor? { first { if case .group = $0 { true } else { false } } }

  var groups: [Descriptor] {
    world.ledger.descriptors(of: user) { if case .group(let file) = $0 { !file.isRevoked } else { false } }
  }

  func group(_ group: GroupID) -> Descriptor? {
    first { if case .group(let file) = $0 { file.group == group && !file.isRevoked } else { false } }
  }

  func device(_ address: Address) -> Descriptor? {
    first { if case .device(let file) = $0 { file.address == address } else { false } }
  }

  func file(_ address: Address) -> Ledger.DeviceFile? {
    guard let descriptor = device(address), let id = world.ledger.file(descriptor, of: user),
      case .device(let file) = world.ledger.files[id]
    else { return nil }
    return file
  }

  /// The number of the nth space of the user's context.
  func space(_ place: Int) -> Int? {
    let spaces = spaces
    return place < spaces.count ? spaces[place].number : nil
  }

  var spaces: [(number: Int, space: AddressSpace)] {
    guard let descriptor = context, let id = world.ledger.file(descriptor, of: user) else { return [] }
    return (world.ledger.context(id)?.objects.entries ?? []).compactMap { entry in
      if case .space(let space) = entry.element { (entry.number, space) } else { nil }
    }
  }

  func container(of group: GroupID) -> FileID? { world.ledger.groupFile(of: group)?.file.container }

  var containerState: Ledger.Container? {
    container.flatMap { world.ledger.file($0, of: user) }.flatMap { world.ledger.container($0) }
  }

  private func first(_ isWanted: (Ledger.File) -> Bool) -> Descriptor? {
    world.ledger.descriptors(of: user, where: isWanted).first
  }
}

extension Move {
  /// Whether there is nothing left to do.
  func isDone(_ has: Possessions) -> Bool {
    switch self {
    case .openContainer: has.container != nil
    case .openGroup(let group): has.group(group) != nil
    case .status(let group), .setContainer(let group): has.container(of: group) != nil
    case .setIOMMU: has.containerState?.type != nil
    case .getDevice(let address, _), .openDevice(let address): has.device(address) != nil
    case .openContext: has.context != nil
    case .join(let address, _): has.file(address)?.context != nil
    case .create(let space): has.space(space) != nil
    case .map(let mapping, let place): isMapped(mapping, place, has)
    case .closeDevice(let address): has.device(address) == nil
    case .closeGroup: has.anyGroup == nil
    case .closeContainer: has.container == nil
    case .closeContext: has.context == nil
    case .attach(let address, let space): isAttached(address, space, has)
    case .event, .openAnew, .detach, .free, .ask, .reset: false
    }
  }

  private func isAttached(_ address: Address, _ place: Int, _ has: Possessions) -> Bool {
    guard let space = has.file(address)?.space else { return false }
    return space == has.space(place)
  }

  private func isMapped(_ mapping: Mapping, _ place: Int, _ has: Possessions) -> Bool {
    let space = has.context == nil ? has.containerState?.space : has.spaces.dropFirst(place).first?.space
    return space?.spans.contains { $0.start == mapping.iova && $0.size == mapping.size } ?? false
  }

  /// The event, once everything it needs is there; a bad descriptor stands for what is not.
  func event(_ has: Possessions, under rules: RuleSet) -> Event {
    let bad = Descriptor(-1)
    func call(_ call: Call) -> Event { .call(call, by: has.user) }
    func onDevice(_ address: Address, _ ioctl: Ioctl) -> Event {
      call(.ioctl(has.device(address) ?? bad, ioctl))
    }
    switch self {
    case .event(let event): return event
    case .openContainer: return call(.open(.container))
    case .openGroup(let group): return call(.open(.group(group)))
    case .openAnew(let node): return call(.open(node))
    case .openContext: return call(.open(.context))
    case .openDevice(let address): return call(.open(.device(address)))
    case .status(let group): return call(.ioctl(has.group(group) ?? bad, .groupGetStatus))
    case .setContainer(let group):
      return call(.ioctl(has.group(group) ?? bad, .groupSetContainer(has.container ?? bad)))
    case .setIOMMU: return call(.ioctl(has.container ?? bad, .setIOMMU(.type1v2)))
    case .getDevice(let address, let token):
      let group = has.world[address]?.group.flatMap { has.group($0) }
      return call(.ioctl(group ?? bad, .groupGetDeviceFD(address, token: token)))
    case .join(let address, let implicitGroup):
      return onDevice(address, .join(has.context ?? bad, Joining(implicitGroup: implicitGroup)))
    case .create: return call(.ioctl(has.context ?? bad, .create))
    case .attach(let address, let space): return onDevice(address, .attach(has.space(space) ?? -1))
    case .detach(let address): return onDevice(address, .detach)
    case .map(let mapping, let space):
      // Under iommufd a container may stand in for a context; where neither is open, the rules' own call is made.
      if has.context != nil || (rules.hasContexts && has.container == nil) {
        return call(.ioctl(has.context ?? bad, .map(has.space(space) ?? -1, mapping)))
      }
      return call(.ioctl(has.container ?? bad, .mapDMA(mapping)))
    case .free(let space): return call(.ioctl(has.context ?? bad, .free(has.space(space) ?? -1)))
    case .ask(let address): return onDevice(address, .getInfo)
    case .reset(let address):
      // Through a group's device, the groups prove that the bus is the user's; a device's own node needs no proof.
      return onDevice(address, .hotReset(has.file(address)?.group == nil ? [] : has.groups))
    case .closeDevice(let address): return call(.close(has.device(address) ?? bad))
    case .closeGroup: return call(.close(has.anyGroup ?? bad))
    case .closeContainer: return call(.close(has.container ?? bad))
    case .closeContext: return call(.close(has.context ?? bad))
    }
  }
}
