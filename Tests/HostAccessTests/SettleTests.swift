import HostAccess
import Ownership
import Testing
import Topology

@Suite struct SettleTests {
  private let address = Address(domain: 0, bus: 3, device: 0, function: 0)

  @Test func `nothing waits before the first event`() {
    var settle = Settle()
    #expect(settle.deadline == nil)
    #expect(settle.drain(at: 1_000_000) == nil)
  }

  @Test func `one event settles 50 ms later and is given once`() {
    var settle = Settle()
    settle.note(HostEvent(.uevent, .function(address)), at: 1000)
    #expect(settle.deadline == 1050)
    #expect(settle.drain(at: 1049) == nil)
    let drained = settle.drain(at: 1050)
    #expect(drained?.stale == Stale(functions: [address]))
    #expect(drained?.sources == [.uevent])
    #expect(settle.drain(at: 1050) == nil)
    #expect(settle.deadline == nil)
    #expect(settle == Settle())
  }

  @Test func `a burst holds the window open for 300 ms and no longer`() {
    var settle = Settle()
    for now in stride(from: UInt64(0), to: 280, by: 40) {
      settle.note(HostEvent(.inotify, .nodes), at: now)
      #expect(settle.drain(at: now) == nil)
    }
    #expect(settle.deadline == 290)
    settle.note(HostEvent(.inotify, .nodes), at: 280)
    #expect(settle.deadline == 300)
    settle.note(HostEvent(.inotify, .nodes), at: 299)
    #expect(settle.drain(at: 299) == nil)
    #expect(settle.drain(at: 300)?.stale == Stale(nodes: true))
  }

  @Test func `all events of a window are joined`() {
    var settle = Settle()
    let subjects: [HostEvent.Subject] = [.function(address), .group(GroupID(5)), .details(address), .nodes]
    for subject in subjects { settle.note(HostEvent(.uevent, subject), at: 0) }
    settle.note(HostEvent(.poll, .function(address)), at: 1)
    let drained = settle.drain(at: 51)
    #expect(drained?.stale == Stale(functions: [address], groups: [GroupID(5)], details: [address], nodes: true))
    #expect(drained?.sources == [.uevent, .poll])
  }

  @Test func `lost events make everything stale`() {
    var settle = Settle()
    settle.note(HostEvent(.inotify, .lost), at: 7)
    #expect(settle.drain(at: 57)?.stale == Stale(everything: true))
  }

  @Test func `its own windows can be chosen`() {
    var settle = Settle(quiet: 10, limit: 20)
    settle.note(HostEvent(.poll, .nodes), at: 5)
    settle.note(HostEvent(.poll, .nodes), at: 14)
    #expect(settle.deadline == 24)
    settle.note(HostEvent(.poll, .nodes), at: 23)
    #expect(settle.deadline == 25)
    #expect(settle.drain(at: 25) != nil)
    settle.note(HostEvent(.poll, .nodes), at: 40)
    #expect(settle.deadline == 50, "a drain keeps the windows")
  }

  /// All ways in which six events can come, 0, 20, 60 or 160 ms apart, against a loop that looks every millisecond.
  @Test func `every event is given exactly once, at rest or after the limit`() {
    let gaps: [UInt64] = [0, 20, 60, 160]
    for number in 0..<1024 {
      var times: [UInt64] = [0]
      for place in 0..<5 { times.append(times[place] + gaps[number >> (2 * place) & 3]) }
      if let problem = problem(times) { Issue.record("\(times): \(problem)") }
    }
  }

  private func problem(_ times: [UInt64]) -> String? {
    var settle = Settle()
    var (waiting, given): ([UInt64], Int) = ([], 0)
    for now in UInt64(0)...1200 {
      // As the loop does it: first what has settled, then what is new.
      if let drained = settle.drain(at: now) {
        guard let first = waiting.first, let last = waiting.last else { return "drains nothing at \(now)" }
        let due = min(last + 50, first + 300)
        if now != due { return "drains at \(now), due at \(due)" }
        if drained.stale.groups.count != waiting.count { return "gives \(drained.stale.groups.count) at \(now)" }
        given += waiting.count
        waiting = []
      }
      for (number, time) in times.enumerated() where time == now {
        settle.note(HostEvent(.uevent, .group(GroupID(UInt32(number)))), at: now)
        waiting.append(now)
      }
    }
    return given == times.count ? nil : "gives \(given) of \(times.count)"
  }
}

@Suite struct StaleTests {
  @Test func `nothing named is nothing stale`() {
    #expect(Stale().isEmpty)
    let address = Address(domain: 0, bus: 0, device: 0, function: 0)
    let named = [
      Stale(everything: true), Stale(functions: [address]), Stale(groups: [GroupID(0)]), Stale(details: [address]),
      Stale(nodes: true),
    ]
    #expect(named.allSatisfy { !$0.isEmpty })
    var joined = Stale()
    for stale in named { joined.form(union: stale) }
    #expect(
      joined
        == Stale(everything: true, functions: [address], groups: [GroupID(0)], details: [address], nodes: true))
    joined.form(union: Stale())
    #expect(joined.everything && joined.nodes)
  }

  @Test func `an error of a host names attempt, object and errno`() {
    #expect(
      "\(HostError("open", on: "/sys/bus/pci", .init(rawValue: 2)))"
        == "cannot open /sys/bus/pci: no such file or directory (ENOENT)")
    #expect("\(HostError("read", on: "x", .init(rawValue: 4711)))" == "cannot read x: errno 4711")
  }
}
