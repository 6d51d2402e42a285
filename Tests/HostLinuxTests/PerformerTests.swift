import Glibc
import HostAccess
import Ownership
import Testing
import Topology

@testable import HostLinux

/// Effects on directories that are shaped like sysfs, carried out by the real program as a child.
@Suite struct PerformerTests {
  private let nic = address("0000:02:01.0")
  private let nicPath = "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:01.0"

  @Test func `each effect writes its bytes to its file, and nothing else`() throws {
    let machine = Fixture.acting()
    machine.file(nicPath + "/sriov_numvfs", "0\n")
    let performer = try machine.performer()
    let wanted: [(Effect, String, String)] = [
      (.setOverride(nic, "vfio-pci"), nicPath + "/driver_override", "vfio-pci\n"),
      (.unbind(nic, from: "e1000"), "sys/bus/pci/drivers/e1000/unbind", "0000:02:01.0"),
      (.probe(nic, expecting: "vfio-pci"), "sys/bus/pci/drivers_probe", "0000:02:01.0"),
      (.setVirtualFunctions(nic, 4), nicPath + "/sriov_numvfs", "4\n"),
    ]
    for (effect, file, text) in wanted {
      #expect(performer.finish(effect) == .done)
      #expect(machine.text(file) == text)
    }
    #expect(performer.working.isEmpty)
    // Clearing writes the newline over the first byte: a file is never cut short.
    #expect(performer.finish(.setOverride(nic, nil)) == .done)
    #expect(machine.text(nicPath + "/driver_override") == "\nfio-pci\n")
  }

  @Test func `a file that is not there is not made`() throws {
    let machine = Fixture.acting()
    let performer = try machine.performer()
    let found = performer.finish(.unbind(nic, from: "nosuch")).error
    #expect(found == HostError("write '0000:02:01.0' to", on: "/sys/bus/pci/drivers/nosuch/unbind", .enoent))
    let text = found.map { "\($0)" }
    let path = "/sys/bus/pci/drivers/nosuch/unbind"
    #expect(text == "cannot write '0000:02:01.0' to \(path): no such file or directory (ENOENT)")
    #expect(!machine.exists("sys/bus/pci/drivers/nosuch"))
    machine.directory("sys/bus/pci/drivers/nosuch")
    #expect(performer.finish(.unbind(nic, from: "nosuch")).error?.errno == .enoent)
    #expect(!machine.exists("sys/bus/pci/drivers/nosuch/unbind"))
  }

  @Test func `what is not permitted is refused before a child is started, and again by the child`() throws {
    let machine = Fixture.acting()
    let performer = try machine.performer()
    let refused: [Effect] = [
      .unbind(nic, from: "../../../../etc"), .unbind(nic, from: ""), .setOverride(nic, "a\nb"),
      .loadModule("--config=/tmp/x"), .setVirtualFunctions(nic, -1),
    ]
    for effect in refused {
      #expect(performer.begin(effect).error?.errno == .einval)
      let child = try EffectChild(effect, below: machine.root, program: Fixture.program, lock: nil)
      #expect(LinuxPerformer.isReadable(child.work.descriptor, within: 20_000))
      #expect(child.progress().error?.object.hasSuffix("ended with 64 without a word") == true)
    }
  }

  @Test func `an order is read only as it was written`() {
    let order = EffectOrder(.setOverride(nic, "a b/c"), root: "/x", hasLock: true)
    #expect(EffectOrder(order.bytes) == order)
    for count in 0..<order.bytes.count { #expect(EffectOrder(Array(order.bytes.prefix(count))) == nil) }
    #expect(EffectOrder(order.bytes + [0]) == nil)
    let report = EffectReport.failed(HostError("write", on: "/sys/x", .ebusy))
    #expect(EffectReport(report.bytes) == report)
    #expect(EffectReport(EffectReport.done.bytes) == .done)
    for count in 0..<report.bytes.count { #expect(EffectReport(Array(report.bytes.prefix(count))) == nil) }
  }

  @Test func `a child that dies without a word has failed, and is named`() throws {
    let machine = Fixture.acting()
    machine.unlink("sys/bus/pci/drivers_probe")
    machine.fifo("sys/bus/pci/drivers_probe")
    let performer = try machine.performer()
    let work = try #require(performer.begin(.probe(nic, expecting: nil)).work)
    #expect(performer.progress(of: work) == .waiting(work))
    #expect(performer.working == [work])
    kill(work.process, SIGKILL)
    #expect(LinuxPerformer.isReadable(work.descriptor, within: 20_000))
    let error = performer.progress(of: work).error
    #expect(error?.errno == .eio)
    let words = "process \(work.process) was ended by signal 9 without a word"
    #expect(error?.object == "/sys/bus/pci/drivers_probe: " + words)
    #expect(performer.progress(of: work).error?.errno == .enoent)
  }

  @Test func `a write that waits keeps its child in a session of its own, with nothing else open`() throws {
    let machine = Fixture.acting()
    machine.unlink("sys/bus/pci/drivers/vfio-pci/unbind")
    machine.fifo("sys/bus/pci/drivers/vfio-pci/unbind")
    let performer = try machine.performer()
    let work = try #require(performer.begin(.unbind(nic, from: "vfio-pci")).work)
    #expect(getsid(work.process) == work.process)
    // Once it waits it has its pipes, /dev/null and the file that cannot be opened yet.
    let process = try Root("/proc/\(work.process)")
    var found: (name: String, descriptors: [String]) = ("", [])
    for _ in 0..<500 {
      found.name = process.read(path: "comm", Parse.line).value ?? ""
      found.descriptors = (process.list("fd") ?? []).map(\.name).sorted()
      if found.name == "viable-effect", found.descriptors.count == 3 { break }
      usleep(20_000)
    }
    #expect(found == ("viable-effect", ["0", "1", "2"]))
    #expect(performer.progress(of: work) == .waiting(work))
    let reader = unsafe open(machine.path("sys/bus/pci/drivers/vfio-pci/unbind"), O_RDONLY)
    #expect(LinuxPerformer.isReadable(work.descriptor, within: 20_000))
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe read(reader, &bytes, bytes.count)
    close(reader)
    #expect(String(decoding: bytes[..<max(0, count)], as: UTF8.self) == "0000:02:01.0")
    // Readable means that there is news, not that all of it has come.
    var progress = performer.progress(of: work)
    for _ in 0..<500 where progress == .waiting(work) {
      usleep(20_000)
      progress = performer.progress(of: work)
    }
    #expect(progress == .done)
  }

  @Test func `modprobe is run with a clean environment, and its last complaint is kept`() throws {
    let machine = Fixture.acting()
    let performer = try machine.performer()
    #expect(performer.finish(.loadModule("vfio-pci")).error?.errno == .enoent)
    let script = "#!/bin/sh\nenv | sort > \(machine.root)/environment; echo \"$@\" > \(machine.root)/arguments\n"
    machine.file("sbin/modprobe", script + "[ $1 = vfio-pci ] || { echo first >&2; echo FATAL: none >&2; exit 1; }\n")
    _ = unsafe chmod(machine.path("sbin/modprobe"), 0o755)
    #expect(performer.finish(.loadModule("vfio-pci")) == .done)
    #expect(machine.text("arguments") == "vfio-pci\n")
    let lines = machine.text("environment").split(separator: "\n")
    #expect(lines.contains("PATH=/usr/sbin:/usr/bin:/sbin:/bin"))
    // A shell adds where it is, and nothing else.
    let names = Set(lines.compactMap { $0.split(separator: "=").first })
    #expect(names.isSubset(of: ["PATH", "LC_ALL", "PWD", "OLDPWD", "SHLVL", "_"]), "\(names)")
    let error = performer.finish(.loadModule("mlx5_vfio_pci")).error
    #expect(error?.object == "mlx5_vfio_pci, which says: FATAL: none")
  }

  @Test func `a device that we have open is not taken from its driver`() throws {
    let machine = Fixture.acting()
    machine.file("dev/vfio/5", "")
    let performer = try machine.performer()
    let user = User(process: 1, name: "viable", uid: 0)
    let opened = descriptor(performer.ask(.open(.group(GroupID(5))), as: user))
    let group = try #require(opened)
    let error = performer.begin(.unbind(nic, from: "vfio-pci")).error
    #expect(error == HostError("unbind", on: "0000:02:01.0, which viable itself has open (close it first)", .ebusy))
    // Another group is nobody's business, and neither is what takes nothing away.
    #expect(performer.finish(.setOverride(nic, "vfio-pci")) == .done)
    let port = performer.finish(.unbind(address("0000:00:01.0"), from: "pcieport")).error
    #expect(port?.errno == .enoent)
    #expect(performer.ask(.close(group), as: user).errno == nil)
    #expect(performer.finish(.unbind(nic, from: "vfio-pci")) == .done)
  }

  private func descriptor(_ answer: Answer) -> Descriptor? {
    if case .descriptor(let descriptor) = answer.value { descriptor } else { nil }
  }

  @Test func `a program that cannot be started is named`() throws {
    let machine = Fixture.acting()
    let performer = try LinuxPerformer(root: machine.root, program: machine.path("none"))
    let error = performer.begin(.probe(nic, expecting: nil)).error
    #expect(error?.errno == .enoent)
    #expect(error?.object == machine.path("none"))
  }

  @Test func `a child that nobody listens to any more is reaped once it has ended`() throws {
    let machine = Fixture.acting()
    machine.unlink("sys/bus/pci/drivers_probe")
    machine.fifo("sys/bus/pci/drivers_probe")
    var performer: LinuxPerformer? = try machine.performer()
    let work = try #require(performer?.begin(.probe(nic, expecting: nil)).work)
    performer = nil
    #expect(Child.reap() > 0 && kill(work.process, 0) == 0, "it goes on")
    let reader = unsafe open(machine.path("sys/bus/pci/drivers_probe"), O_RDONLY)
    defer { close(reader) }
    for _ in 0..<500 where kill(work.process, 0) == 0 {
      usleep(20_000)
      Child.reap()
    }
    #expect(kill(work.process, 0) == -1 && errno == ESRCH, "no zombie is left")
  }
}
