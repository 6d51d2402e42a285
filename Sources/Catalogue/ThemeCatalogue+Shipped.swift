public import Console

extension ThemeCatalogue {
  /// The themes inside the binary, the default one first. A test compares them with the folder.
  public static let shippedNames = [
    "default-dark", "default-light", "high-contrast", "cvd-protan", "cvd-deutan", "cvd-tritan", "console-8", "mono",
  ]

  /// What is used where nothing else is asked for, or where what was asked for is broken. Plain text without a
  /// colour, if even this one were broken, which a test rules out.
  public static let fallback: Theme = {
    do throws(DocumentError) {
      return try ThemeCatalogue().theme(named: shippedNames[0])
    } catch {
      return Theme(name: shippedNames[0], appearances: [:])
    }
  }()

  /// The text of a shipped theme, for a person to copy and change; nil when there is none of that name.
  public static func source(of name: String) -> String? {
    shippedNames.contains(name) ? String(decoding: shipped(name), as: UTF8.self) : nil
  }

  static func shipped(_ name: String) -> [UInt8] {
    switch name {
    case "default-dark": PackageResources.default_dark_toml
    case "default-light": PackageResources.default_light_toml
    case "high-contrast": PackageResources.high_contrast_toml
    case "cvd-protan": PackageResources.cvd_protan_toml
    case "cvd-deutan": PackageResources.cvd_deutan_toml
    case "cvd-tritan": PackageResources.cvd_tritan_toml
    case "console-8": PackageResources.console_8_toml
    case "mono": PackageResources.mono_toml
    default: []
    }
  }
}
