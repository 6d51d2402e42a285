extension MountTable.Mount {
  /// The directories that an overlay is made of, as whoever mounted it named them; nil for any other file system
  /// (fs/overlayfs/params.c `ovl_show_options`).
  var layers: [String]? {
    guard type == "overlay" else { return nil }
    return options.split(separator: ",").flatMap { option -> [String] in
      guard let equals = option.firstIndex(of: "=") else { return [] }
      let value = MountTable.plain(option[option.index(after: equals)...])
      switch option[..<equals] {
      case "lowerdir": return Self.parts(value)
      case "lowerdir+", "datadir+", "upperdir", "workdir": return [value]
      default: return []
      }
    }
  }

  /// Paths with colons between them; one that belongs to a path has a backslash before it. Two in a row begin the layers
  /// that hold data alone.
  private static func parts(_ value: String) -> [String] {
    var parts = [""]
    var isEscaped = false
    for character in value {
      if isEscaped || character != "\\" && character != ":" {
        parts[parts.count - 1].append(character)
        isEscaped = false
      } else if character == ":" {
        parts.append("")
      } else {
        isEscaped = true
      }
    }
    return parts.filter { !$0.isEmpty }
  }
}
