import CLinux
public import HostAccess
import Ownership

/// A user of this machine, as its databases have them (passwd(5), group(5), or whatever nsswitch.conf(5) names).
public struct Account: Hashable, Sendable {
  /// What it is called.
  public var name: String
  /// Its number.
  public var uid: UInt32
  /// Its own group.
  public var gid: UInt32
  /// Every group it is in, its own among them.
  public var groups: [UInt32]
  /// Its home directory.
  public var home: String
  /// Its shell.
  public var shell: String

  /// All of it.
  public init(name: String, uid: UInt32, gid: UInt32, groups: [UInt32], home: String, shell: String) {
    self.name = name
    self.uid = uid
    self.gid = gid
    self.groups = groups
    self.home = home
    self.shell = shell
  }
}

extension Account {
  /// The account of that name, or of that uid where the text is a number; nil where there is none.
  /// - Throws: `HostError` where the databases cannot be asked.
  public static func named(_ text: String) throws(HostError) -> Account? {
    guard !text.isEmpty, !text.utf8.contains(0) else { return nil }
    // A name comes first, as with chown(1): an account may be called 1000.
    if let account = try look(text, nil) { return account }
    guard let number = UInt32(text), number != .max else { return nil }
    return try look(text, number)
  }

  private static func look(_ name: String, _ number: UInt32?) throws(HostError) -> Account? {
    var (space, most) = (4096, 256)
    while true {
      do throws(SystemError) {
        return try look(name, number, space: space, most: most)
      } catch {
        if error.number == SystemError.noSuchFile { return nil }
        guard error.number == SystemError.outOfRange, space < 1 << 22 else {
          throw HostError("look for the user", on: name, error.errno)
        }
        (space, most) = (space * 4, most * 4)
      }
    }
  }

  private static func look(
    _ name: String, _ number: UInt32?, space: Int, most: Int
  ) throws(SystemError) -> Account {
    var found = cl_account()
    var text = [UInt8](repeating: 0, count: space)
    var groups = [UInt32](repeating: 0, count: most)
    let count = try Syscalls.call {
      unsafe text.withUnsafeMutableBytes { text in
        unsafe cl_account_of(
          name, number ?? .max, &found, text.baseAddress?.assumingMemoryBound(to: CChar.self), space, &groups, most)
      }
    }
    func word(_ offset: UInt32) -> String {
      String(decoding: text.dropFirst(Int(offset)).prefix { $0 != 0 }, as: UTF8.self)
    }
    return Account(
      name: word(found.name), uid: found.user, gid: found.group, groups: Array(groups.prefix(count)),
      home: word(found.home), shell: word(found.shell))
  }
}
