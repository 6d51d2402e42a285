import Assignment
import HostAccess
import Ownership
import Testing
import Topology

/// The rules of an interface in the place of a kernel: over a world that may not be what the mirror believes.
struct Kernel: Answering {
  var rules: Rules
  var world: World

  mutating func ask(_ call: Call, as user: User) -> Answer {
    let answer = rules.answer(to: call, by: user, in: world)
    world = world.after(answer)
    // A kernel says no more than its result.
    return Answer(outcome: answer.outcome)
  }
}

@Suite struct MirrorTests {
  private func attempt(
    _ model: RuleSet, believing world: World, on kernel: Kernel, _ circumstances: Circumstances = Circumstances()
  ) -> (Attempt, Mirror<Kernel>) {
    var mirror = Mirror(kernel, rules: Rules(model), world: world, circumstances: circumstances)
    var attempt = Attempt(model, taking: [Scene.nic], mapping: Attempt.page(for: [Scene.nic], in: world))
    attempt.take(through: &mirror)
    let taken = attempt
    attempt.giveBack(through: &mirror)
    #expect(attempt.isAsBefore)
    #expect(mirror.host.world.ledger == Ledger(), "the kernel has nothing open")
    return (taken, mirror)
  }

  @Test(arguments: [RuleSet.explicitLinux, .iommufd])
  func `a kernel that does as the rules say leaves no difference`(model: RuleSet) {
    for world in [Scene.seed(), Scene.seed(hba: nil), Scene.seed(hba: "vfio-pci")] {
      let (attempt, mirror) = attempt(model, believing: world, on: Kernel(rules: Rules(model), world: world))
      #expect(mirror.differences.isEmpty && !mirror.isLost)
      #expect(attempt.isAttached == (world[Scene.hba]?.driver != "sym53c8xx"))
    }
  }

  @Test(arguments: [RuleSet.explicitLinux, .iommufd])
  func `what was mapped is unmapped before anything is closed`(model: RuleSet) {
    let world = Scene.seed(hba: nil)
    var mirror = Mirror(Kernel(rules: Rules(model), world: world), rules: Rules(model), world: world)
    var attempt = Attempt(model, taking: [Scene.nic], mapping: Mapping(iova: 0x10_0000, size: 4096))
    attempt.take(through: &mirror)
    attempt.giveBack(through: &mirror)
    let back = attempt.lines.dropFirst(attempt.taken).map(\.call)
    #expect(back.first == (model == .iommufd ? "UNMAP" : "UNMAP_DMA"))
    #expect(back.dropFirst().allSatisfy { $0.hasPrefix("close(") })
  }

  @Test func `a driver that was bound meanwhile is named as far as it can be seen`() {
    let (attempt, mirror) = attempt(
      .explicitLinux, believing: Scene.seed(hba: nil), on: Kernel(rules: Rules(.explicitLinux), world: Scene.seed()))
    #expect(attempt.refusal?.name == "VFIO_GROUP_SET_CONTAINER" && attempt.refusal?.errno == .eperm)
    #expect(attempt.refusal?.why?.rule == .otherOwner, "no host driver was seen, so somebody must own it")
    // GET_STATUS said so already.
    #expect(mirror.differences.count == 2)
  }

  @Test func `a driver that left meanwhile is in nobody's way`() {
    let (attempt, mirror) = attempt(
      .iommufd, believing: Scene.seed(), on: Kernel(rules: Rules(.iommufd), world: Scene.seed(hba: nil)))
    #expect(attempt.isAttached)
    #expect(!mirror.differences.isEmpty && !mirror.isLost)
  }

  @Test func `interrupts that are not isolated are told from a group that is not viable`() {
    var devices = Scene.seed(hba: nil).devices
    for place in devices.indices { devices[place].interruptsAreIsolated = false }
    let unsafe = World(devices: devices)
    for model in [RuleSet.explicitLinux, .iommufd] {
      let kernel = Kernel(rules: Rules(model), world: unsafe)
      let (attempt, _) = attempt(
        model, believing: Scene.seed(hba: nil), on: kernel, Circumstances(interruptsAreIsolated: false))
      #expect(attempt.refusal?.errno == .eperm && attempt.refusal?.why?.rule == .interruptsNotIsolated)
    }
    // With the parameter on, or where nothing is known, EPERM of BIND is not blamed on interrupts.
    let kernel = Kernel(rules: Rules(.iommufd), world: unsafe)
    let (blind, _) = attempt(.iommufd, believing: Scene.seed(hba: nil), on: kernel)
    #expect(blind.refusal?.errno == .eperm && blind.refusal?.why == nil)
  }

  @Test func `another owner is named where it is known`() {
    let world = Scene.seed(hba: "vfio-pci")
    let group = GroupID(5)
    let holder = Holder(process: 4711, command: "qemu", node: "/dev/vfio/5")
    let other = User(process: 4711, name: "qemu", uid: 0)
    var kernel = Kernel(rules: Rules(.iommufd), world: world)
    _ = kernel.ask(.open(.group(group)), as: other)
    let circumstances = Circumstances(holders: [group: [holder]], interruptsAreIsolated: true)
    for (model, rule) in [(RuleSet.explicitLinux, Rule.groupOpenedAlready), (.iommufd, .groupOpenedForNode)] {
      var mirror = Mirror(kernel, rules: Rules(model), world: world, circumstances: circumstances)
      var attempt = Attempt(model, taking: [Scene.nic])
      attempt.take(through: &mirror)
      #expect(attempt.refusal?.errno == .ebusy && attempt.refusal?.why?.rule == rule)
      #expect(attempt.refusal?.why?.sentence.contains("qemu (process 4711)") == true)
    }
  }

  @Test func `a node that belongs to somebody else is a matter of permission`() {
    var kernel = Kernel(rules: Rules(.iommufd), world: Scene.seed(hba: nil))
    kernel.world.contextUsers = []
    let user = User(process: 10, name: "viable", uid: 1000)
    var mirror = Mirror(kernel, rules: Rules(.iommufd), world: Scene.seed(hba: nil))
    var attempt = Attempt(.iommufd, taking: [Scene.nic], by: user)
    attempt.take(through: &mirror)
    #expect(attempt.refusal?.errno == .eacces && attempt.refusal?.why?.rule == .nodePermission)
  }

  @Test func `only calls and exits can be made to happen`() {
    var mirror = Mirror(
      Kernel(rules: Rules(.explicitLinux), world: Scene.seed()), rules: Rules(.explicitLinux), world: Scene.seed())
    #expect(mirror.happen(.unbind(Scene.hba)).errno == .enotty)
    let user = User(process: 10, name: "viable", uid: 0)
    _ = mirror.happen(.call(.open(.container), by: user))
    _ = mirror.happen(.exit(user))
    #expect(mirror.world == Scene.seed() && mirror.host.world == Scene.seed())
  }

  @Test func `a page to map avoids every reserved region`() {
    let world = World(
      devices: Scene.seed().devices,
      groups: [GroupFacts(id: GroupID(5), reserved: [ReservedRegion(first: 0, last: 0x10_1fff, kind: .reserved)])])
    #expect(Attempt.page(for: [Scene.nic], in: world) == Mapping(iova: 0x10_2000, size: 4096))
    #expect(Attempt.page(for: [Scene.nic], in: Scene.seed()) == Mapping(iova: 0x10_0000, size: 4096))
  }

  @Test(arguments: [RuleSet.explicitLinux, .iommufd])
  func `taking a group opens its own nodes, and those of nobody else`(model: RuleSet) {
    var devices = Scene.seed(hba: "vfio-pci").devices
    devices.append(
      Device(address: Scene.address("0000:07:00.0"), group: GroupID(9), driver: "vfio-pci", hostDrivers: ["nvme"]))
    let world = World(devices: devices)
    var told: [String] = []
    var mirror = Mirror(Kernel(rules: Rules(model), world: world), rules: Rules(model), world: world)
    var attempt = Attempt(model, taking: Attempt.devices(of: GroupID(5), under: model, in: world))
    let foretold = attempt.foretold(in: world, under: Rules(model))
    attempt.take(through: &mirror) { told.append($0.call) }
    #expect(told == attempt.lines.map(\.call), "each call is told once, in order")
    #expect(foretold.map(\.text) == attempt.lines.map(\.text), "the preview is what is done")
    let nodes = attempt.lines.filter { $0.call.hasPrefix("open(") }.compactMap(\.on)
    let own =
      model == .iommufd
      ? ["/dev/iommu", "/dev/vfio/devices/vfio0", "/dev/vfio/devices/vfio1"] : ["/dev/vfio/vfio", "/dev/vfio/5"]
    #expect(nodes == own)
    let back = attempt.foretoldBack(in: mirror.world, under: Rules(model))
    attempt.giveBack(through: &mirror)
    #expect(back.map(\.text) == attempt.lines.dropFirst(attempt.taken).map(\.text) && attempt.isAsBefore)
  }
}
