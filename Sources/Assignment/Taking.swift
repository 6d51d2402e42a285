import Ownership
import Topology

/// Somewhere that events happen: a stage, or nothing but rules and a world.
protocol Playground {
  var world: World { get }
  mutating func happen(_ event: Event) -> Answer
}

/// Rules and a world, without a machine around them.
struct PurePlayground: Playground {
  let rules: Rules
  var world: World

  mutating func happen(_ event: Event) -> Answer {
    let answer = rules.answer(to: event, in: world)
    world = world.after(answer)
    return answer
  }
}

/// The way to a user's devices through one interface, call by call, and back.
struct Taking: Hashable {
  let model: RuleSet
  let devices: [Address]
  let allowUnused: Bool
  let user: User
  /// What is mapped on the way; nil is nothing.
  var memory: Mapping? = Taking.memory
  let labels: [Address: String]
  /// Nodes are opened, and nothing is done with them.
  var onlyOpens = false

  /// Where the memory of a taken device goes unless said otherwise: a megabyte above the first one.
  static let memory = Mapping(iova: 0x10_0000, size: 0x10_0000)

  /// Joining comes first and for all, so that whoever attaches finds the whole group joined. In May an IOASID takes
  /// no mapping before all of it is attached.
  private var wishes: [Wish] {
    if onlyOpens { return ([.context] + devices.map { .device($0) }).map { .open($0, by: user) } }
    let attach = devices.enumerated().map { place, device in
      let mapsNow = model != .implicitRFC1 || place == devices.count - 1
      let how = Attaching(allowUnused: allowUnused, memory: mapsNow ? memory : nil)
      return Wish.attach(device, by: user, how)
    }
    let join = devices.map { Wish.own($0, by: user, Attaching(allowUnused: allowUnused)) }
    return model.joinsDevices ? join + attach : attach
  }

  /// Every call up to the last one, or to the first that is refused. Each is told once it was answered.
  func take(
    in place: inout some Playground, tell: (Comparison.Line) -> Void = { _ in }
  ) -> (lines: [Comparison.Line], isAttached: Bool) {
    var lines: [Comparison.Line] = []
    for (number, wish) in wishes.enumerated() {
      var pursuit = Pursuit(wish, under: model, in: place.world)
      var answer: Answer?
      while let event = pursuit.next(in: place.world, after: answer) {
        let before = place.world
        let got = place.happen(event)
        lines.append(line(event, got, in: before, act: number))
        if let last = lines.last { tell(last) }
        guard got.value != nil else { return (lines, false) }
        answer = got
      }
    }
    return (lines, true)
  }

  /// Closes what is open, last first, and binds again what lost its driver since `start`.
  func giveBack(in place: inout some Playground, asIn start: World) -> [Comparison.Line] {
    var lines: [Comparison.Line] = []
    func happen(_ event: Event) {
      let before = place.world
      lines.append(line(event, place.happen(event), in: before, act: wishes.count))
    }
    let open = place.world.ledger.process(of: user)?.descriptors.entries.map(\.number) ?? []
    for number in open.reversed() { happen(.call(.close(Descriptor(number)), by: user)) }
    for device in start.devices {
      guard let driver = device.driver, let now = place.world[device.address], now.driver == nil else { continue }
      happen(.bind(device.address, driver))
    }
    return lines
  }

  /// Takes out what was mapped: from a container, or from the spaces of a context.
  func unmap(in place: inout some Playground) -> [Comparison.Line] {
    guard let memory, let iova = memory.iova else { return [] }
    let range = MemoryRange(iova, size: memory.size)
    var lines: [Comparison.Line] = []
    for entry in place.world.ledger.process(of: user)?.descriptors.entries ?? [] {
      let descriptor = Descriptor(entry.number)
      var calls: [Ioctl] = []
      switch place.world.ledger.files[entry.element] {
      case .container(let container) where container.space.has(range): calls = [.unmapDMA(range)]
      case .context(let context):
        calls = context.objects.entries.compactMap { object in
          guard case .space(let space) = object.element, space.has(range) else { return nil }
          return .unmap(object.number, range)
        }
      default: break
      }
      for call in calls {
        let event = Event.call(.ioctl(descriptor, call), by: user)
        let before = place.world
        lines.append(line(event, place.happen(event), in: before, act: wishes.count))
      }
    }
    return lines
  }

  private func line(_ event: Event, _ answer: Answer, in world: World, act: Int) -> Comparison.Line {
    Comparison.Line(act: act, event: event, answer: answer, in: world, under: model, labels: labels)
  }
}

extension AddressSpace {
  fileprivate func has(_ range: MemoryRange) -> Bool { spans.contains(range) }
}
