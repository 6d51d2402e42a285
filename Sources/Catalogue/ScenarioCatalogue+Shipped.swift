extension ScenarioCatalogue {
  /// The scenarios inside the binary, the default one first. A test compares them with the folder.
  public static let shippedNames = [
    "nic-and-hba", "released-hba", "both-joined", "two-vms", "naive-vmm", "dpdk-one-address", "success-path",
    "nic-reaches-disk", "dual-function", "taken-back", "shared-requester", "third-card", "host-driver-returns",
    "unplugged-in-use", "killed-owner", "permissions", "legacy-and-cdev", "stub-and-port", "eperm-lookalikes",
    "acs-override", "vdpa", "partial-group",
  ]

  /// The text of a shipped scenario, for a person to copy and change; nil when there is none of that name.
  public static func source(of name: String) -> String? {
    shippedNames.contains(name) ? String(decoding: shipped(name), as: UTF8.self) : nil
  }

  static func shipped(_ name: String) -> [UInt8] {
    switch name {
    case "nic-and-hba": PackageResources.nic_and_hba_toml
    case "released-hba": PackageResources.released_hba_toml
    case "both-joined": PackageResources.both_joined_toml
    case "two-vms": PackageResources.two_vms_toml
    case "naive-vmm": PackageResources.naive_vmm_toml
    case "dpdk-one-address": PackageResources.dpdk_one_address_toml
    case "success-path": PackageResources.success_path_toml
    case "nic-reaches-disk": PackageResources.nic_reaches_disk_toml
    case "dual-function": PackageResources.dual_function_toml
    case "taken-back": PackageResources.taken_back_toml
    case "shared-requester": PackageResources.shared_requester_toml
    case "third-card": PackageResources.third_card_toml
    case "host-driver-returns": PackageResources.host_driver_returns_toml
    case "unplugged-in-use": PackageResources.unplugged_in_use_toml
    case "killed-owner": PackageResources.killed_owner_toml
    case "permissions": PackageResources.permissions_toml
    case "legacy-and-cdev": PackageResources.legacy_and_cdev_toml
    case "stub-and-port": PackageResources.stub_and_port_toml
    case "eperm-lookalikes": PackageResources.eperm_lookalikes_toml
    case "acs-override": PackageResources.acs_override_toml
    case "vdpa": PackageResources.vdpa_toml
    case "partial-group": PackageResources.partial_group_toml
    default: []
    }
  }
}
