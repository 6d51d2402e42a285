import HostAccess
import HostLinux
import Testing
import Topology

@testable import viable

/// The slow look, on an image that loses its listing.
struct NoticingTests {
  @Test func `the slow look begins when the watcher comes to need it`() throws {
    let root = try Shell.run("d=$(mktemp -d); mkdir -p $d/sys/bus/pci/devices $d/sys/kernel/iommu_groups; echo $d")
      .text.split(separator: "\n").joined()
    defer { _ = try? Shell.run("rm -r \(root)") }
    var noticing = Noticing(watcher: try Watcher(root: root), now: 0)
    #expect(noticing.deadline == nil)

    _ = try Shell.run("mv \(root)/sys/bus/pci/devices \(root)/sys/bus/pci/old")
    for descriptor in noticing.descriptors { noticing.drain(descriptor, now: 10) }
    let told = noticing.due(now: 100, watched: [])
    #expect(told?.stale.everything == true && told?.sources == [.inotify])
    #expect(noticing.sources.reconcile == 5 && noticing.deadline == 100 + Noticing.reconcileEvery)

    let slow = noticing.due(now: 5100, watched: [])
    #expect(slow?.stale.everything == true && slow?.sources == [.poll], "the listing is away: all is read every time")
    _ = try Shell.run("mv \(root)/sys/bus/pci/old \(root)/sys/bus/pci/devices")
    let back = noticing.due(now: 10_100, watched: [])
    #expect(back?.stale.everything == true)
    #expect(noticing.due(now: 15_100, watched: [])?.stale == nil, "events tell again")
    #expect(noticing.sources.reconcile == nil && noticing.deadline == nil)
  }
}
