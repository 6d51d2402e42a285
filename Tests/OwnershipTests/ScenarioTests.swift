import Ownership
import Testing
import Topology

/// Plays the 22 scenarios; what they must answer stands in `Expected.table`.
@Suite struct ScenarioTests {
  @Test(arguments: Expected.table) func `a scenario answers what the specification says`(_ expected: Expected) {
    var play = Play(expected.model, expected.variant)
    #expect(play.observe(expected.scenario) == expected.answers)
  }

  @Test func `the table has every scenario, and the explicit, implicit and iommufd columns`() {
    #expect(Set(Expected.table.map(\.scenario)) == Set(1...22))
    let rows = Dictionary(grouping: Expected.table, by: \.model).mapValues { Set($0.map(\.scenario)) }
    #expect(rows[.explicitLinux]?.isSuperset(of: Set(1...21).subtracting([11])) == true)
    #expect(rows[.implicitApril]?.isSuperset(of: Set(1...21).subtracting([17])) == true)
    #expect(rows[.autoUnbind]?.isSuperset(of: Set(1...21).subtracting([17, 20])) == true)
    #expect(rows[.iommufd] == Set(1...22))
  }

  @Test func `a knob lets functions with requesters of their own part, and no others`() {
    var knobs = Knobs()
    knobs.perDeviceIoasid = true
    var stage = Stage(.implicitApril, Scene.dual(fn0: "vfio-pci", fn1: "vfio-pci"), knobs: knobs)
    for device in [Scene.fn0, Scene.fn1] { stage.wish(.own(device, by: Scene.qemu)) }
    stage.wish(.attach(Scene.fn0, by: Scene.qemu))
    #expect(stage.wish(.attach(Scene.fn1, by: Scene.qemu, Attaching(space: 1))).last == "ATTACH(5,2)=0")
    var shared = Stage(.implicitApril, Scene.seed(hba: "vfio-pci"), knobs: knobs)
    for device in [Scene.nic, Scene.hba] { shared.wish(.own(device, by: Scene.qemu)) }
    shared.wish(.attach(Scene.nic, by: Scene.qemu))
    #expect(shared.wish(.attach(Scene.hba, by: Scene.qemu, Attaching(space: 1))).last == "ATTACH(5,2)=-1 EINVAL")
    #expect(shared.last.reason?.rule == .sharedRequester)
  }

  @Test func `with the thread's knob the container is refused as the mail has it`() {
    var knobs = Knobs()
    knobs.thread = true
    var stage = Stage(.explicit2021, Scene.seed(), knobs: knobs)
    #expect(stage.wish(.attach(Scene.nic, by: Scene.qemu)).last == "SET_CONTAINER=-1 EPERM")
    #expect(stage.last.reason?.culprits == [Culprit(Scene.hba, driver: "sym53c8xx")])
  }
}
