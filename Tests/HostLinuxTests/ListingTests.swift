import HostAccess
import Ownership
import Testing
import Topology

@testable import HostLinux

/// A listing reads less than a closer look, and must not judge differently.
@Suite struct ListingTests {
  private static let below = "pci0000:00/0000:00:01.0/0000:01:00.0"

  private func verdict(_ machine: Fixture, _ group: UInt32, _ depth: Depth) throws -> Verdict? {
    let found = try SysfsObserver(root: machine.root).inventory(depth)
    return found[GroupID(group)].map { Judge(rules: .explicitLinux).verdict(on: $0, in: found) }
  }

  private func free(_ machine: Fixture) {
    for address in ["0000:02:01.0", "0000:02:02.0"] { machine.bind(address, at: Self.below, to: nil) }
  }

  @Test func `a driver on another bus keeps a group whose functions are all free`() throws {
    let machine = Fixture.seed()
    free(machine)
    machine.other("foo.0", driver: "foo", group: 5)
    for depth in [Depth.listing, .watching, .full] {
      let verdict = try #require(try verdict(machine, 5, depth))
      #expect(verdict.isViable == false, "\(depth)")
      #expect(verdict.blockers == [.otherDriver(device: "foo.0", "foo")], "\(depth)")
    }
  }

  @Test func `a group that host drivers keep is left unread, and says that it was`() throws {
    let machine = Fixture.seed()
    machine.other("foo.0", driver: "foo", group: 5)
    let observer = try SysfsObserver(root: machine.root)
    let listing = try observer.inventory(.listing)
    #expect(listing[GroupID(5)]?.isListed == false && listing[GroupID(4)]?.isListed == true)
    #expect(!listing.isWhollyListed)
    #expect(try observer.inventory(.full).isWhollyListed)
    #expect(try observer.inventory(.watching)[GroupID(5)]?.others.map(\.name) == ["foo.0"])
  }

  @Test func `a group that somebody asked for is read whatever keeps it`() throws {
    let machine = Fixture.seed()
    machine.other("foo.0", driver: "foo", group: 5)
    machine.file("sys/devices/\(Self.below)/0000:02:01.0/driver_override", "vfio-pci\n")
    let listing = try SysfsObserver(root: machine.root).inventory(.listing)
    #expect(listing[GroupID(5)]?.others.map(\.name) == ["foo.0"])
    #expect(try verdict(machine, 5, .listing) == (try verdict(machine, 5, .full)))
  }

  @Test func `a link that leads to another group than the directories is contradicted in a listing too`() throws {
    let machine = Fixture.seed()
    machine.bind("0000:02:02.0", at: Self.below, to: nil)
    machine.group(6)
    let link = "sys/devices/\(Self.below)/0000:02:02.0/iommu_group"
    machine.unlink(link)
    machine.link(link, to: "../../../kernel/iommu_groups/6")
    let observer = try SysfsObserver(root: machine.root)
    let (listing, full) = (try observer.inventory(.listing), try observer.inventory(.full))
    #expect(listing.disagreements == full.disagreements && !full.disagreements.isEmpty)
    #expect(listing.groups.map(\.id) == full.groups.map(\.id) && listing.isWhollyListed)
    #expect(listing[address("0000:02:02.0")]?.group == .value(GroupID(5)))
  }

  @Test func `directories that list nobody put nobody into a group, and the IOMMU is on all the same`() throws {
    let machine = Fixture.seed()
    machine.unlink("sys/kernel/iommu_groups/4/devices/0000:00:01.0")
    for name in ["0000:01:00.0", "0000:02:01.0", "0000:02:02.0"] {
      machine.unlink("sys/kernel/iommu_groups/5/devices/" + name)
    }
    for depth in [Depth.listing, .full] {
      let found = try SysfsObserver(root: machine.root).inventory(depth)
      #expect(found.groups.isEmpty && found.disagreements.count == 4 && found.host.iommu == .on, "\(depth)")
    }
  }

  @Test func `a driver that no table names is a vfio driver where it keeps a vfio device`() throws {
    let machine = Fixture.seed()
    free(machine)
    machine.bind("0000:02:02.0", at: Self.below, to: "xy_vfio_pci")
    for depth in [Depth.listing, .full] { #expect(try verdict(machine, 5, depth)?.isViable == false, "\(depth)") }
    machine.directory("sys/devices/\(Self.below)/0000:02:02.0/vfio-dev/vfio7")
    for depth in [Depth.listing, .watching, .full] {
      let verdict = try #require(try verdict(machine, 5, depth))
      #expect(verdict.isViable == true && verdict.devices.last?.state == .vfio, "\(depth)")
    }
    let observer = try SysfsObserver(root: machine.root)
    var view = try observer.inventory(.listing)
    #expect(view[GroupID(5)]?.holders == .unknown(.notRecorded))
    machine.bind("0000:02:02.0", at: Self.below, to: "sym53c8xx")
    Fixture.remove(machine.path("sys/devices/\(Self.below)/0000:02:02.0/vfio-dev"))
    view.apply(try observer.reread(Stale(functions: [address("0000:02:02.0")]), in: view))
    #expect(view[address("0000:02:02.0")]?.hasVFIODevice == false)
  }

  @Test func `a link that says nothing of a group is called what it is`() throws {
    let machine = Fixture.seed()
    let link = "sys/devices/\(Self.below)/0000:02:02.0/iommu_group"
    machine.unlink(link)
    machine.link(link, to: "../../../kernel/iommu_groups/99999999999999999999")
    for depth in [Depth.listing, .full] {
      let found = try SysfsObserver(root: machine.root).inventory(depth)
      #expect(
        found.disagreements == [
          Disagreement(
            address: address("0000:02:02.0"), link: nil, directory: GroupID(5),
            linkIgnorance: .malformed("99999999999999999999"))
        ], "\(depth)")
    }
  }

  @Test func `configuration space that is no regular file is called so`() throws {
    let machine = Fixture.seed()
    machine.fifo("sys/devices/\(Self.below)/0000:02:02.0/config")
    let found = try SysfsObserver(root: machine.root).inventory(.full)
    #expect(found[address("0000:02:02.0")]?.details?.port == .unknown(.malformed("not a regular file")))
  }
}
