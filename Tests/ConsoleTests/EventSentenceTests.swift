import HostAccess
import Testing
import Topology

@testable import Console

struct EventSentenceTests {
  private let nic = Address(domain: 0, bus: 2, device: 1, function: 0)
  private let hba = Address(domain: 0, bus: 2, device: 2, function: 0)

  /// That something was found.
  private var found: Difference {
    var difference = Difference()
    difference.goneFunctions = [nic]
    return difference
  }

  @Test func `what finds nothing new is logged, and hides nothing that is news`() throws {
    let quiet = try #require(Sentences.note(of: Stale(functions: [nic]), from: [.inotify], finding: Difference()))
    #expect(quiet == Note(.quiet, "inotify: 02:01.0 read again"))
    var log = LogBook()
    let now = Moment(milliseconds: 0, sinceMidnight: 0)
    log.add(Note(.change, "02:01.0 is gone"), at: now)
    log.add(quiet, at: now)
    #expect(log.telling?.number == 1 && log.news?.number == 1 && log.shown.count == 2)
  }

  @Test func `the log names the source and what is read again`() {
    let one = Stale(functions: [nic], nodes: true)
    #expect(
      Sentences.note(of: one, from: [.uevent], finding: found)?.text == "uevent: 02:01.0, nodes below /dev read again")
    let several = Stale(functions: [nic, hba], groups: [GroupID(5)])
    #expect(
      Sentences.note(of: several, from: [.inotify], finding: found)?.text == "inotify: 2 functions, group 5 read again")
    let details = Stale(groups: [GroupID(5), GroupID(6)], details: [nic])
    #expect(
      Sentences.note(of: details, from: [.inotify, .uevent], finding: found)?.text
        == "uevent and inotify: 02:01.0, 2 groups read again")
  }

  @Test func `lost events are told as such, and the slow look is not told`() {
    let all = Stale(everything: true)
    #expect(
      Sentences.note(of: all, from: [.uevent], finding: Difference())?.text
        == "uevent: events were lost, everything is read again")
    #expect(Sentences.note(of: Stale(functions: [nic]), from: [.poll], finding: found) == nil)
  }
}
