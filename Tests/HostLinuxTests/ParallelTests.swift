import HostAccess
import Synchronization
import Testing
import Topology

@testable import HostLinux

@Suite struct ParallelTests {
  @Test(arguments: [0, 1, 63, 64, 127, 128, 129, 1025, 10_000])
  func `every place is worked on once and in order`(count: Int) {
    let parts = Parallel.map(count) { { range in Array(range) } }
    #expect(parts.flatMap { $0 } == Array(0..<count))
    #expect(parts.count <= 4 * 8 + 1)
  }

  @Test func `work that goes on aside is done once, and its owner gets what came of it`() {
    let count = Mutex(0)
    let asides = (0..<20).map { number in
      Parallel.Aside {
        count.withLock { $0 += 1 }
        return number * number
      }
    }
    // With one processor there are none, and whoever wants the work done does it.
    let values = asides.compactMap { $0?.value }
    #expect(values == (values.isEmpty ? [] : (0..<20).map { $0 * $0 }))
    #expect(count.withLock { $0 } == values.count)
  }

  @Test func `a machine read by several threads is read whole`() throws {
    let machine = Fixture()
    for number in 0..<2200 {
      let (bus, device, function) = (number / 256, number / 8 % 32, number % 8)
      let text = "0000:\(Hex.text(bus, atLeast: 2)):\(Hex.text(device, atLeast: 2)).\(function)"
      machine.function(text, driver: "driver\(number % 7)", group: number / 8)
    }
    let found = try SysfsObserver(root: machine.root).inventory(.full)
    #expect(found.functions.count == 2200 && found.groups.count == 275)
    for (number, function) in found.functions.enumerated() {
      #expect(function.driver == .value("driver\(number % 7)"))
      #expect(function.group == .value(GroupID(UInt32(number / 8))))
      #expect(function.driverOverride == .absent)
      #expect(function.details?.path == "sys/devices/pci0000:00/\(function.address)")
    }
    #expect(found.disagreements.isEmpty)
  }
}
