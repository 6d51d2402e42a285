public import Topology

/// Which interface's rules decide: what a group is worth, and what a call answers. The raw values are the names of
/// `--model`.
public enum RuleSet: String, Hashable, Sendable, CaseIterable {
  /// 5.19 and later: DMA ownership. A bound driver blocks unless it sets `driver_managed_dma`
  /// (drivers/iommu/iommu.c `iommu_device_use_default_domain`).
  case explicitLinux = "explicit"
  /// Before 5.19: drivers/vfio/vfio.c `vfio_dev_viable`. Bridges never block, whatever drives them.
  case explicit2021 = "explicit-2021"
  /// `/dev/ioasid` as sketched in April 2021: JOIN_IOASID_FD, ATTACH_IOASID, IOASID_IMPLICIT_GROUP. Never in a kernel.
  case implicitApril = "implicit"
  /// The RFC of 27 May 2021. Never in a kernel.
  case implicitRFC1 = "implicit-rfc1"
  /// The RFC of 9 July 2021 with its code of September. Never in a kernel.
  case implicitRFC2 = "implicit-rfc2"
  /// The straw man of April 2021: joining unbinds whatever is in the way. Never proposed.
  case autoUnbind = "auto-unbind"
  /// Linux since 6.6: iommufd and device nodes, with groups and containers beside them.
  case iommufd

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
