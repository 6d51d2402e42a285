import Testing

/// The golden traces of the specification as the program prints them: whole, call by call, typed by hand.
@Suite struct TraceTests {
  /// The traces that `viable demo FILE --models MODEL --json` tells of these acts, one line a call.
  private func told(_ acts: [String], _ model: String) throws -> [String] {
    let head = """
      name = "trace"
      title = "The golden trace"
      extends = "nic-and-hba"
      models = ["\(model)"]
      [user.qemu]
      [user.other]
      """
    let body = acts.map { "[[act]]\ntitle = \"next\"\n\($0)" }.joined(separator: "\n")
    let outcome = try Shell.run(
      """
      file=$(mktemp --suffix .toml); trap 'rm -f "$file"' EXIT
      cat > "$file" <<'END'
      \(head)
      \(body)
      END
      viable demo "$file" --models \(model) --json |
        python3 -c 'import json, sys
      for step in json.load(sys.stdin)["steps"]: print(step["answers"]["\(model)"]["trace"])'
      """)
    #expect(outcome.code == 0)
    return outcome.text.split(separator: "\n").map(String.init)
  }

  private static let attach = "attach = \"NIC\"\nby = \"qemu\""
  private static let mapping = attach + "\nmemory = { iova = 0x100000, size = 0x100000 }"
  private static let release = "release = \"HBA\""
  private static let released = "echo 02:02.0 > sym53c8xx/unbind = ok"

  @Test func `the explicit trace`() throws {
    let acts = [
      Self.mapping, Self.release, Self.mapping, "attach = \"HBA\"\nby = \"qemu\"",
      "open = \"group:5\"\nby = \"other\"", "close-owner = \"qemu\"", "open = \"group:5\"\nby = \"other\"",
      "close = \"NIC\"\nby = \"qemu\"", "own = \"NIC\"\nby = \"other\"",
    ]
    #expect(
      try told(acts, "explicit") == [
        "open(/dev/vfio/vfio)=3", "open(/dev/vfio/5)=4", "GET_STATUS={}", "SET_CONTAINER=-1 EPERM", Self.released,
        "GET_STATUS={VIABLE}", "SET_CONTAINER=0", "SET_IOMMU=0", "MAP_DMA=0", "GET_DEVICE_FD(02:01.0)=5",
        "GET_DEVICE_FD(02:02.0)=-1 ENODEV", "open(/dev/vfio/5)=-1 EBUSY", "close(4)=0", "close(3)=0",
        "open(/dev/vfio/5)=-1 EBUSY", "close(5)=0", "open(/dev/vfio/vfio)=3", "open(/dev/vfio/5)=4",
        "GET_STATUS={VIABLE}", "SET_CONTAINER=0",
      ])
  }

  @Test func `the implicit trace, through the flag`() throws {
    let acts = [Self.attach, Self.release, Self.attach, Self.attach + "\nallow-unused = true"]
    #expect(
      try told(acts, "implicit") == [
        "open(/dev/ioasid)=3", "open(/dev/vfio/device0)=4", "JOIN(4,3)=-1 EPERM {02:02.0 sym53c8xx}", Self.released,
        "JOIN(4,3)=0", "CREATE_IOASID=1", "ATTACH(4,1)=-1 EPERM {02:02.0 not joined}", "close(4)=0",
        "open(/dev/vfio/device0)=4", "JOIN(4,3,IOASID_IMPLICIT_GROUP)=0", "ATTACH(4,1)=0 {at risk: 02:02.0}",
      ])
  }

  @Test func `the implicit trace, with every member joined`() throws {
    let acts = [
      Self.attach, Self.release, Self.attach, "give = \"HBA\"\nto = \"vfio-pci\"", "own = \"HBA\"\nby = \"qemu\"",
      Self.attach,
    ]
    #expect(
      try told(acts, "implicit").dropFirst(7) == [
        "echo 02:02.0 > vfio-pci/bind = ok", "open(/dev/vfio/device1)=5", "JOIN(5,3)=0", "ATTACH(4,1)=0",
      ])
  }

  @Test func `the trace of automatic unbinding`() throws {
    #expect(
      try told([Self.attach], "auto-unbind") == [
        "open(/dev/ioasid)=3", "open(/dev/vfio/device0)=4",
        "JOIN(4,3)=0 {event: sym53c8xx unbound from 02:02.0, sda removed}", "CREATE_IOASID=1", "ATTACH(4,1)=0",
      ])
  }

  @Test func `the iommufd trace`() throws {
    let acts = [
      "open = \"context\"\nby = \"qemu\"", "open = \"NIC\"\nby = \"qemu\"", "ask = \"NIC\"\nby = \"qemu\"",
      Self.mapping, Self.release, Self.mapping, "give = \"HBA\"\nto = \"sym53c8xx\"",
      "give = \"HBA\"\nto = \"vfio-pci\"", "own = \"HBA\"\nby = \"other\"", "exit = \"other\"",
      "own = \"HBA\"\nby = \"qemu\"", "attach = \"HBA\"\nby = \"qemu\"\nspace = 1",
      "free = 0\nby = \"qemu\"", "close-owner = \"qemu\"", "give = \"HBA\"\nto = \"sym53c8xx\"",
      "close = \"NIC\"\nby = \"qemu\"", "close = \"HBA\"\nby = \"qemu\"", Self.release,
      "give = \"HBA\"\nto = \"sym53c8xx\"",
    ]
    #expect(
      try told(acts, "iommufd") == [
        "open(/dev/iommu)=3", "open(/dev/vfio/devices/vfio0)=4", "GET_INFO(4)=-1 EINVAL", "BIND(4,3)=-1 EPERM",
        Self.released, "BIND(4,3)=0 devid=1", "IOAS_ALLOC=2", "MAP=0", "ATTACH(4,2)=0 (pt_id=3 HWPT)",
        "echo 02:02.0 > sym53c8xx/bind = EBUSY", "echo 02:02.0 > vfio-pci/bind = ok",
        // The other iommufd is another process' here.
        "open(/dev/iommu)=3", "open(/dev/vfio/devices/vfio1)=4", "BIND(4,3)=-1 EPERM", "exit other = ok",
        "open(/dev/vfio/devices/vfio1)=5", "BIND(5,3)=0 devid=4", "IOAS_ALLOC=5", "ATTACH(5,5)=-1 EINVAL",
        "DESTROY(2)=-1 EBUSY", "close(3)=0", "echo 02:02.0 > sym53c8xx/bind = EBUSY", "close(4)=0", "close(5)=0",
        "echo 02:02.0 > vfio-pci/unbind = ok", "echo 02:02.0 > sym53c8xx/bind = ok",
      ])
  }
}
