import HostAccess
import Testing
import Topology

@testable import HostLinux

/// How much a user may lock, as limits.conf(5) and systemd-system.conf(5) have it.
@Suite struct LockLimitsTests {
  private static func machine(_ files: [String: String]) -> Fixture {
    let machine = Fixture()
    machine.file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000:Alice:/home/alice:/bin/bash\n")
    machine.file("etc/group", "root:x:0:\nalice:x:1000:\nkvm:x:108:bob,alice\nvfio:x:200:bob\n")
    for (name, text) in files { machine.file(name, text) }
    return machine
  }

  private func limit(_ files: [String: String]) -> Known<LockLimit> {
    let machine = Self.machine(files)
    return LockLimits.limit(of: "alice", root: machine.root)
  }

  private static let conf = "etc/security/limits.conf"

  @Test(
    arguments: [
      ("alice - memlock 65536\n", 64 << 20), ("alice soft memlock unlimited # all\n", nil),
      ("@kvm\t-\tmemlock\t1024\n", 1 << 20),
      ("@alice - memlock 2\n", 2048), ("* - memlock -1\n", nil),
      ("alice - memlock 1\n* - memlock 2\n@kvm - memlock 3\n", 1024),
      ("* - memlock 1\n* - memlock 2\n", 2048), ("@kvm - memlock 3\n* - memlock 4\n", 3072),
    ] as [(String, UInt64?)])
  func `the closest line counts, and of equals the last`(text: String, bytes: UInt64?) {
    #expect(limit([Self.conf: text]) == .value(LockLimit(bytes: bytes, source: "/" + Self.conf)))
  }

  @Test(arguments: [
    "", "#alice - memlock 65536\n", "bob - memlock 65536\n", "@vfio - memlock 65536\n", "alice hard memlock 65536\n",
    "alice - nofile 65536\n", "alice - memlock lots\n", "alice memlock 65536\n",
  ])
  func `lines about others say nothing`(text: String) {
    #expect(limit([Self.conf: text]) == .absent)
  }

  @Test func `files of limits_d come after, in the order of their names`() {
    let files = [
      Self.conf: "alice - memlock 1\n", "etc/security/limits.d/b.conf": "alice - memlock 3\n",
      "etc/security/limits.d/a.conf": "alice - memlock 2\n", "etc/security/limits.d/c.conf~": "alice - memlock 4\n",
    ]
    #expect(limit(files) == .value(LockLimit(bytes: 3072, source: "/etc/security/limits.d/b.conf")))
  }

  @Test func `systemd's default counts where nothing else does`() {
    let files = [
      "etc/systemd/system.conf": "[Manager]\n#DefaultLimitMEMLOCK=8M\nDefaultLimitMEMLOCK=64M:128M\n",
      "etc/systemd/system.conf.d/x.conf": "DefaultLimitMEMLOCK=infinity\n",
    ]
    #expect(limit(files) == .value(LockLimit(bytes: nil, source: "/etc/systemd/system.conf.d/x.conf")))
    #expect(
      limit(["etc/systemd/system.conf": files["etc/systemd/system.conf"] ?? ""])
        == .value(LockLimit(bytes: 64 << 20, source: "/etc/systemd/system.conf")))
  }
}
