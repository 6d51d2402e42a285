import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

@testable import viable

/// `viable demo` from a command line.
struct DemoCommandTests {
  @Test func `a story is judged under every model that it speaks of, shown or not`() throws {
    let outcome = try Shell.run(
      """
      cd $(mktemp -d); cat > mine.toml <<'END'
      extends = "nic-and-hba"
      name = "mine"
      title = "t"
      models = ["explicit", "implicit", "auto-unbind", "iommufd", "explicit-2021"]
      [[act]]
      title = "a"
      attach = "NIC"
      expect.explicit-2021 = "x"
      END
      for it in '' '--models explicit,implicit' '--json'; do
        viable demo mine.toml $it | grep -Ec 'explicit-2021 has to come to x|"expected":"x"'; echo "${PIPESTATUS[0]}"
      done
      """)
    #expect(outcome.text == "1\n1\n1\n1\n1\n1\n")
  }

  @Test(arguments: ["--root / demo", "demo --rehearse", "demo vdpa --scenario vdpa"])
  func `what a demo would not look at is refused`(line: String) throws {
    #expect(try Shell.run("viable \(line) 2>&1").code == 64)
  }

  @Test func `a simulated machine that is started again is as at first, under the rules chosen since`() throws {
    let host = try HostChoice.scenario(named: "nic-and-hba").host
    var ground = SimulatedGround(host)
    var stage = ground.stage
    stage?.rules.set = .explicit2021
    _ = stage?.happen(.unbind(Machines.address("0000:02:02.0")))
    ground.stage = stage
    #expect(ground.stage?.world != host.world)
    ground.startAgain()
    #expect(ground.stage?.world == host.world && ground.stage?.rules.set == .explicit2021)
  }
}
