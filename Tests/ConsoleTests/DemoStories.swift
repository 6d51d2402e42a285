import Assignment
import Ownership
import Topology

@testable import Console

/// Stories as values, for pictures of the demo.
enum DemoStories {
  static let bridge = at("01:00.0")
  static let nic = at("02:01.0")
  static let hba = at("02:02.0")
  static let qemu = User(process: 100, name: "qemu", uid: 1000)

  /// The NIC and the HBA behind one PCIe-to-PCI bridge: refused, released, attached.
  static let seed: Demonstration = {
    let devices = [
      Device(address: bridge, group: GroupID(5), header: .bridge),
      Device(
        address: nic, group: GroupID(5), requester: bridge, driver: "vfio-pci", hostDrivers: ["e1000"],
        nodeOwner: 1000, carries: ["eth0"]),
      Device(
        address: hba, group: GroupID(5), requester: bridge, driver: "sym53c8xx", hostDrivers: ["sym53c8xx"],
        nodeOwner: 1000, carries: ["sda"]),
    ]
    let world = World(
      devices: devices, groups: [GroupFacts(id: GroupID(5), nodeOwner: 1000)], contextUsers: nil)
    let attach = Wish.attach(nic, by: qemu)
    return Demonstration(
      name: "nic-and-hba", title: "seed: NIC and HBA",
      lesson: [
        "A NIC and a disk controller sit behind one PCIe-to-PCI bridge. The IOMMU cannot tell them apart, so they are"
          + " one group.",
        "A VM asks for the NIC. Watch when the user learns of the HBA, and from whom.",
      ],
      world: world, labels: [bridge: "bridge", nic: "NIC", hba: "HBA"],
      acts: [
        .init(
          title: "the VM asks for the NIC", wish: attach,
          sayings: [
            .init(message: .g22b, words: "The bigger issue is that the NIC has access to the HD, and nobody was told."),
            .init(message: .seed, words: "Userspace drivers would fail randomly, and the group is not discoverable."),
          ]),
        .init(title: "the admin releases the HBA", wish: .release(hba)),
        .init(
          title: "the VM asks for the NIC again", wish: attach,
          sayings: [.init(message: .gib27, words: "Here the success path changes devices that no call mentions.")]),
      ], asked: nic, swap: hba)
  }()

  /// A story of one device in which there is little to choose.
  static let plain = Demonstration(
    name: "plain", title: "one card alone", lesson: [],
    world: World(devices: [Device(address: nic, group: GroupID(1), driver: "vfio-pci", nodeOwner: 1000)]), labels: [:],
    acts: [.init(title: "the driver leaves", wish: .release(nic))])

  static let entries = [
    DemoScene.Entry(name: "nic-and-hba", title: "seed: NIC and HBA"),
    DemoScene.Entry(name: "plain", title: "one card alone"),
  ]
}

/// A demo, a clock, and what was asked for last.
struct DemoDesk {
  var scene: DemoScene
  var now: UInt64 = 1000
  var requests: [DemoScene.Request] = []

  init(
    _ story: Demonstration = DemoStories.seed, _ models: [RuleSet] = [.explicitLinux, .implicitApril], rows: Int = 24,
    columns: Int = 80, ascii: Bool = false
  ) {
    scene = DemoScene(
      Comparison(story, models: models), stories: DemoStories.entries, size: Size(rows: rows, columns: columns),
      glyphs: Glyphs(isASCII: ascii))
  }

  mutating func send(_ input: Input) {
    requests = scene.receive(input, at: Moment(milliseconds: now, sinceMidnight: 43_451_203))
  }

  mutating func press(_ keys: Key...) {
    for key in keys { send(.key(key)) }
  }

  mutating func type(_ text: String) {
    for character in text { send(.key(.character(character))) }
  }

  /// Goes to a step by keys.
  mutating func go(to step: Int) {
    while scene.comparison.position < min(step, scene.count) { type("l") }
  }

  var screen: String {
    let frame = scene.frame()
    return (0..<frame.size.rows).map { frame.text(row: $0) }.joined(separator: "\n")
  }
  var note: String? { scene.message?.text }
}
