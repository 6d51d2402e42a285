import Goldens
import Testing

/// `viable why` as it is typed.
struct WhyReportTests {
  private func expect(_ line: String, _ name: String, code: Int32, _ location: SourceLocation = #_sourceLocation) throws
  {
    let outcome = try Shell.run(line)
    #expect(outcome.code == code, "\(outcome.text)", sourceLocation: location)
    let golden = Golden.check(outcome.text, name)
    #expect(golden.matches, "\(golden)", sourceLocation: location)
  }

  @Test func `a group, two devices, and everything are explained`() throws {
    try expect("viable --scenario nic-and-hba why group:5 2>&1", "why-seed.txt", code: 0)
    try expect("viable --scenario nic-and-hba why 02:01.0 02:02.0 2>&1", "why-seed-pair.txt", code: 0)
    try expect("viable --scenario nic-and-hba why 02:01.0 02:02.0 --json 2>&1", "why-seed-pair.json", code: 0)
    try expect("viable --scenario dual-function why --all --ascii 2>&1", "why-all-ascii.txt", code: 0)
    try expect("viable --scenario nic-and-hba why 02:01.0 00:03.0 2>&1", "why-apart.txt", code: 1)
  }

  @Test func `isolation that is only asserted is an alarm, in check too`() throws {
    try expect("viable --scenario acs-override why --all 2>&1", "why-override.txt", code: 1)
    try expect("viable --scenario acs-override check 03:00.0 2>&1", "check-override.txt", code: 0)
    try expect("viable --scenario acs-override why --what-if no-override 2>&1", "why-no-override.txt", code: 0)
  }

  @Test func `what if stands beside today`() throws {
    try expect(
      "viable --scenario nic-and-hba why 02:01.0 --what-if 02:01.0@new 2>&1", "why-what-if.txt", code: 0)
    try expect(
      "viable --scenario nic-and-hba why --what-if remove@01:00.0 --what-if acs-off@00:03.0 --json 2>&1",
      "why-what-if.json", code: 0)
  }

  @Test(arguments: [
    ("why", 64), ("why 02:01.0 --all", 64), ("why 02:01.0 02:02.0 00:03.0", 64), ("why 02:07.0", 66),
    ("why group:5 02:01.0", 64), ("why --what-if nonsense", 64), ("why --what-if 02:01.0@02:02.0", 1),
    ("why --what-if 02:09.0@new", 66), ("why 02:01.0 --what-if acs-on@01:00.0", 1), ("why 02:01.0 02:01.0", 64),
    ("why --what-if no-override", 1), ("why --what-if 00:03.0@new", 1), ("why --what-if vfs=2@02:01.0", 1),
    ("why --what-if 02:01.0@new --what-if remove@02:01.0", 64),
    ("why --what-if vfs=4@02:01.0 --what-if vfs=2@02:01.0", 64),
  ])
  func `what cannot be asked ends with its code and says why`(line: String, code: Int32) throws {
    let outcome = try Shell.run("viable --scenario nic-and-hba \(line) 2>&1 >/dev/null")
    #expect(outcome.code == code, "\(outcome.text)")
    #expect(outcome.text.hasPrefix("viable: "), "\(outcome.text)")
  }

  @Test func `what slept when an image was taken, and what is no PCI device, are told apart from the rest`() throws {
    let asleep = Shell.image + "mkdir $image/$at/power; echo suspended > $image/$at/power/runtime_status\n"
    try expect(asleep + "viable --root $image why 02:01.0 2>&1", "why-asleep.txt", code: 4)
    let foreign =
      Shell.image + """
        mkdir -p $image/sys/kernel/iommu_groups/9/devices $image/sys/devices/platform/dma0
        ln -s ../../../../devices/platform/dma0 $image/sys/kernel/iommu_groups/9/devices/dma0

        """
    try expect(foreign + "viable --root $image why group:9 2>&1", "why-foreign.txt", code: 4)
    try expect(foreign + "viable --root $image why --all 2>&1 | tail -1", "why-foreign-all.txt", code: 0)
  }

  @Test func `an image without configuration space says what it does not know`() throws {
    try expect(Shell.image + "viable --root $image why 02:01.0 2>&1", "why-image.txt", code: 4)
  }
}
