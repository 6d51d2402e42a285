import Assignment
import Ownership
import Testing
import Topology

/// What each interface would answer, typed from the specification's scenarios.
struct ForecastTests {
  private func answers(_ world: World, _ devices: [Address] = [Scene.nic], allowUnused: Bool = false) -> [String] {
    Forecast.all(taking: devices, in: world, allowUnused: allowUnused).map { forecast in
      let end = forecast.refusal.map { "\($0.name ?? $0.call) \($0.errno?.name ?? "")" } ?? "attached"
      return "\(forecast.model.rawValue): \(end)"
    }
  }

  @Test func `a host driver in the group stops all but automatic unbinding`() {
    #expect(
      answers(Scene.seed()) == [
        "explicit: VFIO_GROUP_SET_CONTAINER EPERM", "explicit-2021: VFIO_GROUP_GET_DEVICE_FD EINVAL",
        "implicit: JOIN_IOASID_FD EPERM", "implicit-rfc1: IOASID_MAP_DMA EDEADLK",
        "implicit-rfc2: VFIO_BIND_IOMMU_FD EINVAL", "auto-unbind: attached",
        "iommufd: VFIO_DEVICE_BIND_IOMMUFD EPERM",
      ])
  }

  @Test func `a member without a driver is in the way of April and May only`() {
    let expected = [
      "explicit: attached", "explicit-2021: attached", "implicit: ATTACH_IOASID EPERM",
      "implicit-rfc1: IOASID_MAP_DMA EDEADLK", "implicit-rfc2: attached", "auto-unbind: attached", "iommufd: attached",
    ]
    #expect(answers(Scene.seed(hba: nil)) == expected)
    #expect(answers(Scene.seed(nic: nil, hba: nil)) == expected, "whoever takes the NIC binds it first")
    let flagged = answers(Scene.seed(hba: nil), allowUnused: true)
    #expect(flagged.filter { !$0.hasSuffix("attached") } == ["implicit-rfc1: IOASID_MAP_DMA EDEADLK"])
  }

  @Test func `who takes every member is refused by none`() {
    let both = [Scene.nic, Scene.hba]
    #expect(answers(Scene.seed(hba: "vfio-pci"), both).allSatisfy { $0.hasSuffix("attached") })
    #expect(answers(Scene.seed(nic: nil, hba: nil), both).allSatisfy { $0.hasSuffix("attached") })
  }

  @Test func `what would be lost and who would be reached is foretold`() {
    let forecast = Forecast(.autoUnbind, taking: [Scene.nic], in: Scene.seed(), labels: Scene.labels)
    #expect(forecast.lost == [Forecast.Lost(address: Scene.hba, driver: "sym53c8xx", carries: ["sda"])])
    #expect(forecast.atRisk == [Scene.hba])
    #expect(
      forecast.sentence(Scene.labels)
        == "It would be attached. sym53c8xx would be gone from 02:02.0 HBA, and sda with it, unasked. "
        + "Nobody would have named 02:02.0 HBA, within its reach.")
  }

  @Test(arguments: RuleSet.allCases)
  func `whoever asks for a bridge is not told to bind it to a driver that takes none`(model: RuleSet) throws {
    let forecast = Forecast(model, taking: [Scene.bridge], in: Scene.seed(hba: "vfio-pci"))
    let why = try #require(forecast.refusal?.why)
    #expect(why.next == ["Ask for what is below it."], "\(why)")
    #expect(why.sentence.contains("bridge"))
  }

  @Test func `a difference is explained only where there is one`() {
    let agreed = Forecast(.iommufd, taking: [Scene.nic], in: Scene.seed())
    let other = Forecast(.explicitLinux, taking: [Scene.nic], in: Scene.seed())
    #expect(Forecast.difference([agreed, other]) == nil)
    let april = Forecast(.implicitApril, taking: [Scene.nic], in: Scene.seed(hba: nil))
    let linux = Forecast(.iommufd, taking: [Scene.nic], in: Scene.seed(hba: nil))
    #expect(
      Forecast.difference([linux, april])
        == "Only iommufd would grant it: the sketch of April wants every member joined, or IOASID_IMPLICIT_GROUP.")
  }
}
