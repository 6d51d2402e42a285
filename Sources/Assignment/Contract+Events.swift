public import Ownership
import Topology

extension Contract {
  /// The sequence that a seed makes, the same every time: a user's way to a device, call by call, with other calls
  /// between that make sense, or nearly, or not at all.
  public func events(seed: UInt64) -> [Event] {
    var dice = Dice(seed: seed)
    var world = world
    var events: [Event] = []
    let members = world.members(of: group).filter { $0.header == .normal }.map(\.address)
    guard !members.isEmpty else { return [] }
    var ways: [Int32: Pursuit] = [:]
    let length = 12 + dice.roll(28)
    while events.count < length {
      let user = users[dice.roll(4) == 0 ? users.count - 1 : 0]
      var event: Event?
      if dice.roll(100) < 40 {
        if ways[user.process] == nil {
          let how = Attaching(space: dice.roll(6) == 0 ? 1 : 0, memory: dice.roll(3) == 0 ? nil : Self.memory(&dice))
          let wish: Wish = .attach(dice.pick(members), by: user, how)
          ways[user.process] = Pursuit(wish, under: way(&dice), in: world)
        }
        event = ways[user.process]?.next(in: world)
        if event == nil { ways[user.process] = nil }
      }
      let chosen = event ?? stray(by: user, in: world, members, &dice)
      events.append(chosen)
      let answer = rules.answer(to: chosen, in: world)
      if answer.value == nil { ways[user.process] = nil }
      world = world.after(answer)
    }
    return events
  }

  /// Where there is iommufd, groups and containers stand beside it.
  private func way(_ dice: inout Dice) -> RuleSet {
    rules.set == .iommufd && dice.roll(3) > 0 ? .iommufd : .explicitLinux
  }

  private static func memory(_ dice: inout Dice) -> Mapping {
    Mapping(iova: dice.pick([0, 0x1000, 0x10_0000]), size: dice.pick([0x1000, 0x4000]))
  }

  // MARK: calls off the way

  private func stray(by user: User, in world: World, _ members: [Address], _ dice: inout Dice) -> Event {
    let open = world.ledger.process(of: user)?.descriptors.entries ?? []
    let chance = dice.roll(100)
    if chance < 2 { return .exit(user) }
    if open.isEmpty || chance < 14 { return .call(.open(node(members, &dice)), by: user) }
    if chance < 22 {
      return .call(.close(Descriptor(dice.roll(8) == 0 ? 77 : dice.pick(open).number)), by: user)
    }
    let entry = dice.pick(open)
    let descriptor = Descriptor(dice.roll(40) == 0 ? dice.pick([77, -1]) : entry.number)
    guard let file = world.ledger.files[entry.element] else { return .call(.close(descriptor), by: user) }
    if case .device(let device) = file, dice.roll(6) == 0 {
      // Touching a device that is open and bound reaches hardware; what is asked here has no effect on it.
      return .call(.touch(descriptor, device.context == nil ? dice.pick([.read, .write, .mmap]) : .write), by: user)
    }
    let ioctl = ioctl(on: file, open.map(\.number), members, &dice)
    return .call(.ioctl(descriptor, ioctl, shape(of: ioctl, &dice)), by: user)
  }

  private func node(_ members: [Address], _ dice: inout Dice) -> Openable {
    let isIommufd = rules.set == .iommufd
    switch dice.roll(isIommufd ? 10 : 6) {
    case 0, 1: return .container
    case 2, 3, 4: return .group(group)
    case 5: return .group(GroupID(9999))
    case 6, 7: return .context
    default: return .device(dice.pick(members))
    }
  }

  private func ioctl(
    on file: Ledger.File, _ open: [Int], _ members: [Address], _ dice: inout Dice
  ) -> Ioctl {
    if dice.roll(30) == 0 { return .unknown(0x3bff) }
    switch file {
    case .group: return groupCall(open, members, &dice)
    case .container: return containerCall(&dice)
    case .device:
      if dice.roll(10) == 0 { return .hotReset((0..<dice.roll(3)).map { _ in Descriptor(dice.pick(open)) }) }
      return rules.set == .iommufd ? deviceCall(open, &dice) : .getInfo
    case .context(let context): return dice.roll(6) == 0 ? containerCall(&dice) : contextCall(context, &dice)
    case .virtualMachine: return .unknown(0x3bff)
    }
  }

  private func groupCall(_ open: [Int], _ members: [Address], _ dice: inout Dice) -> Ioctl {
    let descriptor = Descriptor(dice.roll(10) == 0 ? dice.pick([77, -1]) : dice.pick(open))
    switch dice.roll(8) {
    case 0, 1: return .groupGetStatus
    case 2, 3: return .groupSetContainer(descriptor)
    case 4: return .groupUnsetContainer
    default: return .groupGetDeviceFD(dice.roll(6) == 0 ? Self.nobody : dice.pick(members))
    }
  }

  /// An address that no machine has anything at.
  private static let nobody = Address(domain: 0, bus: 0xff, device: 0x1f, function: 7)

  private func containerCall(_ dice: inout Dice) -> Ioctl {
    switch dice.roll(12) {
    case 0: .getAPIVersion
    case 1: .checkExtension(dice.pick([1, 3, 4, 8, 9, 10, 99]))
    case 2, 3, 4: .setIOMMU(dice.pick([.type1v2, .type1v2, .type1, .other(2), .noIOMMU, .other(99)]))
    case 5: .getIOMMUInfo
    case 6, 7, 8: .mapDMA(mapping(isFixed: true, &dice))
    default: .unmapDMA(range(&dice))
    }
  }

  private func deviceCall(_ open: [Int], _ dice: inout Dice) -> Ioctl {
    switch dice.roll(10) {
    case 0, 1: .getInfo
    case 2, 3, 4: .join(Descriptor(dice.roll(10) == 0 ? dice.pick([77, -1]) : dice.pick(open)), Joining())
    case 5, 6, 7: .attach(number(&dice))
    default: .detach
    }
  }

  private func contextCall(_ context: Ledger.Context, _ dice: inout Dice) -> Ioctl {
    let objects = context.objects.entries.map(\.number)
    func number(_ dice: inout Dice) -> Int {
      objects.isEmpty || dice.roll(3) == 0 ? self.number(&dice) : dice.pick(objects)
    }
    return switch dice.roll(18) {
    case 0, 1, 2: .create
    case 3, 4: .free(number(&dice))
    case 5, 6, 7: .map(number(&dice), mapping(isFixed: dice.roll(6) > 0, &dice))
    case 8, 9, 10: .unmap(number(&dice), dice.roll(8) == 0 ? MemoryRange(0, size: .max) : range(&dice))
    case 11: .info(number(&dice))
    case 12: .copy(from: number(&dice), to: number(&dice), range(&dice))
    case 13: .allowIOVAs(number(&dice), [MemoryRange(0, size: 0x8000_0000)])
    case 14: tableCall(context, &dice) ?? .allocateTable(device: number(&dice), over: number(&dice))
    case 15: .compatibility(.get)
    case 16: .compatibility(.set(number(&dice)))
    default: .compatibility(.clear)
    }
  }

  /// A page table for a device that is bound, over a space that there is; nil where either lacks, and now and then.
  private func tableCall(_ context: Ledger.Context, _ dice: inout Dice) -> Ioctl? {
    let device = context.objects.entries.first { if case .device = $0.element { true } else { false } }
    let space = context.objects.entries.first { if case .space = $0.element { true } else { false } }
    guard dice.roll(3) > 0, let device, let space else { return nil }
    return .allocateTable(device: device.number, over: space.number)
  }

  /// Objects are numbered from 1; few sequences get far.
  private func number(_ dice: inout Dice) -> Int { dice.roll(12) == 0 ? 99 : 1 + dice.roll(4) }

  private func mapping(isFixed: Bool, _ dice: inout Dice) -> Mapping {
    let range = range(&dice)
    let access = dice.roll(12)
    return Mapping(
      iova: isFixed ? range.start : nil, size: range.size, isReadable: access > 1, isWritable: access != 1)
  }

  private func range(_ dice: inout Dice) -> MemoryRange {
    let places: [UInt64] = [0, 0x1000, 0x2000, 0x3000, 0x10_0000, 0x10_1000, 0xfee0_0000, 1 << 60, 0x800, .max - 0xfff]
    let sizes: [UInt64] = [0x1000, 0x1000, 0x1000, 0x2000, 0x4000, 0, 0x800]
    return MemoryRange(places[min(dice.roll(14), 9) % 10], size: dice.pick(sizes))
  }

  /// Only structs can be misshapen, and only those with flags can have an unknown one.
  private func shape(of ioctl: Ioctl, _ dice: inout Dice) -> ArgumentShape {
    guard dice.roll(9) == 0 else { return .proper }
    switch ioctl {
    case .groupGetStatus, .getInfo, .getIOMMUInfo: return dice.pick([.tooSmall, .badPointer])
    case .mapDMA, .unmapDMA, .join, .attach, .detach, .hotReset:
      return dice.pick([.tooSmall, .unknownFlag, .badPointer])
    case .create, .map, .copy: return dice.pick([.tooSmall, .unknownFlag, .laterTail, .badPointer])
    // HWPT_ALLOC looks at its flags only once it has found what they are about.
    case .allocateTable, .free, .unmap, .info, .allowIOVAs, .compatibility:
      return dice.pick([.tooSmall, .laterTail, .badPointer])
    case .groupSetContainer, .groupGetDeviceFD: return .badPointer
    default: return .proper
    }
  }
}

/// Numbers that look random and follow from a seed (Steele, Lea, Flood: SplitMix64): the same on every machine.
struct Dice {
  private var state: UInt64

  /// Neighbouring seeds are far apart.
  init(seed: UInt64) { state = Self.mix(seed &+ 0x9e37_79b9_7f4a_7c15) }

  /// From 0 to `sides` - 1.
  mutating func roll(_ sides: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Int(Self.mix(state) >> 11) % sides
  }

  private static func mix(_ number: UInt64) -> UInt64 {
    var mixed = (number ^ number >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  /// One of a list that is not empty.
  mutating func pick<Element>(_ list: [Element]) -> Element { list[roll(list.count)] }
}
