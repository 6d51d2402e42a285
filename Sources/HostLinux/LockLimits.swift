public import HostAccess
public import Topology

/// How much memory a user's next login may lock, as pam_limits(8) and systemd are told. What a service of his own says
/// is not looked at.
public enum LockLimits {
  /// The limit of a user, below `/` or the directory of an image: absent where nothing is configured.
  public static func limit(of user: String, root path: String = "/") -> Known<LockLimit> {
    guard let root = try? Root(path) else { return .unknown(.notRecorded) }
    let groups = groups(of: user, root)
    var found: (rank: Rank, limit: LockLimit)?
    let more = (root.list("etc/security/limits.d") ?? []).map(\.name).filter { $0.hasSuffix(".conf") }.sorted()
    for file in ["etc/security/limits.conf"] + more.map({ "etc/security/limits.d/" + $0 }) {
      switch root.document(file, limit: 1 << 20) {
      case .value(let text):
        // pam_limits.c `process_limit`: whoever is named more closely counts, and of equals the last.
        for (rank, bytes) in lines(of: text, for: user, groups) where rank >= found?.rank ?? .everybody {
          found = (rank, LockLimit(bytes: bytes, source: "/" + file))
        }
      case .absent: continue
      case .unknown(let why): return .unknown(why)
      }
    }
    return found.map { .value($0.limit) } ?? systemd(root)
  }

  /// How closely a line names a user.
  private enum Rank: Int, Comparable {
    case everybody, group, user
    static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
  }

  /// The soft limits on `memlock` that lines give a user, in KiB each in the file, in bytes here.
  private static func lines(of text: String, for user: String, _ groups: Set<String>) -> [(Rank, UInt64?)] {
    text.split(separator: "\n").compactMap { line in
      let words = line.prefix { $0 != "#" }.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard words.count == 4, words[2] == "memlock", words[1] == "-" || words[1] == "soft",
        let rank = rank(of: words[0], for: user, groups), let bytes = kibibytes(words[3])
      else { return nil }
      return (rank, bytes)
    }
  }

  private static func rank(of domain: Substring, for user: String, _ groups: Set<String>) -> Rank? {
    if domain == user { return .user }
    if domain == "*" { return .everybody }
    return domain.hasPrefix("@") && groups.contains(String(domain.dropFirst())) ? .group : nil
  }

  /// Nil for what is no limit's text, and nil within for no limit.
  private static func kibibytes(_ text: Substring) -> UInt64?? {
    if ["unlimited", "infinity", "-1"].contains(text) { return .some(nil) }
    guard let count = UInt64(text), count < 1 << 50 else { return nil }
    return count * 1024
  }

  /// The names of a user's groups, from group(5) and the user's own group in passwd(5).
  private static func groups(of user: String, _ root: Root) -> Set<String> {
    let lines = (root.document("etc/group", limit: 1 << 20).value ?? "").split(separator: "\n")
    let entries = lines.map { $0.split(separator: ":", omittingEmptySubsequences: false) }.filter { $0.count == 4 }
    let accounts = (root.document("etc/passwd", limit: 1 << 20).value ?? "").split(separator: "\n")
    let own = accounts.map { $0.split(separator: ":", omittingEmptySubsequences: false) }
      .first { $0.count == 7 && $0[0] == user }?[3]
    return Set(
      entries.filter { $0[2] == own || $0[3].split(separator: ",").contains(Substring(user)) }.map { String($0[0]) })
  }

  /// `DefaultLimitMEMLOCK=` of systemd-system.conf(5): the last one counts, and of `SOFT:HARD` the first half.
  private static func systemd(_ root: Root) -> Known<LockLimit> {
    let folder = "etc/systemd/system.conf.d"
    let more = (root.list(folder) ?? []).map(\.name).filter { $0.hasSuffix(".conf") }.sorted()
    var found: LockLimit?
    for file in ["etc/systemd/system.conf"] + more.map({ "\(folder)/\($0)" }) {
      for line in (root.document(file, limit: 1 << 20).value ?? "").split(separator: "\n") {
        let parts = line.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0] == "DefaultLimitMEMLOCK",
          let soft = parts[1].split(separator: ":").first, let bytes = size(soft)
        else { continue }
        found = LockLimit(bytes: bytes, source: "/" + file)
      }
    }
    return found.map { .value($0) } ?? .absent
  }

  /// `64M`, `8G`, `infinity`, bytes.
  private static func size(_ text: Substring) -> UInt64?? {
    if text == "infinity" { return .some(nil) }
    let shift: UInt64 =
      switch text.last {
      case "K": 10
      case "M": 20
      case "G": 30
      case "T": 40
      default: 0
      }
    guard let count = UInt64(shift == 0 ? text : text.dropLast()), count < 1 << 20 || shift == 0 else { return nil }
    return count << shift
  }
}
