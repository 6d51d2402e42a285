import Glibc
import HostAccess
import Testing
import Topology

@testable import HostLinux

/// Real inotify on images.
@Suite struct WatcherTests {
  private static let below = "pci0000:00/0000:00:01.0/0000:01:00.0"

  /// What the watcher says, and the inventory after what it says was read again.
  private func settle(_ watcher: Watcher, _ observer: SysfsObserver, _ inventory: inout Inventory) throws -> Set<
    HostEvent.Subject
  > {
    var settle = Settle(quiet: 0, limit: 0)
    var subjects: Set<HostEvent.Subject> = []
    for descriptor in watcher.descriptors {
      for event in watcher.drain(descriptor) {
        #expect(event.source == .inotify)
        subjects.insert(event.subject)
        settle.note(event, at: 0)
      }
    }
    if let (stale, _) = settle.drain(at: 1) {
      let difference = try observer.reread(stale, in: inventory)
      inventory.apply(difference)
      watcher.watch(difference)
    }
    return subjects
  }

  private func start(_ machine: Fixture) throws -> (Watcher, SysfsObserver, Inventory) {
    let watcher = try Watcher(root: machine.root)
    watcher.watchAll()
    let observer = try SysfsObserver(root: machine.root)
    return (watcher, observer, try observer.inventory(.full))
  }

  @Test func `an image needs inotify alone`() throws {
    let machine = Fixture.seed()
    let (watcher, _, _) = try start(machine)
    #expect(watcher.sources == Sources(uevents: .notNeeded, inotify: .live, reconcile: nil))
    #expect(watcher.descriptors.count == 1)
  }

  @Test func `looking does not stir the watcher`() throws {
    let machine = Fixture.seed()
    machine.file("dev/vfio/5", "")
    machine.file("dev/vfio/devices/vfio0", "")
    let (watcher, observer, _) = try start(machine)
    _ = watcher.drain(watcher.descriptors[0])
    _ = try observer.inventory(.full)
    #expect(watcher.drain(watcher.descriptors[0]).isEmpty)
  }

  @Test func `members on other buses that come, lose their driver and go change their group`() throws {
    let machine = Fixture.seed()
    var (watcher, observer, inventory) = try start(machine)
    watcher.watch(inventory)
    func drivers() -> [Known<DriverName>]? { inventory[GroupID(5)]?.others.map(\.driver) }
    machine.other("foo.0", driver: "foo", group: 5)
    _ = try settle(watcher, observer, &inventory)
    #expect(drivers() == [.value("foo")])
    machine.unlink("sys/devices/platform/foo.0/driver")
    _ = try settle(watcher, observer, &inventory)
    #expect(drivers() == [.absent])
    let before = inventory
    machine.unlink("sys/kernel/iommu_groups/5/devices/foo.0")
    _ = try settle(watcher, observer, &inventory)
    #expect(drivers() == [])
    #expect(Difference(from: before, to: inventory).changes(from: before) == [.facts(nil, group: GroupID(5))])
  }

  @Test func `power states and interfaces of functions that were looked at closely keep true`() throws {
    let machine = Fixture.seed()
    let nic = address("0000:02:01.0")
    let path = "sys/devices/\(Self.below)/0000:02:01.0"
    machine.file(path + "/power/runtime_status", "active\n")
    var (watcher, observer, inventory) = try start(machine)
    watcher.watch(inventory)
    machine.file(path + "/power/runtime_status", "suspended\n")
    #expect(try settle(watcher, observer, &inventory).contains(.details(nic)))
    #expect(inventory[nic]?.details?.runtimeStatus == .value("suspended"))
    machine.directory(path + "/net/eth0")
    _ = try settle(watcher, observer, &inventory)
    #expect(inventory[nic]?.details?.interfaces == .value(["eth0"]))
    machine.move(path + "/net/eth0", to: path + "/net/lan0")
    _ = try settle(watcher, observer, &inventory)
    #expect(inventory[nic]?.details?.interfaces == .value(["lan0"]))
  }

  @Test func `an override is told of a function that is alone in its group`() throws {
    let machine = Fixture.seed()
    let watcher = try Watcher(root: machine.root)
    watcher.watchAll()
    let observer = try SysfsObserver(root: machine.root)
    var inventory = try observer.inventory(.watching)
    let before = inventory
    let port = address("0000:00:01.0")
    machine.file("sys/devices/pci0000:00/0000:00:01.0/driver_override", "vfio-pci\n")
    _ = try settle(watcher, observer, &inventory)
    #expect(
      Difference(from: before, to: inventory).changes(from: before)
        == [.driverOverride(port, group: GroupID(4), from: nil, to: "vfio-pci")])
    #expect(try observer.reread(Stale(everything: true), in: inventory).isEmpty)
    machine.file("sys/devices/pci0000:00/0000:00:01.0/driver_override", "(null)\n")
    _ = try settle(watcher, observer, &inventory)
    #expect(inventory == before)
  }

  @Test func `every edit of an image is seen and the view stays what a fresh look finds`() throws {
    let machine = Fixture.seed()
    var (watcher, observer, inventory) = try start(machine)
    let nic = "sys/devices/\(Self.below)/0000:02:01.0"
    let edits: [(String, HostEvent.Subject, () -> Void)] = [
      (
        "driver re-pointed", .function(address("0000:02:01.0")),
        { machine.bind("0000:02:01.0", at: Self.below, to: "vfio-pci") }
      ),
      (
        "override written", .function(address("0000:02:01.0")), { machine.file(nic + "/driver_override", "vfio-pci\n") }
      ),
      (
        "device added", .function(address("0000:02:03.0")),
        { machine.function("0000:02:03.0", at: Self.below, group: 5) }
      ),
      (
        "new device bound", .function(address("0000:02:03.0")),
        { machine.bind("0000:02:03.0", at: Self.below, to: "e1000") }
      ),
      ("group made", .group(GroupID(7)), { machine.group(7) }),
      (
        "link moved", .group(GroupID(7)),
        {
          machine.move(
            "sys/kernel/iommu_groups/5/devices/0000:02:03.0", to: "sys/kernel/iommu_groups/7/devices/0000:02:03.0")
        }
      ),
      (
        "link of the device follows", .function(address("0000:02:03.0")),
        {
          machine.unlink("sys/devices/\(Self.below)/0000:02:03.0/iommu_group")
          machine.link("sys/devices/\(Self.below)/0000:02:03.0/iommu_group", to: "../../../kernel/iommu_groups/7")
        }
      ),
      (
        "device removed", .function(address("0000:02:03.0")),
        { machine.removeFunction("0000:02:03.0", at: Self.below, group: 7) }
      ),
      ("group emptied and removed", .group(GroupID(7)), { Fixture.remove(machine.path("sys/kernel/iommu_groups/7")) }),
      ("node appears", .nodes, { machine.file("dev/vfio/5", "") }),
      ("device nodes appear", .nodes, { machine.file("dev/vfio/devices/vfio0", "") }),
      ("node goes", .nodes, { machine.unlink("dev/vfio/5") }),
      ("type changes", .group(GroupID(5)), { machine.file("sys/kernel/iommu_groups/5/type", "identity\n") }),
      ("root port added", .function(address("0000:00:02.0")), { machine.function("0000:00:02.0", group: 8) }),
    ]
    for (what, subject, edit) in edits {
      edit()
      #expect(try settle(watcher, observer, &inventory).contains(subject), "\(what)")
      let fresh = try observer.look(.full)
      #expect(differences(inventory, fresh).isEmpty, "\(what): \(differences(inventory, fresh))")
    }
  }

  /// A function that came later has no details yet: those are asked for by whoever shows it.
  private func differences(_ view: Inventory, _ fresh: Inventory) -> [String] {
    var fresh = fresh
    var plain = Difference()
    for var function in fresh.functions where view[function.address]?.details == nil {
      function.details = nil
      function.driverOverride = view[function.address]?.driverOverride ?? function.driverOverride
      plain.functions.append(function)
    }
    for var group in fresh.groups where view[group.id]?.details == nil {
      group.details = nil
      plain.groups.append(group)
    }
    fresh.apply(plain)
    let found = Difference(from: view, to: fresh)
    return found.isEmpty ? [] : ["\(found)"]
  }

  @Test func `an opened node is a hint and a listed directory is none`() throws {
    let machine = Fixture.seed()
    machine.file("dev/vfio/5", "")
    let (watcher, _, _) = try start(machine)
    _ = watcher.drain(watcher.descriptors[0])
    let node = unsafe open(machine.path("dev/vfio/5"), O_RDONLY)
    close(node)
    #expect(watcher.drain(watcher.descriptors[0]) == [HostEvent(.inotify, .nodes)])
    _ = try Root(machine.root).list("dev/vfio")
    #expect(watcher.drain(watcher.descriptors[0]).isEmpty)
  }

  @Test func `a listing that is replaced is lost, and the slow reconcile steps in`() throws {
    let machine = Fixture.seed()
    let (watcher, _, _) = try start(machine)
    machine.move("sys/kernel/iommu_groups", to: "sys/kernel/old")
    let subjects = watcher.drain(watcher.descriptors[0]).map(\.subject)
    #expect(subjects.contains(.lost))
    #expect(watcher.sources.reconcile == 5)
  }

  @Test func `an image that is removed and made anew is said to be lost, then followed again`() throws {
    let machine = Fixture.seed()
    var (watcher, observer, inventory) = try start(machine)
    Fixture.remove(machine.root)
    #expect(try settle(watcher, observer, &inventory).contains(.lost))
    #expect(inventory.functions.isEmpty)
    #expect(watcher.isLost && watcher.sources.inotify == .missing("\(machine.root) was removed or replaced"))
    watcher.regain()
    #expect(watcher.isLost)

    try #require(unsafe mkdir(machine.root, 0o755) == 0)
    machine.function("0000:00:05.0", driver: "e1000", group: 3)
    watcher.regain()
    #expect(!watcher.isLost)
    #expect(watcher.sources == Sources(uevents: .notNeeded, inotify: .live, reconcile: nil))
    inventory.apply(try observer.reread(Stale(everything: true), in: inventory))
    #expect(inventory.functions.map(\.address) == [address("0000:00:05.0")])
    machine.bind("0000:00:05.0", to: "vfio-pci")
    #expect(try settle(watcher, observer, &inventory).contains(.function(address("0000:00:05.0"))))
    #expect(inventory[address("0000:00:05.0")]?.driver == .value("vfio-pci"))
  }

  @Test func `a queue that overflows is lost events, and everything is watched from then on`() throws {
    let machine = Fixture.seed()
    let (watcher, _, _) = try start(machine)
    let limit = try Root("/").read(path: "proc/sys/fs/inotify/max_queued_events", Parse.decimal).value ?? 16_384
    // Neighbours that are alike become one event, so two files take turns.
    let path = machine.path("sys/devices/\(Self.below)/0000:02:01.0/")
    machine.directory("sys/devices/pci0000:00/0000:00:03.0")
    for _ in 0...limit / 2 {
      for name in ["a", "b"] {
        let file = unsafe open(path + name, O_WRONLY | O_CREAT, 0o600)
        close(file)
      }
    }
    machine.function("0000:00:03.0", group: 9)
    #expect(watcher.drain(watcher.descriptors[0]) == [HostEvent(.inotify, .lost)])
    machine.bind("0000:00:03.0", to: "e1000")
    #expect(watcher.drain(watcher.descriptors[0]).contains(HostEvent(.inotify, .function(address("0000:00:03.0")))))
  }

  @Test func `an image that is filled while it is watched is found by the slow look`() throws {
    let machine = Fixture()
    Fixture.remove(machine.path("sys"))
    var (watcher, observer, inventory) = try start(machine)
    #expect(watcher.isLost && watcher.sources.reconcile == 5)
    machine.function("0000:00:05.0", driver: "e1000", group: 3)
    watcher.regain()
    #expect(!watcher.isLost)
    inventory.apply(try observer.reread(Stale(everything: true), in: inventory))
    machine.bind("0000:00:05.0", to: "vfio-pci")
    #expect(try settle(watcher, observer, &inventory).contains(.function(address("0000:00:05.0"))))
    #expect(inventory[address("0000:00:05.0")]?.driver == .value("vfio-pci"))
  }

  @Test func `watches never leave the image`() throws {
    let machine = Fixture()
    let outside = Fixture()
    outside.function("0000:00:05.0")
    machine.link("sys/bus/pci/devices/0000:00:05.0", to: outside.path("sys/devices/pci0000:00/0000:00:05.0"))
    let (watcher, _, _) = try start(machine)
    outside.bind("0000:00:05.0", to: "e1000")
    #expect(watcher.drain(watcher.descriptors[0]).isEmpty)
  }
}
