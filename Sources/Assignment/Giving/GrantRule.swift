public import HostAccess
public import Topology

/// The udev rule that gives the nodes of one card in one place to a user, whenever they appear.
public struct GrantRule: Hashable, Sendable {
  /// The place.
  public var address: Address
  /// The card that has to be there.
  public var identity: Identity
  /// The user.
  public var grantee: Grantee

  /// All three.
  public init(_ address: Address, _ identity: Identity, to grantee: Grantee) {
    self.address = address
    self.identity = identity
    self.grantee = grantee
  }

  /// Where it stands.
  public static func file(for address: Address) -> ConfigurationFile { .grantRule(address.description) }

  /// The rule. A group's node has no parent and its number changes from boot to boot, so that it is known by the member
  /// that the kernel lists below that number; a device's own node is below the function. OWNER= is left to chown: udev
  /// 258 and 259 ignore the line of a rule that names no system user.
  public var text: String {
    let (vendor, device) = (hex(identity.vendor), hex(identity.device))
    let card = "ATTR{[pci/\(address)]vendor}==\"\(vendor)\", ATTR{[pci/\(address)]device}==\"\(device)\""
    let give = "MODE=\"0600\", RUN+=\"/bin/chown \(grantee.uid) $devnode\""
    return """
      # \(address) for user \(grantee.uid) (\(Self.comment(grantee.name))): written by viable grant --persist,
      # taken away by: viable grant \(address) --revoke
      ACTION=="remove", GOTO="viable_grant_end"
      SUBSYSTEM=="vfio", KERNEL=="[0-9]*", TEST=="/sys/kernel/iommu_groups/%k/devices/\(address)", \(card), \(give)
      SUBSYSTEM=="vfio-dev", KERNELS=="\(address)", ATTRS{vendor}=="\(vendor)", ATTRS{device}=="\(device)", \(give)
      SUBSYSTEM=="misc", KERNEL=="iommu", \(card), \(give)
      LABEL="viable_grant_end"

      """
  }

  private func hex(_ number: UInt16) -> String { "0x" + Hex.text(number, atLeast: 4) }

  /// A name as it may stand in a comment: one line.
  private static func comment(_ name: String) -> String {
    Clean.visible(name).split(separator: "\n", omittingEmptySubsequences: false).joined(separator: " ")
  }
}
