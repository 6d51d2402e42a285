import Assignment
import Ownership
import Testing
import Topology

/// The contract suite with the rules in the kernel's place: what a kernel gets to see of it, and that it notices.
@Suite struct ContractTests {
  private static let worlds = [Scene.seed(), Scene.seed(hba: nil), Scene.seed(hba: "vfio-pci")]

  private func reached(_ model: RuleSet, sequences: UInt64) -> Set<String> {
    var reached: Set<String> = []
    for (place, world) in Self.worlds.enumerated() {
      let contract = Contract(Rules(model), group: GroupID(5), in: world)
      for seed in 1...sequences {
        let run = contract.run(seed: seed + UInt64(place) * 1000, on: Kernel(rules: Rules(model), world: world))
        #expect(run.difference == nil && run.listed.isEmpty)
        for pair in run.reached.keys { reached.insert(pair.description) }
      }
    }
    return reached
  }

  @Test func `a seed makes the same sequence every time, and another seed another`() {
    let contract = Contract(Rules(.iommufd), group: GroupID(5), in: Scene.seed(hba: nil))
    #expect(contract.events(seed: 7) == contract.events(seed: 7))
    #expect(Set((1...200).map { contract.events(seed: $0) }).count == 200)
    #expect(Contract(Rules(.iommufd), group: GroupID(77), in: Scene.seed()).events(seed: 1).isEmpty)
  }

  /// The errors of groups and containers that were seen on a real kernel.
  @Test func `the sequences reach what groups and containers answer`() {
    let found = reached(.explicitLinux, sequences: 200)
    let expected = [
      "open(group) EBUSY", "open(group) ENOENT", "VFIO_GROUP_GET_STATUS 0", "VFIO_GROUP_GET_STATUS EFAULT",
      "VFIO_GROUP_GET_STATUS EINVAL", "VFIO_GROUP_SET_CONTAINER 0", "VFIO_GROUP_SET_CONTAINER EBADF",
      "VFIO_GROUP_SET_CONTAINER EINVAL", "VFIO_GROUP_SET_CONTAINER EBADFD", "VFIO_GROUP_SET_CONTAINER EPERM",
      "VFIO_GROUP_UNSET_CONTAINER 0", "VFIO_GROUP_UNSET_CONTAINER EINVAL", "VFIO_GROUP_UNSET_CONTAINER EBUSY",
      "VFIO_CHECK_EXTENSION 0", "VFIO_SET_IOMMU 0", "VFIO_SET_IOMMU EINVAL", "VFIO_SET_IOMMU ENODEV",
      "VFIO_IOMMU_MAP_DMA 0", "VFIO_IOMMU_MAP_DMA EINVAL", "VFIO_IOMMU_MAP_DMA EEXIST", "VFIO_IOMMU_MAP_DMA EFAULT",
      "VFIO_IOMMU_UNMAP_DMA 0", "VFIO_IOMMU_UNMAP_DMA EINVAL", "VFIO_GROUP_GET_DEVICE_FD 0",
      "VFIO_GROUP_GET_DEVICE_FD ENODEV", "VFIO_GROUP_GET_DEVICE_FD EINVAL", "close EBADF", "unknown ENOTTY",
    ]
    for pair in expected { #expect(found.contains(pair), "\(pair) was never reached") }
  }

  @Test func `the sequences reach what device nodes and iommufd answer`() {
    let found = reached(.iommufd, sequences: 300)
    let bind = ["0", "EPERM", "EBUSY", "EINVAL", "EBADFD"].map { "VFIO_DEVICE_BIND_IOMMUFD \($0)" }
    let attach = ["0", "EINVAL", "ENOENT", "ENOTTY"].map { "VFIO_DEVICE_ATTACH_IOMMUFD_PT \($0)" }
    let objects = [
      "VFIO_DEVICE_DETACH_IOMMUFD_PT 0", "IOMMU_DESTROY 0", "IOMMU_DESTROY ENOENT", "IOMMU_DESTROY EBUSY",
      "IOMMU_IOAS_ALLOC EOPNOTSUPP", "IOMMU_IOAS_ALLOC E2BIG", "IOMMU_IOAS_ALLOC EINVAL", "IOMMU_IOAS_MAP 0",
      "IOMMU_IOAS_MAP ENOENT", "IOMMU_IOAS_MAP EEXIST", "IOMMU_IOAS_MAP EINVAL", "IOMMU_IOAS_UNMAP 0",
      "IOMMU_IOAS_UNMAP ENOENT", "IOMMU_HWPT_ALLOC ENOENT", "IOMMU_HWPT_ALLOC EINVAL", "IOMMU_HWPT_ALLOC 0",
      "IOMMU_VFIO_IOAS ENODEV", "VFIO_SET_IOMMU ENODEV", "VFIO_SET_IOMMU EINVAL",
      "VFIO_GROUP_UNSET_CONTAINER 0", "open(group) EBUSY", "read EINVAL", "write EINVAL", "mmap EINVAL",
    ]
    for pair in bind + attach + objects { #expect(found.contains(pair), "\(pair) was never reached") }
  }

  @Test func `a kernel that is more lenient than the rules is noticed`() {
    let contract = Contract(Rules(.explicitLinux), group: GroupID(5), in: Scene.seed())
    let kernel = Kernel(rules: Rules(.explicitLinux), world: Scene.seed(hba: nil))
    let runs = (1...40).map { contract.run(seed: UInt64($0), on: kernel) }
    #expect(runs.contains { $0.difference?.call.hasPrefix("SET_CONTAINER") ?? false })
    #expect(runs.allSatisfy { $0.difference == nil || $0.trace.count == $0.calls || !$0.trace.isEmpty })
  }

  @Test func `whoever is held to a limit is alone, for a kernel would count two as one`() {
    let limited = Contract(Rules(.iommufd), group: GroupID(5), in: Scene.seed(), uid: 1000, memoryLimit: 65536)
    #expect(limited.users.map(\.name) == ["one"])
    #expect(Contract(Rules(.iommufd), group: GroupID(5), in: Scene.seed(), memoryLimit: 65536).users.count == 2)
  }
}
