public import Topology

/// Which kernel's rules decide whether a group is viable.
public enum RuleSet: String, Hashable, Sendable, CaseIterable {
  /// 5.19 and later: DMA ownership. A bound driver blocks unless it sets `driver_managed_dma`
  /// (drivers/iommu/iommu.c `iommu_device_use_default_domain`).
  case explicitLinux = "explicit"
  /// Before 5.19: drivers/vfio/vfio.c `vfio_dev_viable`. Bridges never block, whatever drives them.
  case explicit2021 = "explicit-2021"

  /// The rules of the kernel at hand. Without a record of its release: today's.
  public static func inForce(on kernel: Known<String>) -> RuleSet {
    guard let release = kernel.value, let version = KernelVersion(release) else { return .explicitLinux }
    return version < KernelVersion(major: 5, minor: 19) ? .explicit2021 : .explicitLinux
  }
}

/// The first two numbers of a kernel release: the rules changed with versions, not with patches.
public struct KernelVersion: Hashable, Comparable, Sendable {
  /// 6 of `6.12.95+deb12-amd64`.
  public let major: Int
  /// 12 of it.
  public let minor: Int

  /// Both numbers.
  public init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Reads `uname -r`; nil when it does not begin with two numbers.
  public init?(_ release: some StringProtocol) {
    let parts = release.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    let isDigit = { (character: Character) in ("0"..."9").contains(character) }
    guard parts.count >= 2, parts[0].allSatisfy(isDigit), let major = Int(parts[0]),
      let minor = Int(parts[1].prefix(while: isDigit))
    else { return nil }
    self.init(major: major, minor: minor)
  }

  /// By major, then minor.
  public static func < (left: KernelVersion, right: KernelVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }
}
