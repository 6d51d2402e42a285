import Assignment
import Ownership
import Testing
import Topology

/// What a command is handed: the numbers, the environment, and the words that stand for them.
@Suite struct HandOverTests {
  private static let root = User(process: 1, name: "viable", uid: 0)

  /// With the numbers of the devices' own nodes, as an inventory has them.
  private static func numbered(_ world: World) -> World {
    World(
      devices: world.devices.map { device in
        var device = device
        device.nodeNumber = device.isVFIO ? (device.address == Scene.nic ? 0 : 1) : nil
        return device
      })
  }

  private static func handOver(
    _ model: RuleSet, _ devices: [Address] = [Scene.nic], onlyOpening: Bool = false, hba: DriverName? = nil
  ) throws -> HandOver {
    let world = numbered(Scene.seed(hba: hba))
    var attempt = Attempt(model, handingOut: devices, onlyOpening: onlyOpening, by: root)
    let after = attempt.forecast(under: Rules(model), in: world)
    #expect(attempt.isAttached, "\(attempt.lines.map(\.text))")
    return try #require(HandOver(model, devices, of: root, in: after, from: 3))
  }

  private func said(_ handOver: HandOver) -> [String] { handOver.environment.map { "\($0.name)=\($0.value)" } }

  @Test func `a container comes first, then the group, then the device`() throws {
    let handOver = try Self.handOver(.explicitLinux)
    #expect(handOver.items.map(\.number) == [3, 4, 5])
    #expect(
      said(handOver) == [
        "VIABLE_MODEL=explicit", "VIABLE_CONTAINER=3", "VIABLE_GROUP=4", "VIABLE_GROUP_5=4", "VIABLE_DEVICES=1",
        "VIABLE_DEVICE=5", "VIABLE_DEVICE_0=5", "VIABLE_ADDRESS_0=0000:02:01.0",
      ])
    #expect(try handOver.filling("{container}{group}{group:5}{device}{device:02:01.0}") == "34455")
  }

  @Test func `with iommufd every device is attached to one IOAS, and has a number there`() throws {
    let handOver = try Self.handOver(.iommufd, [Scene.nic, Scene.hba], hba: "vfio-pci")
    #expect(
      said(handOver) == [
        "VIABLE_MODEL=iommufd", "VIABLE_IOMMUFD=3", "VIABLE_IOAS=3", "VIABLE_DEVICES=2", "VIABLE_DEVICE_0=4",
        "VIABLE_ADDRESS_0=0000:02:01.0", "VIABLE_DEVID_0=1", "VIABLE_DEVICE_1=5", "VIABLE_ADDRESS_1=0000:02:02.0",
        "VIABLE_DEVID_1=2",
      ])
    #expect(try handOver.filling("{iommufd} {ioas} {device:0000:02:02.0} {devid:02:02.0}") == "3 3 5 2")
  }

  @Test func `what is only opened has no IOAS and no numbers in it`() throws {
    let handOver = try Self.handOver(.iommufd, onlyOpening: true)
    #expect(handOver.space == nil && handOver.identifiers.isEmpty)
    #expect(try handOver.filling("fd={iommufd},fd={device}") == "fd=3,fd=4")
    #expect(
      throws: HandOver.PlaceholderError(placeholder: "{ioas}", why: .notHere("--model iommufd without --open-only"))
    ) {
      try handOver.filling("{ioas}")
    }
  }

  @Test(arguments: [
    ("{}", "{}"), ("{1..3}", "{1..3}"), ("{\"driver\":\"vfio-pci\"}", "{\"driver\":\"vfio-pci\"}"),
    ("{{device}", "{device}"),
    ("{{device}}", "{device}}"), ("${HOME}", "${HOME}"), ("{ print }", "{ print }"), ("a{device}b{device}", "a5b5"),
    ("{", "{"), ("{device", "{device"), ("{{", "{{"), ("", ""), ("{device:zz}", "{device:zz}"),
  ])
  func `other braces stay what they are`(word: String, filled: String) throws {
    #expect(try Self.handOver(.explicitLinux).filling(word) == filled)
  }

  @Test(arguments: [
    (
      "{print}",
      "{print} stands for nothing; there are {iommufd} {ioas} {container} {group} {group:N} {device} "
        + "{device:ADDRESS} {devid} {devid:ADDRESS}. To mean the word itself, write {{print}"
    ),
    ("x{iommufd}", "{iommufd} stands for nothing here: it takes --model iommufd"),
    ("{devid}", "{devid} stands for nothing here: it takes --model iommufd without --open-only"),
    ("{device:02:02.0}", "{device:02:02.0} is not among what is handed over"),
    ("{group:6}", "{group:6} is not among what is handed over"),
    (
      "{container:3}",
      "{container:3} stands for nothing; there are {iommufd} {ioas} {container} {group} {group:N} {device} "
        + "{device:ADDRESS} {devid} {devid:ADDRESS}. To mean the word itself, write {{container:3}"
    ),
  ])
  func `a word that stands for nothing is named`(word: String, text: String) throws {
    let handOver = try Self.handOver(.explicitLinux)
    let error = #expect(throws: HandOver.PlaceholderError.self) { try handOver.filling(word) }
    #expect(error?.description == text)
  }

  @Test func `of several devices each has to be named`() throws {
    let handOver = try Self.handOver(.iommufd, [Scene.nic, Scene.hba], hba: "vfio-pci")
    let error = #expect(throws: HandOver.PlaceholderError.self) { try handOver.filling("{device}") }
    #expect(
      error?.description
        == "{device} could stand for several: write {device:0000:02:01.0} or {device:0000:02:02.0}")
  }

  @Test func `what is handed over replaces what was handed to us`() {
    for name in ["VIABLE_DEVICE", "VIABLE_DEVICE_12", "VIABLE_GROUP_5", "VIABLE_IOAS", "VIABLE_DEVICES"] {
      #expect(HandOver.isOurs(name), "\(name)")
    }
    for name in ["VIABLE_THEME", "VIABLE_PCIIDS", "VIABLE_A11Y", "HOME", "VIABLE_DEVICEX"] {
      #expect(!HandOver.isOurs(name), "\(name)")
    }
  }

  @Test func `what is not open is not handed over`() {
    #expect(HandOver(.iommufd, [Scene.nic], of: Self.root, in: Scene.seed(), from: 3) == nil)
  }

  @Test func `nothing is mapped on the way, and each device is bound before any is attached`() throws {
    let world = Self.numbered(Scene.seed(hba: "vfio-pci"))
    var attempt = Attempt(.iommufd, handingOut: [Scene.nic, Scene.hba], by: Self.root)
    _ = attempt.forecast(under: Rules(.iommufd), in: world)
    #expect(
      attempt.lines.map(\.text) == [
        "open(/dev/iommu)=3", "open(/dev/vfio/devices/vfio0)=4", "BIND(4,3)=0 devid=1",
        "open(/dev/vfio/devices/vfio1)=5", "BIND(5,3)=0 devid=2", "IOAS_ALLOC=3", "ATTACH(4,3)=0 (pt_id=4 HWPT)",
        "ATTACH(5,3)=0 (pt_id=4 HWPT)",
      ])
  }
}
