import CLinux
import Catalogue
import Console
import HostAccess
import HostLinux
import HostSimulated
import Ownership
import Testing
import Topology

@testable import viable

/// A machine that can be looked at once, and never again for want of descriptors.
private struct ShortObserver: Observer {
  let base: any Observer
  var place: Place { base.place }
  func inventory(_ depth: Depth) throws(HostError) -> Inventory { try base.inventory(depth) }
  func reread(_ stale: Stale, in inventory: Inventory) throws(HostError) -> Difference {
    throw HostError("open", on: "/sys/bus/pci/devices", .emfile)
  }
  func burden(of addresses: [Address], in inventory: Inventory) -> Burden { base.burden(of: addresses, in: inventory) }
  func configSpaces(of functions: [Address], waking: Bool) -> [Address: Known<ConfigSpace>] { [:] }
  func resetMethods(of functions: [Address]) -> [Address: Known<[ResetMethod]>] { [:] }
  func capabilities() -> [Capability] { [] }
  func configured(state: String) -> Configured { base.configured(state: state) }
}

private struct ShortGround: Ground {
  var base: SimulatedGround
  var observer: any Observer { ShortObserver(base: base.observer) }
  var stage: (any Stage)? {
    get { nil }
    set {}
  }
  var live: SysfsObserver? { nil }
  func recorded() -> Recorded { Recorded() }
  mutating func enter() throws(Failure) -> RehearsedPlace { base.enter() }
  mutating func keep(_ place: RehearsedPlace) { base.keep(place) }
}

@Suite struct WorkerTests {
  @Test func `a look that fails keeps what was seen last, and is told once`() throws {
    let host = try HostChoice.scenario(named: "nic-and-hba").host
    let worker = try Worker { () throws(HostError) in ShortGround(base: SimulatedGround(host)) }
    var (inventories, sentences) = (0, [String]())
    func hear(until isEnough: () -> Bool, within milliseconds: UInt64 = 20_000) {
      let end = Clock.milliseconds + milliseconds
      while !isEnough(), Clock.milliseconds < end {
        var waits = [cl_wait(descriptor: worker.answered.descriptor, ready: 0)]
        _ = unsafe cl_poll(&waits, waits.count, 50)
        for answer in worker.takeAnswers() {
          switch answer {
          case .inventory: inventories += 1
          case .unseen(let error): sentences.append(Worker.note(unseen: error).text)
          default: Issue.record("\(answer)")
          }
        }
      }
    }
    hear(until: { inventories > 0 })
    worker.reread(Stale(everything: true))
    hear(until: { !sentences.isEmpty })
    worker.reread(Stale(everything: true))
    hear(until: { false }, within: 300)
    #expect(inventories == 1)
    #expect(
      sentences == ["what is shown may be old: cannot open /sys/bus/pci/devices: too many open files (EMFILE)"])
  }
}
