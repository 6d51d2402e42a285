import Glibc
import Testing
import Topology

@testable import HostLinux

@Suite struct CautiousReaderTests {
  @Test func `a read that hangs is left behind and the rest is served`() throws {
    let machine = Fixture()
    for number in 0..<8 { machine.file("attribute\(number)", "value \(number)\n") }
    machine.fifo("blocked")
    let reader = CautiousReader(try Root(machine.root), patience: 50)
    let names = ["attribute0", "attribute1", "blocked", "attribute2", "missing", "attribute3"]
    let found = reader.read(names)
    #expect(found[0] == .value(Array("value 0\n".utf8)))
    #expect(found[2] == .unknown(.deviceBusy))
    #expect(found[3] == .value(Array("value 2\n".utf8)))
    #expect(found[4] == .absent)
    #expect(found[5] == .value(Array("value 3\n".utf8)))
    // The thread is still there: the same file is not tried again, and nothing waits.
    #expect(reader.read(["blocked", "attribute1"]) == [.unknown(.deviceBusy), .value(Array("value 1\n".utf8))])
    // A writer lets the thread go; what it then reads is read anew.
    let writer = unsafe open(machine.path("blocked"), O_WRONLY)
    #expect(writer >= 0)
    close(writer)
    var tries = 0
    while reader.read(["blocked"]) == [.unknown(.deviceBusy)], tries < 3 {
      // Each try opens the FIFO once more and hangs: let that thread go as well.
      let again = unsafe open(machine.path("blocked"), O_WRONLY | O_NONBLOCK)
      if again >= 0 { close(again) }
      tries += 1
    }
  }

  @Test func `a reader outlives neither its root nor its threads`() throws {
    let machine = Fixture()
    machine.fifo("blocked")
    do {
      let reader = CautiousReader(try Root(machine.root), patience: 20)
      #expect(reader.read(["blocked"]) == [.unknown(.deviceBusy)])
    }
    // The thread that was left behind still holds the root; opening the other end ends it.
    let writer = unsafe open(machine.path("blocked"), O_WRONLY)
    #expect(writer >= 0)
    close(writer)
  }

  @Test func `no files cost nothing`() throws {
    let machine = Fixture()
    #expect(CautiousReader(try Root(machine.root)).read([]).isEmpty)
  }
}
