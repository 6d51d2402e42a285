import Assignment
import Goldens
import HostLinux
import Ownership
import Testing
import Topology

@testable import viable

/// `run` as far as it goes without devices: what it would do, and why it does not.
@Suite struct RunTests {
  @Test func `the calls and what is handed over are shown, and refusals name who is in the way`() throws {
    let text = try Shell.run(
      """
      try() { echo "== $*"; viable --scenario "$@" 2>&1; echo "exit $?"; }
      try released-hba run 02:01.0 --model explicit --as 1000 --dry-run -- driver --fd {device} '{{group}' 'two words'
      try released-hba run 02:01.0 --model iommufd --as 1000 --dry-run --memlock 64M -- driver {iommufd} {ioas} {devid}
      try released-hba run 02:01.0 --model iommufd --as 1000 --dry-run --open-only --allow-new-privileges -- driver
      try both-joined run group:5 --model explicit --as 1000 --dry-run -- driver {device}
      try nic-and-hba run 02:01.0 --model explicit --as 1000 --dry-run -- driver
      try nic-and-hba run 02:02.0 --model iommufd --as 1000 --dry-run -- driver
      try nic-and-hba run 01:00.0 --model explicit --as 1000 --dry-run -- driver
      try released-hba run 02:01.0 --model explicit --as 1000 --dry-run -- driver {ioas}
      try released-hba run 02:01.0 --model explicit --as 1000 --dry-run -- awk {print}
      try released-hba run 02:07.0 --model explicit --as 1000 --dry-run -- driver
      try released-hba run 02:01.0 --model explicit --as 1000 -- driver
      try permissions run 02:01.0 --model explicit --as alice --dry-run -- driver
      for who in root 0 qemu nosuch; do try permissions run 02:01.0 --model explicit --as $who --dry-run -- driver; done
      """
    ).text
    let outcome = Golden.check(text, "run-scenarios.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `the same as a document`() throws {
    let text = try Shell.run(
      "viable --scenario released-hba run 02:01.0 --model iommufd --as 1000 --dry-run --json -- driver {device}"
    ).text
    let outcome = Golden.check(text, "run.json")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test(arguments: [
    ("run 02:01.0 --model explicit --as nobody", 64, "no command to run: put it behind --"),
    ("run 02:01.0 --model explicit --as nobody --", 64, "no command to run: put it behind --"),
    ("run 02:01.0 --model implicit --as nobody -- true", 64, "--model implicit: no kernel has it"),
    ("run 02:01.0 --model explicit --open-only --as nobody -- true", 64, "--open-only is for --model iommufd"),
    ("run 02:01.0 --model iommufd --as nobody --json -- true", 64, "--json goes with --dry-run"),
    ("run 02:01.0 --model iommufd --as nobody --memlock lots -- true", 64, "The value 'lots' is invalid"),
    ("run 02:01.0 --model explicit --as 'no such' -- true", 66, "--as no such: no such user; nothing was opened"),
    ("run 02:01.0 --model explicit --as root -- true", 64, "--as root: root can open them by itself"),
    ("run 02:01.0 --model explicit --as nobody -- nosuchcommand", 66, "no command nosuchcommand in PATH"),
    ("run 02:01.0 --model explicit --as nobody -- ./none", 66, "./none is not there"),
    ("run 02:01.0 --model explicit --as nobody -- /etc/passwd", 66, "/etc/passwd is no program that can be run"),
    ("--read-only run 02:01.0 --model explicit --as nobody -- true", 1, "--read-only: running takes devices"),
    ("--root $image run 02:01.0 --model explicit --as nobody -- true", 69, "an image has no nodes to open"),
    (
      "--root $image --rehearse run 02:01.0 --model explicit --as nobody -- true", 69, "a simulated machine has nothing"
    ),
    ("--root $image --rehearse run 02:01.0 --model explicit --as root --dry-run -- true", 64, "name an unprivileged"),
    ("--root $image --rehearse run 02:01.0 --model explicit --as 'no such' --dry-run -- true", 66, "has no users"),
    ("run 02:01.0 --model nosuch --as nobody -- true", 64, "Please provide one of 'explicit' and 'iommufd'"),
    ("run ff:1f.7 --model explicit --as nobody -- true", 66, "ff:1f.7"),
  ])
  func `what cannot be run ends with its code before anything is opened`(line: String, code: Int32, words: String)
    throws
  {
    let outcome = try Shell.run(Shell.image + "viable \(line) 2>&1")
    #expect(outcome.code == code, "\(outcome.text)")
    #expect(outcome.text.hasPrefix("viable: ") && outcome.text.contains(words), "\(outcome.text)")
  }

  @Test func `help lists the models that run takes, and no other`() throws {
    let help = try Shell.run("viable run --help | tr -s ' \\n' ' '").text
    #expect(help.contains("(values: explicit, iommufd)") && !help.contains("auto-unbind"), "\(help)")
  }

  @Test func `a command line is taken apart at its first two dashes`() throws {
    let line = ["--scenario", "x", "run", "02:01.0", "--as", "a", "--model", "iommufd", "--", "c", "--", "--json"]
    let run = try #require(try RunCommand.parse(line) as? RunCommand)
    #expect(run.selector == ["02:01.0"] && run.command == ["c", "--", "--json"] && !run.global.json)
    #expect(try RunCommand.parse(["show", "run", "--", "x"]) == nil)
    #expect(try RunCommand.parse(["list"]) == nil)
  }

  @Test(
    arguments: [
      ("64M", 64 << 20), ("8g", 8 << 30), ("4096", 4096), ("1K", 1024), ("unlimited", UInt64.max), ("", nil),
      ("M", nil),
      ("-1", nil), ("1.5G", nil), ("99999999999T", nil), ("18446744073709551615", nil),
    ] as [(String, UInt64?)])
  func `sizes are read with their letters`(text: String, bytes: UInt64?) {
    #expect(MemorySize(argument: text)?.bytes == bytes)
  }

  @Test func `the environment is ours but for whose it is and what is handed over`() throws {
    let account = Account(name: "alice", uid: 1000, gid: 1000, groups: [1000], home: "/home/alice", shell: "/bin/bash")
    let seed = World(Machines.seed)
    let world = World(
      devices: seed.devices.map { device in
        var device = device
        if device.driver == "sym53c8xx" { device.driver = nil }
        return device
      }, groups: seed.groups)
    let nic = Machines.address("0000:02:01.0")
    let root = User(process: 1, name: "viable", uid: 0)
    var attempt = Attempt(.iommufd, handingOut: [nic], by: root)
    let after = attempt.forecast(under: Rules(.iommufd), in: world)
    let handOver = try #require(HandOver(.iommufd, [nic], of: root, in: after, from: 3))
    let ours = [
      "PATH=/bin", "HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/zsh", "XDG_RUNTIME_DIR=/run/user/0",
      "VIABLE_DEVICE=9", "VIABLE_DEVICE_3=9", "VIABLE_THEME=mine", "ODD", "HOMER=x=y",
    ]
    #expect(
      RunSetting(account, handOver).environment(from: ours) == [
        "PATH=/bin", "VIABLE_THEME=mine", "ODD", "HOMER=x=y", "HOME=/home/alice", "LOGNAME=alice", "SHELL=/bin/bash",
        "USER=alice", "VIABLE_MODEL=iommufd", "VIABLE_IOMMUFD=3", "VIABLE_IOAS=2", "VIABLE_DEVICES=1",
        "VIABLE_DEVICE=4", "VIABLE_DEVID=1", "VIABLE_DEVICE_0=4", "VIABLE_ADDRESS_0=0000:02:01.0", "VIABLE_DEVID_0=1",
      ])
  }

  @Test func `whoever may lock little is told before it fails`() {
    let account = Account(name: "alice", uid: 1000, gid: 1000, groups: [1000], home: "/", shell: "/bin/sh")
    #expect(
      RunSetting.memoryWarning(MemorySize(bytes: 8 << 20), account)
        == "alice may lock 8 MiB of memory (RLIMIT_MEMLOCK): mapping more is refused with ENOMEM; --memlock SIZE allows "
        + "more")
    #expect(RunSetting.memoryWarning(MemorySize(bytes: .max), account) == nil)
  }
}
