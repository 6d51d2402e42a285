import Glibc
import HostAccess
import Ownership
import Testing
import Topology

@testable import HostLinux

/// Commands that are handed descriptors: real processes, with /dev/null and ordinary files in the place of nodes.
@Suite struct CommandStartTests {
  private static let root = User(process: 1, name: "viable", uid: 0)

  /// A tree with two nodes that are ordinary files, and what a command wrote.
  private struct Bench {
    let machine = Fixture()
    let calls: UserCalls

    init() throws {
      machine.file("dev/iommu", "")
      machine.file("dev/vfio/5", "")
      calls = try UserCalls(root: machine.root)
      _ = calls.ask(.open(.context), as: CommandStartTests.root)
      _ = calls.ask(.open(.group(GroupID(5))), as: CommandStartTests.root)
      // Everybody may write here, whoever the command runs as.
      machine.directory("out")
      _ = unsafe chmod(machine.path("out"), 0o777)
      _ = unsafe chmod(machine.root, 0o755)
    }

    /// Runs a shell script that writes to `$OUT`; its exit code, and what it wrote.
    func run(
      _ script: String, as account: Account? = nil, limit: UInt64? = nil, mayGain: Bool = false,
      handing: [Descriptor] = [Descriptor(4), Descriptor(3)]
    ) throws -> (code: Int32, out: [String]) {
      let out = machine.path("out/said")
      let command = CommandStart(
        "/bin/sh", ["sh", "-c", "exec >\(out); " + script], environment: ["A=b", "PATH=/usr/bin:/bin"], as: account,
        memoryLimit: limit, mayGainPrivileges: mayGain)
      let running = RunningCommand(
        process: try calls.start(command, handing: handing, of: CommandStartTests.root))
      var code: Int32?
      while code == nil {
        code = running.exitCode()
        usleep(2000)
      }
      let said = Self.read(out).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      return (code ?? -1, said.map(String.init))
    }

    private static func read(_ path: String) -> String {
      guard let file = unsafe fopen(path, "r") else { return "" }
      defer { unsafe fclose(file) }
      var buffer = [UInt8](repeating: 0, count: 65536)
      let count = unsafe fread(&buffer, 1, buffer.count, file)
      return String(decoding: buffer[..<count], as: UTF8.self)
    }
  }

  @Test func `a command has what is handed over from 3 on, in its order, and nothing else`() throws {
    let bench = try Bench()
    // One that was left open for children, as a shell does with `7<file`.
    let stray = unsafe open("/dev/zero", O_RDONLY)
    defer { close(stray) }
    let (code, out) = try bench.run(
      "for n in 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do readlink /proc/$$/fd/$n; done; true")
    #expect(code == 0)
    #expect(out == [bench.machine.path("dev/vfio/5"), bench.machine.path("dev/iommu")])
    #expect(!bench.calls.isIdle, "ours stays open until it is closed")
  }

  @Test func `its environment is what was said, and its exit code comes back`() throws {
    let bench = try Bench()
    #expect(try bench.run("env | grep -v -E '^(PWD|_|SHLVL|OLDPWD)='; exit 7").out == ["A=b", "PATH=/usr/bin:/bin"])
    #expect(try bench.run("exit 7").code == 7)
    #expect(try bench.run("kill -9 $$").code == 137)
  }

  @Test func `setuid programs give it nothing unless that is allowed`() throws {
    let bench = try Bench()
    #expect(try bench.run("grep NoNewPrivs /proc/self/status").out == ["NoNewPrivs:\t1"])
    #expect(try bench.run("grep NoNewPrivs /proc/self/status", mayGain: true).out == ["NoNewPrivs:\t0"])
  }

  @Test func `it may lock as much memory as it is given`() throws {
    let bench = try Bench()
    #expect(
      try bench.run("grep 'locked memory' /proc/self/limits | tr -s ' '", limit: 65536).out.first?.hasPrefix(
        "Max locked memory 65536 65536") == true)
  }

  @Test func `a program that is not there leaves no process, and is named`() throws {
    let bench = try Bench()
    let missing = CommandStart("/nonexistent/program", ["program"], environment: [], as: nil)
    let error = #expect(throws: HostError.self) {
      _ = try bench.calls.start(missing, handing: [Descriptor(3)], of: Self.root)
    }
    #expect(error == HostError("run as this user", on: "/nonexistent/program", .enoent))
    #expect(!bench.calls.isIdle)
  }

  @Test func `a descriptor that is not open cannot be handed over`() throws {
    let bench = try Bench()
    let command = CommandStart("/bin/true", ["true"], environment: [], as: nil)
    let error = #expect(throws: HostError.self) {
      _ = try bench.calls.start(command, handing: [Descriptor(9)], of: Self.root)
    }
    #expect(error == HostError("hand descriptors to", on: "/bin/true", .ebadf))
  }

  @Test(.enabled(if: geteuid() == 0, "only root can start a command as somebody else"))
  func `another user gets its own groups, no capability, and what root opened`() throws {
    let bench = try Bench()
    let account = Account(name: "somebody", uid: 4711, gid: 4712, groups: [4712, 4713], home: "/", shell: "/bin/sh")
    let (code, out) = try bench.run(
      "id -u; id -g; id -G; grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status | tr -s '0\\t'; head -c 0 <&4 && echo read",
      as: account)
    #expect(code == 0)
    #expect(out == ["4711", "4712", "4712 4713", "CapInh:\t0", "CapPrm:\t0", "CapEff:\t0", "CapAmb:\t0", "read"])
  }

  @Test(.enabled(if: geteuid() == 0, "only root can start a command as somebody else"))
  func `a program that the user may not run is refused in the user's name`() throws {
    let bench = try Bench()
    bench.machine.file("out/private", "#!/bin/sh\n")
    _ = unsafe chmod(bench.machine.path("out/private"), 0o700)
    let account = Account(name: "somebody", uid: 4711, gid: 4712, groups: [4712], home: "/", shell: "/bin/sh")
    let command = CommandStart(bench.machine.path("out/private"), ["private"], environment: [], as: account)
    let error = #expect(throws: HostError.self) {
      _ = try bench.calls.start(command, handing: [], of: Self.root)
    }
    #expect(error == HostError("run as somebody", on: bench.machine.path("out/private"), .eacces))
  }

  @Test func `accounts are found by name and by number`() throws {
    let root = try #require(try Account.named("root"))
    #expect(root.uid == 0 && root.gid == 0 && root.groups.contains(0) && !root.home.isEmpty)
    #expect(try Account.named("0") == root)
    #expect(try Account.named("no such user") == nil)
    #expect(try Account.named("") == nil)
    #expect(try Account.named("4294967295") == nil)
  }

  @Test func `nodes of the live root are opened without a doubled slash`() throws {
    let calls = try UserCalls(root: "//")
    #expect(calls.ask(.open(.group(GroupID(.max))), as: Self.root) == Answer(outcome: .refused(.enoent)))
  }
}
