import Ownership
import Testing
import Topology

/// Bridges that leave: what is below goes first, and whoever is in use holds up the rest.
struct UnplugTests {
  private static func attached(_ set: RuleSet) -> Stage {
    var stage = Stage(set, Scene.seed(hba: nil))
    stage.wish(.attach(Scene.nic, by: Scene.qemu, Attaching(allowUnused: true, memory: Scene.memory)))
    return stage
  }

  @Test(arguments: RuleSet.allCases.filter { $0 != .implicitRFC1 })
  func `a bridge waits for the device in use below it and goes after it, the free one going at once`(set: RuleSet) {
    var stage = Self.attached(set)
    #expect(stage.on(.unplug(Scene.bridge)) == "remove 01:00.0 = blocks")
    #expect(stage.last.reason?.rule == .inUse)
    #expect(stage.last.reason?.culprits == [Culprit(Scene.nic, owner: Scene.qemu)])
    #expect(stage.world.devices.map(\.address) == [Scene.bridge, Scene.nic])
    stage.on(.unplug(Scene.bridge))
    #expect(stage.last.outcome == .blocks, "asking twice changes nothing")
    stage.on(.exit(Scene.qemu))
    #expect(stage.world.devices.isEmpty && stage.world.ledger == Ledger())
    let gone = stage.last.consequences.compactMap { if case .gone(let address) = $0 { address } else { nil } }
    #expect(gone == [Scene.nic, Scene.bridge])
  }

  @Test func `a bridge with nothing in use below it takes all of it along`() {
    var stage = Stage(.explicitLinux, Scene.seed())
    #expect(stage.on(.unplug(Scene.bridge)) == "remove 01:00.0 = ok")
    #expect(stage.world.devices.isEmpty)
    #expect(stage.last.consequences.contains(.unbound(Scene.hba, "sym53c8xx", lost: ["sda"])))
  }

  @Test func `bridges below each other, as only an image has them, go too`() {
    let world = World(devices: [
      Device(address: Scene.bridge, group: nil, header: .bridge, bridge: Scene.nic),
      Device(address: Scene.nic, group: nil, header: .bridge, bridge: Scene.bridge),
    ])
    var stage = Stage(.explicitLinux, world)
    stage.on(.unplug(Scene.nic))
    #expect(stage.world.devices.isEmpty && stage.last.errno == nil)
  }
}

/// Who is named as the owner of something: whoever has it, and not whoever asks.
struct OwnerNamingTests {
  private static let early = User(process: 50, name: "early", uid: 0)

  private static func refused(_ set: RuleSet, _ wish: Wish) -> Answer {
    var stage = Stage(set, Scene.seed(hba: nil))
    let how = Attaching(allowUnused: true)
    stage.wish(.own(Scene.nic, by: Scene.qemu, how))
    stage.wish(wish)
    return stage.last
  }

  @Test(arguments: [RuleSet.implicitApril, .autoUnbind, .implicitRFC1, .implicitRFC2, .iommufd])
  func `whoever opened the node and was refused is not called its owner, however low its process id`(set: RuleSet) {
    let answer = Self.refused(set, .own(Scene.nic, by: Self.early, Attaching(allowUnused: true)))
    #expect(answer.errno != nil)
    #expect(answer.reason?.culprits.compactMap(\.owner) == [Scene.qemu], "\(String(describing: answer.reason))")
    if set == .implicitRFC1 { #expect(answer.reason?.group == Scene.group) }
  }

  @Test func `a group's node is not said to be kept by whoever only opened a device's`() {
    var stage = Stage(.iommufd, Scene.seed(hba: nil))
    stage.wish(.open(.device(Scene.nic), by: Self.early))
    stage.wish(.own(Scene.nic, by: Scene.qemu, Attaching()))
    stage.wish(.open(.group(Scene.group), by: Scene.second))
    #expect(stage.last.reason?.rule == .memberOpenedByNode)
    #expect(stage.last.reason?.culprits == [Culprit(Scene.nic, owner: Scene.qemu)])
  }
}

/// Calls of whoever has nothing open.
struct EmptyHandedTests {
  @Test(arguments: RuleSet.allCases) func `a mapping without anything open is asked for by the interface's own call`(
    set: RuleSet
  ) {
    let world = Scene.seed()
    var pursuit = Pursuit(.map(Scene.memory, space: 0, by: Scene.qemu), under: set, in: world)
    switch pursuit.next(in: world) {
    case .call(.ioctl(let descriptor, .map, _), _): #expect(set.hasContexts && descriptor == Descriptor(-1))
    case .call(.ioctl(let descriptor, .mapDMA, _), _): #expect(!set.hasContexts && descriptor == Descriptor(-1))
    case let other: Issue.record("\(String(describing: other))")
    }
  }

  @Test(arguments: [RuleSet.explicitLinux, .explicit2021])
  func `nobody frees a container's space`(set: RuleSet) {
    var pursuit = Pursuit(.free(space: 0, by: Scene.qemu), under: set, in: Scene.seed())
    #expect(pursuit.next(in: Scene.seed()) == nil)
  }
}
