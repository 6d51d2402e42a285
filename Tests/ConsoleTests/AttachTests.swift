import Assignment
import Goldens
import HostAccess
import Ownership
import Testing
import Topology

@testable import Console

/// A console on a live machine whose groups can be attached, and whoever answers it as the worker does.
struct AttachBench {
  var desk: Desk
  private let user = User(process: 4711, name: "viable", uid: 0)

  /// The seed scene with its endpoints bound to vfio-pci; `host` stays with its own driver.
  init(_ machine: Inventory = Machines.seed, host: String? = nil, isRoot: Bool = true) {
    let bound = machine.changing { functions in
      for address in ["02:01.0", "02:02.0"] where address != host {
        functions[at(address)]?.driver = .value("vfio-pci")
      }
    }
    desk = Desk(bound)
    desk.scene.place = Place(kind: .linux, name: "host", isPrivileged: isRoot)
    if !isRoot { desk.scene.whyNoRun = Scene.needsRoot }
    desk.go("02:01.0")
  }

  /// What a worker makes of a question about attaching.
  func offered(_ aim: Aim) -> Input {
    let world = World(desk.machine)
    switch aim {
    case .attach(let groups, let asked):
      let model = asked ?? .iommufd
      let devices = groups.flatMap { Attempt.openable(of: $0, in: world) }
      let whole = groups.flatMap { Attempt.devices(of: $0, under: model, in: world) }
      let members = groups.flatMap { desk.machine[$0]?.members ?? [] }
      let labels = desk.machine.nouns(of: members)
      let attempt = Attempt(
        model, taking: devices, by: user, mapping: Attempt.page(for: devices, in: world), labels: labels)
      return .offered(
        AttachPlan(
          .attach, through: model, groups: groups, devices: devices,
          expecting: attempt.foretold(in: world, under: Rules(model)),
          choice: asked == nil ? "/dev/iommu is there, and a node for every device." : "",
          other: model == .iommufd ? .explicitLinux : .iommufd, along: members.filter { !devices.contains($0) },
          naming: devices == whole ? nil : devices.map(\.description), labels: labels))
    case .detach(let groups):
      let devices = Attempt.devices(of: groups[0], under: .iommufd, in: world)
      return .offered(
        AttachPlan(
          .detach, through: .iommufd, groups: groups, devices: devices, expecting: [],
          labels: desk.machine.nouns(of: devices)))
    case .act, .undo: return .sorry("that is for another bench")
    }
  }

  /// Answers the question asked last.
  mutating func answer() {
    let aims = desk.requests.compactMap { request in if case .plan(let aim) = request { aim } else { nil } }
    guard let aim = aims.last else {
      Issue.record("nothing was asked")
      return
    }
    desk.send(offered(aim))
  }

  /// The calls that were asked to be made.
  var asked: AttachPlan? {
    desk.requests.lazy.compactMap { request in if case .attach(let plan) = request { plan } else { nil } }.first
  }

  /// What a kernel says of such devices.
  static let told = [
    "02:01.0 cannot be reset alone; a bus reset hits 02:01.0 (ours, device 1), 02:02.0 (ours, device 2)",
    "02:01.0 regions: BAR 0 128 KiB (read, write, map); configuration space 256 bytes (read, write)",
    "02:01.0 interrupts: INTx 1 (maskable, masks itself)",
  ]

  /// Makes the calls that were asked for, with the answers that were expected.
  mutating func run() {
    guard let plan = asked else {
      Issue.record("no call was asked for")
      return
    }
    for line in plan.lines { desk.send(.attach(.called(line))) }
    if plan.way == .detach {
      hold([])
      desk.send(.attach(.detached(plan.groups, "")))
    } else if let refusal = plan.refusal {
      let why = refusal.why?.sentence ?? ""
      desk.send(.attach(.refused("\(refusal.name ?? refusal.call) answered \(refusal.errno?.name ?? ""). \(why)")))
    } else {
      hold([Holder(process: 4711, command: "viable", node: "/dev/vfio/devices/vfio0")])
      desk.send(.attach(.told(Self.told)))
      desk.send(.attach(.attached(plan.groups, plan.model)))
    }
  }

  mutating func hold(_ holders: [Holder]) {
    var difference = Difference()
    if var group = desk.machine[GroupID(5)] {
      group.holders = .value(holders)
      difference.groups = [group]
    }
    desk.machine.apply(difference)
    desk.send(.attach(.saw(difference)))
  }

  mutating func attach() {
    desk.type("t")
    answer()
    desk.press(.right, .enter)
    run()
    desk.press(.escape)
  }
}

@Suite struct AttachTests {
  private func lines(_ bench: AttachBench) -> [String] {
    Drawing(bench.desk.scene).planLines(width: 100).map(\.text)
  }

  @Test func `t previews every call, and only the second button has them made`() throws {
    var bench = AttachBench()
    bench.desk.type("t")
    #expect(bench.desk.requests.contains(.plan(.attach([GroupID(5)], by: nil))))
    bench.answer()
    #expect(bench.desk.scene.planButtons == [.cancel, .run, .other, .copy])
    let shown = lines(bench).joined(separator: "\n")
    for words in ["open(/dev/iommu)", "VFIO_DEVICE_BIND_IOMMUFD", "VFIO_DEVICE_ATTACH_IOMMUFD_PT", "IOMMU_IOAS_MAP"] {
      #expect(shown.contains(words), "\(words) in \(shown)")
    }
    bench.desk.press(.enter)
    #expect(bench.asked == nil && bench.desk.note == "cancelled: nothing was changed")
    bench.desk.type("t")
    bench.answer()
    bench.desk.press(.right, .enter)
    let plan = try #require(bench.asked)
    #expect(plan.refusal == nil && plan.devices == [at("02:01.0"), at("02:02.0")])
    bench.run()
    #expect(bench.desk.scene.verdicts[GroupID(5)]?.state == .owned)
    #expect(bench.desk.note == "Group 5 is attached through /dev/iommu; detaching (T) gives it back")
    #expect(bench.desk.scene.planButtons == [.close, .giveBack])
    let devices = try #require(bench.desk.scene.proceeding?.preview?.sections.first { $0.subject == .devices })
    #expect(devices.lines.map(\.text) == AttachBench.told)
    #expect(lines(bench).count { $0.contains(" ok ") } == plan.lines.count)
    let log = bench.desk.scene.log.entries.map(\.note)
    #expect(log.contains { $0.kind == .call && $0.text.hasPrefix("VFIO_DEVICE_BIND_IOMMUFD") })
  }

  @Test func `nobody is told to wait for this console's own process, only for others`() {
    var bench = AttachBench()
    bench.attach()
    func pane() -> [String] { Drawing(bench.desk.scene).groupLines(width: 100).map(\.text) }
    #expect(pane().contains("Attached by this console through iommufd: T gives it back."))
    #expect(!pane().contains { $0.contains("free once") })
    bench.hold([
      Holder(process: 4711, command: "viable", node: "/dev/vfio/devices/vfio0"),
      Holder(process: 815, command: "qemu", node: "/dev/vfio/devices/vfio0"),
    ])
    #expect(pane().contains("The group is free once qemu (pid 815) has ended or closed it."))
  }

  @Test func `T gives back what is attached here, and nothing else`() {
    var bench = AttachBench()
    bench.desk.type("T")
    #expect(bench.desk.note == "group 5 is not attached here")
    bench.attach()
    bench.desk.type("t")
    #expect(bench.desk.note == "group 5 is attached here already; T gives it back")
    bench.desk.type("T")
    #expect(bench.desk.requests.contains(.plan(.detach([GroupID(5)]))))
    bench.answer()
    #expect(bench.desk.scene.planButtons == [.cancel, .run])
    bench.desk.press(.right, .enter)
    bench.run()
    #expect(bench.desk.note == "Group 5 is detached." && bench.desk.scene.attached.isEmpty)
    #expect(bench.desk.scene.verdicts[GroupID(5)]?.state == .viable)
  }

  @Test func `a refusal is expected, can be tried all the same, and names call, error and culprit`() {
    var bench = AttachBench(host: "02:02.0")
    bench.desk.type("t")
    bench.answer()
    let expected = lines(bench).joined(separator: " ")
    #expect(expected.contains("EPERM") && expected.contains("sym53c8xx") && expected.contains("02:02.0"))
    bench.desk.press(.right, .enter)
    bench.run()
    #expect(bench.desk.scene.attached.isEmpty && bench.desk.scene.planButtons == [.close, .other])
    #expect(bench.desk.note?.contains("answered EPERM") == true && bench.desk.note?.contains("sym53c8xx") == true)
    #expect(lines(bench).contains { $0.contains("FAIL EPERM") })
  }

  @Test func `a member without a driver comes along, and is not opened`() {
    let freed = Machines.seed.changing { $0[at("02:02.0")]?.driver = .absent }
    var bench = AttachBench(freed, host: "02:02.0")
    bench.desk.type("t")
    bench.answer()
    #expect(bench.desk.scene.proceeding?.offer?.devices == [at("02:01.0")])
    #expect(lines(bench).contains { $0.hasSuffix("02:02.0 SCSI HBA: not opened; it is owned with its group") })
    #expect(bench.desk.scene.proceeding?.offer?.refusal == nil)
  }

  @Test func `W previews the other interface`() {
    var bench = AttachBench()
    bench.desk.type("t")
    bench.answer()
    bench.desk.type("W")
    #expect(bench.desk.requests.contains(.plan(.attach([GroupID(5)], by: .explicitLinux))))
    bench.answer()
    #expect(lines(bench).contains { $0.contains("VFIO_GROUP_SET_CONTAINER") })
  }

  @Test func `an act on an attached group is previewed once the group is given back`() {
    var bench = AttachBench()
    bench.attach()
    bench.desk.type("x")
    let act = Aim.act(Intent(.release, named: [at("02:01.0")]))
    #expect(bench.desk.requests.contains(.plan(act)))
    bench.desk.send(.attachedFirst([GroupID(5)]))
    #expect(bench.desk.requests.contains(.plan(.detach([GroupID(5)]))))
    bench.answer()
    #expect(lines(bench).contains { $0.hasPrefix("Group 5 is attached here") })
    bench.desk.press(.right, .enter)
    bench.run()
    #expect(bench.desk.requests.contains(.plan(act)) && bench.desk.scene.proceeding?.stage == .asked)
  }

  @Test func `quitting is asked once while something is attached`() {
    var bench = AttachBench()
    bench.attach()
    bench.desk.type("q")
    #expect(!bench.desk.requests.contains(.quit))
    #expect(bench.desk.note == "group 5 is attached here; q again gives it back and quits")
    bench.desk.type("q")
    #expect(bench.desk.requests.contains(.quit))
  }

  @Test func `whoever may not open the nodes is told so, and whoever owns them needs no root`() {
    var bench = AttachBench(isRoot: false)
    bench.desk.type("t")
    bench.answer()
    #expect(bench.desk.scene.planButtons.contains(.run))
    bench = AttachBench(host: "02:02.0", isRoot: false)
    bench.desk.type("t")
    bench.answer()
    #expect(bench.desk.scene.planButtons == [.cancel, .other, .copy])
    #expect(lines(bench).contains("Nothing is called here: acting needs root."))
    bench.desk.press(.right, .right, .enter)
    #expect(bench.desk.copied == "sudo viable attach 0000:02:01.0 --model iommufd --hold\n")
    bench = AttachBench()
    bench.desk.scene.whyNoRun = "it was started with --read-only"
    bench.desk.type("t")
    bench.answer()
    #expect(!bench.desk.scene.planButtons.contains(.run))
  }

  @Test func `an image is attached only in a rehearsal, and what has no group not at all`() {
    var desk = Desk()
    desk.go("02:01.0")
    desk.type("t")
    #expect(desk.note == "only on a simulated machine; --rehearse makes one")
    desk = Desk(Machines.noIOMMU)
    desk.scene.place = Place(kind: .linux, name: "host", isPrivileged: true)
    desk.type("t")
    #expect(desk.note == "00:00.0 is in no IOMMU group")
  }

  @Test func `what cannot be asked closes the preview and says why`() {
    var bench = AttachBench()
    bench.desk.type("t")
    bench.desk.send(.sorry("group 5 has no device that a user could have"))
    #expect(bench.desk.scene.overlay == nil)
    bench.desk.type("t")
    bench.answer()
    bench.desk.press(.right, .enter)
    bench.desk.send(.attach(.notBegun("group 5 is gone")))
    #expect(bench.desk.note == "Nothing was opened: group 5 is gone" && bench.desk.scene.attached.isEmpty)
  }

  @Test func `what the journal has in force counts as asked for`() {
    var desk = Desk()
    #expect(desk.scene.verdicts[GroupID(5)]?.state == .hostOwned)
    desk.send(.recorded([at("02:01.0")]))
    #expect(desk.scene.verdicts[GroupID(5)]?.state == .blocked && desk.scene.states[at("02:02.0")] == .blocks)
    desk.send(.recorded([]))
    #expect(desk.scene.verdicts[GroupID(5)]?.state == .hostOwned)
  }
}

/// The preview of attaching in each of its states.
@Suite struct AttachGoldenTests {
  static let sizes = [(24, 80), (40, 120)]

  private func check(_ bench: AttachBench, _ name: String, _ size: (Int, Int)) {
    var scene = bench.desk.scene
    _ = scene.receive(.resize(Size(rows: size.0, columns: size.1)), at: bench.desk.moment)
    let outcome = Golden.check(scene.frame().golden, "attach-\(name)-\(size.1)x\(size.0).screen")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test(arguments: sizes)
  func `attaching looks as its goldens, before and after`(size: (Int, Int)) {
    var bench = AttachBench(Pictured.seed)
    bench.desk.type("t")
    bench.answer()
    check(bench, "offered", size)
    bench.desk.press(.right, .enter)
    bench.run()
    check(bench, "attached", size)
    bench.desk.press(.escape)
    check(bench, "held", size)
    bench.desk.type("x")
    bench.desk.send(.attachedFirst([GroupID(5)]))
    bench.answer()
    check(bench, "detach-first", size)
  }

  @Test(arguments: sizes)
  func `a refusal looks as its goldens, expected and met`(size: (Int, Int)) {
    var bench = AttachBench(Pictured.seed, host: "02:02.0")
    bench.desk.type("t")
    bench.answer()
    bench.desk.type("W")
    bench.answer()
    check(bench, "refusal-expected", size)
    bench.desk.press(.right, .enter)
    bench.run()
    check(bench, "refused", size)
  }
}
