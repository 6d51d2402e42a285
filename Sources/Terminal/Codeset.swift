import CTerminal

/// What the environment says about characters. Asked once, before anything is drawn or printed.
public struct Codeset: Hashable, Sendable {
  /// Its name, such as `UTF-8`.
  public let name: String
  /// Whether characters beyond ASCII may be drawn.
  public let isUTF8: Bool
  /// Chinese, Japanese and Korean terminals may show box drawing two columns wide, so ASCII is safer there.
  public let isAmbiguousWide: Bool

  /// Takes LC_CTYPE over from the environment, for the whole process. Where its locale does not exist here although
  /// UTF-8 is asked for, as over ssh, C.UTF-8 stands in.
  public static func adopt() -> Codeset {
    let isUTF8 = ct_locale_init()
    let locale = unsafe String(cString: ct_locale_name())
    return unsafe Codeset(
      name: String(cString: ct_codeset()), isUTF8: isUTF8,
      isAmbiguousWide: ["ja", "ko", "zh"].contains { locale.hasPrefix($0) })
  }
}
