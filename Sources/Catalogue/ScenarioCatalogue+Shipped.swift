extension ScenarioCatalogue {
  /// The scenarios inside the binary, the default one first. A test compares them with the folder.
  public static let shippedNames = ["nic-and-hba"]

  /// The text of a shipped scenario, for a person to copy and change; nil when there is none of that name.
  public static func source(of name: String) -> String? {
    shippedNames.contains(name) ? String(decoding: shipped(name), as: UTF8.self) : nil
  }

  static func shipped(_ name: String) -> [UInt8] {
    switch name {
    case "nic-and-hba": PackageResources.nic_and_hba_toml
    default: []
    }
  }
}
