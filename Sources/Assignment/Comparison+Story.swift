import Ownership
import Topology

extension Comparison {
  /// Asks for the other device instead, and goes as far as before. Nothing where the story has no such pair.
  public mutating func swapAsked() {
    guard told.asked != nil, told.swap != nil else { return }
    isSwapped.toggle()
    retell()
  }

  /// Sets the flag with which the rest of a group may stay unused on every wish to own or attach, or takes it off
  /// where the story has it; a second time tells the story as it was. Goes as far as before.
  public mutating func toggleFlag() {
    isFlagToggled.toggle()
    retell()
  }

  /// Whether some wish now lets the rest of a group stay unused.
  public var allowsUnused: Bool { story.allowsUnused }

  private mutating func retell() {
    story = isSwapped ? told.swapped : told
    if isFlagToggled { story.allowsUnused.toggle() }
    replay()
  }
}

extension Demonstration {
  /// Whether some wish lets the rest of a group stay unused. Setting it sets it on all of them.
  var allowsUnused: Bool {
    get { acts.contains { $0.wish.attaching?.allowUnused ?? false } }
    set {
      for place in acts.indices { acts[place].wish.attaching?.allowUnused = newValue }
    }
  }

  /// The same story with the other device asked for: wishes, drivers, and who may open the nodes are exchanged.
  var swapped: Demonstration {
    guard let asked, let swap, let one = world[asked], let other = world[swap] else { return self }
    let exchange = Exchange(one: one, other: other)
    var story = self
    story.asked = swap
    story.swap = asked
    var world = World(
      devices: self.world.devices.map(exchange.device), groups: self.world.groups, aperture: self.world.aperture,
      contextUsers: self.world.contextUsers)
    world.ledger = self.world.ledger
    story.world = world
    for place in story.acts.indices { story.acts[place].wish = exchange.wish(story.acts[place].wish) }
    for (from, to) in [(asked, swap), (swap, asked)] {
      guard let label = labels[from], let new = labels[to] else { continue }
      for place in story.acts.indices where acts[place].title.contains(label) {
        story.acts[place].title = Self.exchanging(acts[place].title, label, new)
      }
    }
    return story
  }

  /// Both labels exchanged in one pass, so that neither is exchanged back.
  private static func exchanging(_ title: String, _ one: String, _ other: String) -> String {
    var text = ""
    var rest = title[...]
    while let first = rest.first {
      if rest.hasPrefix(one) {
        text += other
        rest = rest.dropFirst(one.count)
      } else if rest.hasPrefix(other) {
        text += one
        rest = rest.dropFirst(other.count)
      } else {
        text.append(first)
        rest = rest.dropFirst()
      }
    }
    return text
  }
}

/// Two devices that take each other's part.
private struct Exchange {
  let one: Device
  let other: Device

  func address(_ address: Address) -> Address {
    address == one.address ? other.address : address == other.address ? one.address : address
  }

  /// Each has host drivers of its own: what stood for one's now stands for the other's.
  private func driver(_ driver: DriverName, of address: Address) -> DriverName {
    if address == one.address, one.hostDrivers.contains(driver) { return other.hostDrivers.first ?? driver }
    if address == other.address, other.hostDrivers.contains(driver) { return one.hostDrivers.first ?? driver }
    return driver
  }

  func device(_ device: Device) -> Device {
    guard address(device.address) != device.address else { return device }
    let model = device.address == one.address ? other : one
    var device = device
    device.driver = model.driver.map { driver($0, of: model.address) }
    device.isVariant = model.isVariant
    device.nodeNumber = nil
    device.nodeOwner = model.nodeOwner
    return device
  }

  func wish(_ wish: Wish) -> Wish {
    switch wish {
    case .give(let who, let driver): .give(address(who), to: self.driver(driver, of: who))
    case .release(let who): .release(address(who))
    case .grant(.device(let who), let uid): .grant(.device(address(who)), to: uid)
    case .own(let who, let user, let how): .own(address(who), by: user, how)
    case .attach(let who, let user, let how): .attach(address(who), by: user, how)
    case .detach(let who, let user): .detach(address(who), by: user)
    case .close(let who, let user): .close(address(who), by: user)
    case .unplug(let who): .unplug(address(who))
    case .open(.device(let who), let user): .open(.device(address(who)), by: user)
    case .ask(let who, let user): .ask(address(who), by: user)
    case .reset(let who, let user): .reset(address(who), by: user)
    case .grant, .open, .map, .free, .closeOwner, .hotAdd, .exit, .kill: wish
    }
  }
}

extension Wish {
  /// How a device is wanted; nil for wishes that want none.
  var attaching: Attaching? {
    get {
      switch self {
      case .own(_, _, let how), .attach(_, _, let how): how
      default: nil
      }
    }
    set {
      guard let newValue else { return }
      switch self {
      case .own(let address, let user, _): self = .own(address, by: user, newValue)
      case .attach(let address, let user, _): self = .attach(address, by: user, newValue)
      default: break
      }
    }
  }

  /// The devices that it names.
  var addresses: [Address] {
    switch self {
    case .give(let address, _), .release(let address), .own(let address, _, _), .attach(let address, _, _),
      .detach(let address, _), .ask(let address, _), .reset(let address, _), .close(let address, _),
      .unplug(let address), .grant(.device(let address), _), .open(.device(let address), _):
      [address]
    case .hotAdd(let device): [device.address]
    case .grant, .open, .map, .free, .closeOwner, .exit, .kill: []
    }
  }
}
