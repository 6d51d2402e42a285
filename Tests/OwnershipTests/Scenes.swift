import Ownership
import Topology

/// The machines of the scenarios, small enough to be read.
enum Scene {
  static let bridge = address("0000:01:00.0")
  static let nic = address("0000:02:01.0")
  static let hba = address("0000:02:02.0")
  static let third = address("0000:02:03.0")
  static let fn0 = address("0000:03:00.0")
  static let fn1 = address("0000:03:00.1")
  static let group = GroupID(5)

  static let qemu = User(process: 100, name: "qemu", uid: 0)
  static let second = User(process: 200, name: "qemu-b", uid: 0)

  static func address(_ text: String) -> Address {
    guard let address = Address(text) else { fatalError("no address: \(text)") }
    return address
  }

  /// T1: PCIe-to-PCI bridge, NIC and HBA, one group, one requester.
  static func seed(nic nicDriver: DriverName? = "vfio-pci", hba hbaDriver: DriverName? = "sym53c8xx") -> World {
    World(devices: [
      Device(address: bridge, group: group, header: .bridge),
      Device(
        address: nic, group: group, requester: bridge, driver: nicDriver, hostDrivers: ["e1000"], carries: ["eth0"],
        bridge: bridge),
      Device(
        address: hba, group: group, requester: bridge, driver: hbaDriver, hostDrivers: ["sym53c8xx"], carries: ["sda"],
        bridge: bridge),
    ])
  }

  /// A two-function card without ACS: one group, two requesters.
  static func dual(fn0 first: DriverName?, fn1 second: DriverName?, groups: (UInt32, UInt32) = (9, 9)) -> World {
    World(devices: [
      Device(
        address: fn0, group: GroupID(groups.0), driver: first, hostDrivers: ["e1000e"], carries: ["eth0"]),
      Device(
        address: fn1, group: GroupID(groups.1), driver: second, hostDrivers: ["e1000e"], carries: ["eth1"]),
    ])
  }

  /// A third card for the seed scene's bus, with a host driver that wants it.
  static var thirdCard: Device {
    Device(address: third, group: group, requester: bridge, hostDrivers: ["8139too"], carries: ["eth2"])
  }

  static let memory = Mapping(iova: 0x10_0000, size: 0x10_0000)
}

/// A world under rules, told what happens and remembering what was said, in the notation of the traces.
struct Stage {
  var rules: Rules
  var world: World
  private(set) var lines: [String] = []
  private(set) var last: Answer

  init(_ set: RuleSet, _ world: World, knobs: Knobs = Knobs()) {
    rules = Rules(set, knobs: knobs)
    self.world = world
    last = Answer(outcome: .success(.nothing))
  }

  /// Performs an event; returns its line of trace.
  @discardableResult mutating func on(_ event: Event) -> String {
    last = rules.answer(to: event, in: world)
    let line = Trace(rules.set).line(event, last, in: world)
    lines.append(line)
    world = world.after(last)
    return line
  }

  @discardableResult mutating func call(_ call: Call, by user: User = Scene.qemu) -> String {
    on(.call(call, by: user))
  }

  @discardableResult mutating func ioctl(_ descriptor: Int, _ ioctl: Ioctl, by user: User = Scene.qemu) -> String {
    call(.ioctl(Descriptor(descriptor), ioctl), by: user)
  }

  /// Pursues a wish to its end; returns the lines of trace.
  @discardableResult mutating func wish(_ wish: Wish) -> [String] {
    let start = lines.count
    var pursuit = Pursuit(wish, under: rules.set, in: world)
    var answer: Answer?
    while let event = pursuit.next(in: world, after: answer) {
      on(event)
      answer = last
    }
    return Array(lines[start...])
  }

  var hold: Hold { rules.hold(of: Scene.group, in: world) }
  var panicked: Bool { last.outcome == .panic }
}
