import Glibc
import HostAccess
import Ownership
import Testing
import Topology

@testable import HostLinux

/// Files of configuration and owners of nodes below a directory, by the real program as a child.
@Suite struct LastingTests {
  private let nic = address("0000:02:01.0")
  private var store: ConfigurationFile { .driverctl(nic) }

  private func status(_ path: String) -> stat {
    var found = stat()
    _ = unsafe lstat(path, &found)
    return found
  }

  @Test func `a file is made with its directories, replaced, read, and removed`() throws {
    let machine = Fixture.acting()
    let performer = try machine.performer()
    #expect(try performer.text(of: store) == nil)
    #expect(performer.finish(.writeFile(store, nil)) == .done)
    #expect(!machine.exists("etc/driverctl.d"))
    for text in ["vfio-pci\n", "", "it's ä \u{1F600}\n\nno end"] {
      #expect(performer.finish(.writeFile(store, text)) == .done)
      #expect(try performer.text(of: store) == text)
      #expect(machine.text("etc/driverctl.d/pci-0000:02:01.0") == text)
    }
    #expect(status(machine.path("etc/driverctl.d/pci-0000:02:01.0")).st_mode & 0o7777 == 0o644)
    let place = try Root(machine.path("etc/driverctl.d"))
    #expect((place.list(".") ?? []).map(\.name) == ["pci-0000:02:01.0"])
    #expect(performer.finish(.writeFile(store, nil)) == .done)
    #expect(try performer.text(of: store) == nil)
    #expect(machine.exists("etc/driverctl.d") && !machine.exists("etc/driverctl.d/pci-0000:02:01.0"))
    #expect(performer.finish(.writeFile(.initramfsHook, "#!/bin/sh\n")) == .done)
    #expect(status(machine.path(".") + ConfigurationFile.initramfsHook.path).st_mode & 0o7777 == 0o755)
  }

  @Test func `udev is told of its rules, and of nothing else`() throws {
    let machine = Fixture.acting()
    let performer = try machine.performer()
    let (grant, binding) = (ConfigurationFile.grantRule("0000:02:01.0"), ConfigurationFile.bindingRule(nic))
    // Without udev a rule is written all the same.
    #expect(performer.finish(.writeFile(grant, "# one\n")) == .done)
    let seen = "$@ $(cat \(machine.root)\(grant.path) 2>/dev/null)"
    let script = "#!/bin/sh\necho \"\(seen)\" >> \(machine.root)/told\n[ ! -e \(machine.root)/deaf ]\n"
    machine.file("usr/bin/udevadm", script)
    _ = unsafe chmod(machine.path("usr/bin/udevadm"), 0o755)
    #expect(performer.finish(.writeFile(store, "vfio-pci\n")) == .done)
    #expect(performer.finish(.writeFile(.moduleOptions(nic), "softdep x pre: y\n")) == .done)
    #expect(!machine.exists("told"))
    #expect(performer.finish(.writeFile(grant, "# two\n")) == .done)
    #expect(performer.finish(.writeFile(binding, "# three\n")) == .done)
    machine.file("deaf", "")
    #expect(performer.finish(.writeFile(grant, nil)) == .done)
    #expect(machine.text("told") == "control --reload # two\ncontrol --reload # two\ncontrol --reload \n")
  }

  @Test func `a file that is replaced keeps its mode`() throws {
    let machine = Fixture.acting()
    machine.file("etc/driverctl.d/pci-0000:02:01.0", "nouveau\n")
    #expect(unsafe chmod(machine.path("etc/driverctl.d/pci-0000:02:01.0"), 0o600) == 0)
    #expect(try machine.performer().finish(.writeFile(store, "vfio-pci\n")) == .done)
    #expect(status(machine.path("etc/driverctl.d/pci-0000:02:01.0")).st_mode & 0o7777 == 0o600)
  }

  @Test func `an assignment stands in the state directory, whatever the root is`() throws {
    let machine = Fixture.acting()
    let file = ConfigurationFile.assignment(nic, state: machine.state.path)
    let performer = try machine.performer()
    #expect(try performer.text(of: file) == nil)
    #expect(performer.finish(.writeFile(file, "x")).error?.errno == .enoent)
    _ = try machine.state.make()
    #expect(performer.finish(.writeFile(file, "x")) == .done)
    #expect(try performer.text(of: file) == "x")
    #expect(machine.text("state/assignments/0000:02:01.0") == "x")
    #expect(status(machine.path("state/assignments")).st_mode & 0o7777 == 0o700)
  }

  @Test func `no link is followed, not by the last step and not on the way`() throws {
    let machine = Fixture.acting()
    let performer = try machine.performer()
    machine.file("treasure", "gold")
    machine.directory("etc/driverctl.d")
    machine.link("etc/driverctl.d/pci-0000:02:01.0", to: "../../treasure")
    for text in ["x", nil] {
      let error = performer.finish(.writeFile(store, text)).error
      #expect(error?.errno == Errno(rawValue: ELOOP) && error?.object == store.path)
    }
    #expect(throws: HostError("read", on: store.path, Errno(rawValue: ELOOP))) { try performer.text(of: store) }
    #expect(machine.text("treasure") == "gold")
    machine.directory("elsewhere")
    machine.directory("etc/udev")
    machine.link("etc/udev/rules.d", to: "../../elsewhere")
    let rule = ConfigurationFile.bindingRule(nic)
    #expect(performer.finish(.writeFile(rule, "x")).error != nil)
    #expect(throws: HostError.self) { try performer.text(of: rule) }
    #expect(!machine.exists("elsewhere/05-viable-0000:02:01.0.rules"))
  }

  @Test func `what is no file of ours is neither read nor written over`() throws {
    let machine = Fixture.acting()
    let performer = try machine.performer()
    machine.directory("etc/driverctl.d/pci-0000:02:01.0")
    #expect(performer.finish(.writeFile(store, "x")).error?.errno == .einval)
    #expect(throws: HostError("read", on: store.path, .einval)) { try performer.text(of: store) }
    let hook = ConfigurationFile.initramfsHook
    machine.file("etc/initramfs-tools/hooks/viable", bytes: [0x61, 0xff])
    #expect(throws: HostError("read", on: hook.path, Errno(rawValue: EILSEQ))) { try performer.text(of: hook) }
    machine.file(
      "etc/initramfs-tools/hooks/viable", bytes: [UInt8](repeating: 0x61, count: ConfigurationFile.limit + 1))
    #expect(throws: HostError("read", on: hook.path, Errno(rawValue: EFBIG))) { try performer.text(of: hook) }
  }

  @Test func `a node is given away only where sysfs tells of that very device`() throws {
    let machine = Fixture.acting()
    let performer = try machine.performer()
    let node = DeviceNode.group(GroupID(5))
    let give = Effect.setOwner(node, uid: 1000, gid: 100, mode: 0o660)
    #expect(performer.finish(give).error?.errno == Errno(rawValue: ENXIO))
    machine.file("sys/class/vfio/5/dev", "1:3\n")
    #expect(performer.finish(give).error?.errno == .enoent)
    #expect(throws: HostError("look at", on: "/dev/vfio/5", .enoent)) { try performer.node(node) }
    machine.file("dev/vfio/5", "no device")
    #expect(performer.finish(give).error?.errno == Errno(rawValue: ENXIO))
    #expect(throws: HostError("look at", on: "/dev/vfio/5", Errno(rawValue: ENXIO))) { try performer.node(node) }
    machine.unlink("dev/vfio/5")
    machine.link("dev/vfio/5", to: "/dev/null")
    #expect(performer.finish(give).error?.errno == Errno(rawValue: ENXIO))
    machine.unlink("dev/vfio/5")
    // Not everybody may make devices; whoever may not has seen the refusals.
    guard unsafe mknod(machine.path("dev/vfio/5"), S_IFCHR | 0o600, 1 << 8 | 3) == 0 else { return }
    #expect(performer.finish(give) == .done)
    #expect(try performer.node(node) == Node(path: "/dev/vfio/5", owner: 1000, group: 100, mode: 0o660))
    machine.file("sys/class/vfio/5/dev", "1:5\n")
    #expect(performer.finish(.setOwner(node, uid: 0, gid: 0, mode: 0o600)).error?.errno == Errno(rawValue: ENXIO))
    #expect(try performer.node(node).owner == 1000)
  }
}
