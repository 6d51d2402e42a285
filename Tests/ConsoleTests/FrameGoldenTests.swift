import Goldens
import Testing
import Topology

@testable import Console

struct FrameGoldenTests {
  struct Picture: Sendable, CustomTestStringConvertible {
    var name: String
    var rows: Int
    var columns: Int
    var isASCII = false
    var testDescription: String { name + (isASCII ? ".ascii" : "") + " \(columns)x\(rows)" }
    var file: String { "\(name)-\(columns)x\(rows)" + (isASCII ? "-ascii" : "") + ".screen" }
  }

  static let sizes = [(16, 60), (24, 80), (40, 120), (60, 200)]
  static let states = ["seed", "empty", "no-iommu", "groups-512", "hostile"]

  static let pictures: [Picture] = states.flatMap { state in
    sizes.flatMap { rows, columns in
      [false, true].map { Picture(name: state, rows: rows, columns: columns, isASCII: $0) }
    }
  }

  static func scene(_ picture: Picture) -> Scene {
    let (machine, address): (Inventory, String?) =
      switch picture.name {
      case "empty": (Pictured.empty, nil)
      case "no-iommu": (Pictured.ungrouped, "02:02.0")
      case "groups-512": (Pictured.crowd, "03:05.1")
      case "hostile": (Pictured.hostile, "02:02.0")
      default: (Pictured.seed, "02:02.0")
      }
    return .pictured(machine, rows: picture.rows, columns: picture.columns, on: address, ascii: picture.isASCII)
  }

  @Test(arguments: pictures)
  func `every machine looks as its golden at every size`(picture: Picture) {
    let outcome = Golden.check(Self.scene(picture).frame().golden, picture.file)
    #expect(outcome.matches, "\(outcome)")
  }

  @Test(arguments: Pane.allCases, sizes)
  func `every pane alone on the screen looks as its golden`(pane: Pane, size: (Int, Int)) {
    var scene = Scene.pictured(Pictured.seed, rows: size.0, columns: size.1, on: "02:02.0")
    scene.focus = pane
    scene.zoomed = true
    let outcome = Golden.check(scene.frame().golden, "zoomed-\(pane)-\(size.1)x\(size.0).screen")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test(arguments: [Pane.actions, .log, .device, .explain])
  func `every tab of the compact layout looks as its golden`(pane: Pane) {
    var scene = Scene.pictured(Pictured.seed, rows: 24, columns: 80, on: "02:02.0")
    scene.focus = pane
    scene.tab = pane
    let outcome = Golden.check(scene.frame().golden, "tab-\(pane)-80x24.screen")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test(arguments: [Pane.group, .device])
  func `what is not known is shown with its reason`(pane: Pane) {
    var difference = Difference()
    if var bridge = Pictured.seed[Pictured.at("01:00.0")], var hba = Pictured.seed[Pictured.at("02:02.0")] {
      bridge.driver = .unknown(.needsRoot)
      hba.driverOverride = .unknown(.deviceBusy)
      hba.details?.port = .unknown(.needsRoot)
      hba.details?.powerState = .unknown(.malformed("\u{1b}[2J"))
      hba.details?.numaNode = .unknown(.refused(errno: 5))
      hba.details?.virtualFunctions = .value(VirtualFunctions(enabled: .unknown(.deviceBusy), total: 64))
      difference.functions = [bridge, hba]
    }
    if var group = Pictured.seed[GroupID(5)] {
      group.holders = .unknown(.needsRoot)
      group.reserved = .value([ReservedRegion(first: 0, last: 0xffffff, kind: .direct)])
      group.details?.type = .unknown(.notRecorded)
      group.others = [OtherMember(name: "arm-smmu.1", driver: .absent)]
      difference.groups = [group]
    }
    difference.disagreements = [
      Disagreement(address: Pictured.at("04:00.0"), link: GroupID(15), directory: GroupID(5))
    ]
    var machine = Pictured.seed
    machine.apply(difference)
    var scene = Scene.pictured(machine, rows: 40, columns: 120, on: "02:02.0")
    scene.focus = pane
    scene.zoomed = true
    let outcome = Golden.check(scene.frame().golden, "unknowns-\(pane)-120x40.screen")
    #expect(outcome.matches, "\(outcome)")
  }
}
