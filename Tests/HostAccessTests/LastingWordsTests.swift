import HostAccess
import Randomness
import Testing
import Topology

@Suite struct LastingWordsTests {
  @Test func `effects, readings and subjects have words of their own, and nothing else has them`() {
    var dice = Dice(state: 11)
    for _ in 0..<300 {
      let (file, node) = (dice.file(), dice.node())
      #expect(ConfigurationFile(path: file.path) == file, "\(file)")
      #expect(DeviceNode(words: node.words) == node)
      let effects: [Effect] = [.writeFile(file, dice.content()), dice.owner(of: node)]
      for effect in effects { #expect(Effect(words: effect.words) == effect, "\(effect.words)") }
      let readings: [Reading] = [
        .file(file, dice.content()), .node(node, dice.seen(node)), .function(dice.binding(of: dice.address())),
      ]
      for reading in readings {
        #expect(Reading(words: reading.words) == reading, "\(reading.words)")
        #expect(Subject(words: reading.subject.words) == reading.subject)
      }
    }
  }

  @Test(arguments: [
    "/etc/passwd", "/etc/driverctl.d/", "/etc/driverctl.d/../shadow", "/etc/driverctl.d/pci-03:00.0",
    "/etc/driverctl.d/0000:03:00.0",
    "/etc/udev/rules.d/viable.rules", "/etc/udev/rules.d/72-viable-grant-.rules",
    "/etc/udev/rules.d/72-viable-grant-a/b.rules", "/etc/udev/rules.d/72-viable-grant-a b.rules",
    "/etc/modprobe.d/viable-x.conf", "/etc/initramfs-tools/hooks/viable2", "x/assignments/0000:02:01.0",
    "/a/../b/assignments/0000:02:01.0", "//assignments/0000:02:01.0", "/assignments/0000:02:01.0",
    "/a\n/assignments/0000:02:01.0", "/var/lib/viable/assignments/0000:02:01.0/x",
  ])
  func `no other file is ever written`(path: String) {
    #expect(ConfigurationFile(path: path) == nil)
    #expect(Effect(words: ["file", path, "x"]) == nil)
    #expect(Effect(words: ["no-file", path]) == nil)
  }

  @Test func `what is too long, has a NUL, or is no owner is not permitted`() {
    let file = ConfigurationFile.initramfsHook
    let wrong: [Effect] = [
      .writeFile(file, String(repeating: "x", count: ConfigurationFile.limit + 1)), .writeFile(file, "a\0b"),
      .setOwner(.iommu, uid: .max, gid: 0, mode: 0), .setOwner(.iommu, uid: 0, gid: .max, mode: 0),
      .setOwner(.iommu, uid: 0, gid: 0, mode: 0o4755), .writeFile(.grantRule("../x"), ""),
      .writeFile(.assignment(Address(domain: 0, bus: 0, device: 0, function: 0), state: "x"), ""),
    ]
    for effect in wrong {
      #expect(!effect.isPermitted)
      #expect(Effect(words: effect.words) == nil)
    }
    #expect(Effect(words: ["owner", "0", "0", "600", "iommu"]) == nil)
    #expect(Effect(words: ["owner", "00", "0", "0600", "iommu"]) == nil)
  }
}
