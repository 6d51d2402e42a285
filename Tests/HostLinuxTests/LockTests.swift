import Glibc
import HostAccess
import Testing
import Topology

@testable import HostLinux

/// One process acts at a time, children included.
@Suite struct LockTests {
  private let nic = address("0000:02:01.0")
  private let unbind = "sys/bus/pci/drivers/vfio-pci/unbind"

  private func take(_ machine: Fixture, _ command: String) throws -> JournalLock? {
    if case .taken(let lock) = try JournalLock.take(in: machine.state, command: command) { lock } else { nil }
  }

  private func busy(_ machine: Fixture) throws -> JournalLock.Holder? {
    if case .busy(let holder) = try JournalLock.take(in: machine.state, command: "second") { holder } else { nil }
  }

  private func hanging() -> Fixture {
    let machine = Fixture.acting()
    machine.unlink(unbind)
    machine.fifo(unbind)
    return machine
  }

  /// Lets a child that waits to open the FIFO go on, and answers what it wrote.
  private func letGo(_ machine: Fixture) -> String {
    let reader = unsafe open(machine.path(unbind), O_RDONLY)
    defer { close(reader) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe read(reader, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
  }

  private func wait(_ isDone: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<500 {
      if try isDone() { return true }
      usleep(20_000)
    }
    return false
  }

  @Test func `the second is told who acts, and may once the first has gone`() throws {
    let machine = Fixture()
    do {
      let lock = try #require(try take(machine, "viable assign group:5"))
      let holder = try #require(try busy(machine))
      #expect(holder.description == "process \(getpid()) ('viable assign group:5')")
      withExtendedLifetime(lock) {}
    }
    // A child that some other test starts at this moment has every descriptor for an instant.
    #expect(try wait { try busy(machine) == nil })
    let lock = try #require(try take(machine, "two\nlines"))
    #expect(machine.text("state/lock") == "\(getpid()) two\\x0alines\n")
    withExtendedLifetime(lock) {}
  }

  @Test func `a child that waits keeps the lock when its parent lets go, and is named with its device`() throws {
    let machine = hanging()
    var process: Int32 = 0
    do {
      let lock = try #require(try take(machine, "viable release 02:01.0"))
      let performer = try machine.performer(lock: lock)
      process = try #require(performer.begin(.unbind(nic, from: "vfio-pci")).work).process
      #expect(try wait { try busy(machine)?.children.map(\.number) == [process] })
      let words = "write '0000:02:01.0' to /sys/bus/pci/drivers/vfio-pci/unbind"
      let expected = "process \(getpid()) ('viable release 02:01.0'); its process \(process) is to \(words)"
      #expect(try busy(machine)?.description == expected)
    }
    // The parent has let go: what is left of the act is the child.
    let holder = try #require(try busy(machine))
    #expect(holder.children.map(\.number) == [process])
    #expect(letGo(machine) == "0000:02:01.0")
    #expect(try wait { try busy(machine) == nil })
    var status: Int32 = 0
    #expect(unsafe waitpid(process, &status, 0) == process)
  }

  @Test func `a child's line is gone once it is done`() throws {
    let machine = Fixture.acting()
    let lock = try #require(try take(machine, "viable"))
    let performer = try machine.performer(lock: lock)
    #expect(performer.finish(.unbind(nic, from: "e1000")) == .done)
    #expect(machine.text("state/lock") == "\(getpid()) viable\n")
  }

  @Test func `an owner that is gone is told from one that is there`() {
    let text = "100 viable assign group:5\n101 write 'x' to /sys/y\n102 write 'z' to /sys/y\nnonsense\n"
    let alone = JournalLock.Holder(text) { $0 == 102 }
    #expect(
      alone.description
        == "process 102 is to write 'z' to /sys/y, which waits although 'viable assign group:5' has ended")
    #expect(JournalLock.Holder(text) { $0 == 100 }.description == "process 100 ('viable assign group:5')")
    #expect(JournalLock.Holder("") { _ in true }.description == "another process")
  }

  @Test func `a child outlives a parent that is killed, and writes when the holder lets go`() throws {
    let machine = hanging()
    let order = EffectOrder(.unbind(nic, from: "vfio-pci"), root: machine.root, hasLock: false)
    machine.file("order", bytes: order.bytes)
    // A parent of its own: it starts the child as viable does, says its number, and dies by SIGKILL.
    let script = """
      import os, subprocess, sys
      order = open(sys.argv[2], "rb").read()
      child = subprocess.Popen([sys.argv[1], "\(EffectRunner.argument)"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, start_new_session=True)
      child.stdin.write(order); child.stdin.close()
      open(sys.argv[3], "w").write(str(child.pid))
      os.kill(os.getpid(), 9)
      """
    machine.file("parent.py", script)
    let files = [machine.path("parent.py"), Fixture.program, machine.path("order"), machine.path("child")]
    let status = unsafe system("python3 " + files.joined(separator: " "))
    #expect(status & 0x7f == 9 || status >> 8 == 128 + 9)
    let process = try #require(Int32(machine.text("child")))
    usleep(200_000)
    #expect(kill(process, 0) == 0)
    kill(process, SIGHUP)
    #expect(letGo(machine) == "0000:02:01.0")
    #expect(wait { kill(process, 0) != 0 || isZombie(process) })
  }

  /// A child whose parent was killed is ended by whoever adopts it, which some containers never do.
  private func isZombie(_ process: Int32) -> Bool {
    (try? Root("/").read(path: "proc/\(process)/status") { .value(String(decoding: $0)) })?
      .value?.contains("State:\tZ") ?? false
  }
}
