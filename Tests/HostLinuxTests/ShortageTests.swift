import Glibc
import HostAccess
import Ownership
import Testing
import Topology

@testable import HostLinux

/// With descriptors running out a reading is the whole truth or an error that says so, and nothing between. Each runs
/// in a process of its own, whose limit is nobody else's.
@Suite struct ShortageTests {
  /// Lets the process open so many files more than are open now, for as long as `body` runs.
  static func having<Result>(_ free: Int, _ body: () throws -> Result) rethrows -> Result {
    var before = rlimit()
    _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
    // Whoever started us may have left holes among those that are open.
    var (limit, unused) = (Int32(0), 0)
    while true {
      if fcntl(limit, F_GETFD) == -1 {
        if unused == free { break }
        unused += 1
      }
      limit += 1
    }
    var short = rlimit(rlim_cur: rlim_t(limit), rlim_max: before.rlim_max)
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &short)
    defer { _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before) }
    return try body()
  }

  /// More functions than one thread reads, each in a group of its own.
  static func crowd() -> Fixture {
    let machine = Fixture.seed()
    for bus in 0x10..<0x20 {
      let name = "0000:" + String(bus, radix: 16)
      for slot in 10..<20 { machine.function("\(name):\(slot).0", driver: "e1000", group: bus * 100 + slot) }
    }
    return machine
  }

  @Test func `short of descriptors a binding is the truth or EMFILE, and never gone`() async {
    await #expect(processExitsWith: .success) {
      let machine = Fixture.acting()
      let performer = try machine.performer()
      let nic = address("0000:02:01.0")
      let truth = try performer.binding(of: nic)
      var refusals = 0
      for free in 0..<12 {
        do {
          let found = try ShortageTests.having(free) { try performer.binding(of: nic) }
          if found != truth { exit(2) }
        } catch {
          if (error as? HostError)?.errno != .emfile { exit(3) }
          refusals += 1
        }
      }
      exit(refusals > 0 && refusals < 12 ? EXIT_SUCCESS : 4)
    }
  }

  @Test func `short of descriptors a look is the whole machine or an error that names what it could not open`() async {
    await #expect(processExitsWith: .success) {
      let machine = ShortageTests.crowd()
      // The first file that can be read is the one that counts, however short of descriptors the look for it is.
      machine.file("mine", "8086  Mine\n\t100e  My card\n")
      machine.file("pci.ids", "8086  Everybody's\n")
      let begin = {
        let names = PCINames(preferred: machine.path("mine"), places: [machine.path("pci.ids")])
        return try SysfsObserver(root: machine.root, names: names)
      }
      for depth in [Depth.listing, .full] {
        let truth = try begin().inventory(depth)
        if truth.functions.count != 164 { exit(5) }
        if truth.names.vendors != [0x8086: "Mine"] { exit(7) }
        var refusals = 0
        for free in [0, 1, 2, 3, 4, 5, 6, 8, 12, 16, 32, 64, 128, 200] {
          do {
            let observer = try begin()
            let found = try ShortageTests.having(free) { try observer.inventory(depth) }
            if found != truth { exit(2) }
          } catch {
            guard let error = error as? HostError, error.errno == .emfile else { exit(3) }
            if !error.object.hasPrefix(machine.root) { exit(6) }
            refusals += 1
          }
        }
        // The most are enough on any number of processors; none are never.
        if refusals == 0 || refusals > 12 { exit(4) }
      }
      exit(EXIT_SUCCESS)
    }
  }

  @Test func `short of descriptors a look at what is stale takes nobody away`() async {
    await #expect(processExitsWith: .success) {
      let machine = ShortageTests.crowd()
      let observer = try SysfsObserver(root: machine.root)
      let known = try observer.inventory(.close(to: []))
      let stale = Stale(functions: Set(known.functions.map(\.address)), groups: Set(known.groups.map(\.id)))
      var refusals = 0
      for free in [0, 1, 2, 3, 4, 8, 16, 64, 128] {
        do {
          if try !ShortageTests.having(free, { try observer.reread(stale, in: known) }).isEmpty { exit(2) }
        } catch {
          if (error as? HostError)?.errno != .emfile { exit(3) }
          refusals += 1
        }
      }
      exit(refusals > 0 && refusals < 9 ? EXIT_SUCCESS : 4)
    }
  }

  @Test func `a function whose directory cannot be reached is listed, unknown, and keeps its group`() throws {
    let machine = Fixture.seed()
    let hba = address("0000:02:02.0")
    // No kernel makes such a name: what is refused is neither gone nor a link.
    machine.unlink("sys/bus/pci/devices/0000:02:02.0")
    machine.link("sys/bus/pci/devices/0000:02:02.0", to: "../../../devices/" + String(repeating: "x", count: 300))
    let found = try SysfsObserver(root: machine.root).inventory(.listing)
    let why = Ignorance.refused(errno: 36)
    #expect(found[hba]?.identity == .unknown(why))
    #expect(found[hba]?.driver == .unknown(why))
    #expect(found[GroupID(5)]?.members.contains(hba) == true)
    let error = #expect(throws: HostError.self) { try machine.performer().binding(of: hba) }
    #expect(error?.errno == Errno(rawValue: 36))
  }
}
