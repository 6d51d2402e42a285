import Assignment
import Goldens
import HostAccess
import Testing
import Topology

@testable import Console

@Suite struct ConsoleExportTests {
  private static let lines = [
    "# group 5 for QEMU, by group nodes and container: 02:01.0 Ethernet and 02:02.0 SCSI HBA.",
    "-device vfio-pci,host=0000:02:01.0", "-device vfio-pci,host=0000:02:02.0", "#", "# Before it can start:",
    "# - Not bound to a vfio driver yet: 02:02.0 SCSI HBA (sym53c8xx).", "#     sudo viable assign group:5",
  ]

  private func opened() -> Desk {
    var desk = Desk(Pictured.seed, rows: 24, columns: 80)
    desk.go("0000:02:02.0")
    desk.type("E")
    return desk
  }

  @Test func `E asks for the first format of the selected group`() {
    var desk = opened()
    #expect(desk.scene.overlay == .export)
    #expect(desk.requests.contains(.export(.qemu, groups: [GroupID(5)], named: [])))
    desk.send(.exported(.qemu, Self.lines))
    #expect(desk.scene.exporting?.text?.hasSuffix("group:5\n") == true)
  }

  @Test func `each format is asked for once, round and back`() {
    var desk = opened()
    desk.send(.exported(.qemu, Self.lines))
    for format in ExportFormat.allCases.dropFirst() {
      desk.press(.right)
      #expect(desk.requests.contains(.export(format, groups: [GroupID(5)], named: [])))
      desk.send(.exported(format, ["of \(format.rawValue)"]))
    }
    desk.press(.tab)
    #expect(desk.scene.exporting?.format == .qemu)
    #expect(!desk.requests.contains { if case .export = $0 { true } else { false } })
    desk.press(.left)
    #expect(desk.scene.exporting?.text == "of report\n")
  }

  @Test func `y copies what is there, S saves it under the group's name`() {
    var desk = opened()
    desk.type("y")
    #expect(desk.note == "there is nothing to copy yet")
    desk.press(.right, .right, .right, .right, .right, .right)
    desk.send(.exported(.svg, ["<svg/>"]))
    desk.type("y")
    #expect(desk.requests.contains(.copy("<svg/>\n")))
    desk.type("S")
    #expect(desk.requests.contains(.save("<svg/>\n", name: "group-5.svg")))
    desk.press(.escape)
    #expect(desk.scene.overlay == nil)
  }

  @Test(arguments: 60...110)
  func `an address is never broken where the dialog ends`(columns: Int) {
    var desk = Desk(Pictured.seed, rows: 16, columns: columns)
    desk.go("0000:02:02.0")
    desk.type("E")
    let words =
      "#     sudo viable assign 0000:02:01.0 0000:02:02.0 --consent 5 --state-dir /var/lib/viable/of/0000:02:02.0/x"
    desk.send(
      .exported(.qemu, [words, "    -device vfio-pci,host=0000:02:01.0,id=hostdev0,bus=root0,addr=0000:02:02.0"]))
    let screen = desk.scene.frame()
    let text = (0..<16).map { screen.text(row: $0) }.joined(separator: "\n")
    #expect(text.components("0000:02:01.0") == 2 && text.components("0000:02:02.0") == 3, "\(text)")
  }

  @Test func `what comes late for a dialog that was left does no harm`() {
    var desk = opened()
    desk.press(.escape)
    desk.send(.exported(.qemu, Self.lines))
    desk.send(.unexported(.dpdk, "no"))
    #expect(desk.scene.overlay == nil)
    desk.type("E")
    #expect(desk.requests.contains(.export(.qemu, groups: [GroupID(5)], named: [])))
  }

  @Test func `long texts are scrolled to their last line and no further`() {
    var desk = opened()
    desk.send(.exported(.qemu, (1...100).map { "line \($0)" }))
    desk.press(.end)
    #expect(desk.scene.frame().golden.contains("line 100"))
    desk.press(.pageDown, .down)
    #expect(desk.scene.frame().golden.contains("line 100"))
    desk.press(.home)
    #expect(desk.scene.frame().golden.contains("line 1 "))
  }

  @Test(arguments: [(24, 80), (40, 120)])
  func `the dialog looks as its golden`(size: (Int, Int)) {
    var desk = opened()
    desk.send(.resize(Size(rows: size.0, columns: size.1)))
    desk.send(.exported(.qemu, Self.lines))
    check(desk, "export-\(size.1)x\(size.0)")
    desk.press(.right, .right, .right)
    desk.send(.unexported(.spdk, "spdk has no use for 02:01.0 and 02:02.0.\n  It attaches NVMe and virtio disks."))
    check(desk, "export-refused-\(size.1)x\(size.0)")
  }

  private func check(_ desk: Desk, _ name: String) {
    let outcome = Golden.check(desk.scene.frame().golden, name + ".screen")
    #expect(outcome.matches, "\(outcome)")
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(_ text: String) -> Int {
    indices.count { self[$0...].hasPrefix(text) }
  }
}
