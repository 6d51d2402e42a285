import Assignment
import HostLinux
import Topology

/// What a command runs in: whose it is, and what its environment says.
struct RunSetting {
  let account: Account
  let handOver: HandOver

  init(_ account: Account, _ handOver: HandOver) {
    self.account = account
    self.handOver = handOver
  }

  /// The environment of whoever runs us, with the user's own home and name, as runuser(1) has it, and the numbers of
  /// what is handed over.
  func environment(from ours: [String]) -> [String] {
    let own: [(name: String, value: String)] = [
      ("HOME", account.home), ("LOGNAME", account.name), ("SHELL", account.shell), ("USER", account.name),
    ]
    let replaced = Set(own.map(\.name))
    let kept = ours.filter { entry in
      let name = String(entry.prefix { $0 != "=" })
      // Root's runtime directory is closed to everybody else.
      return !replaced.contains(name) && !HandOver.isOurs(name) && name != "XDG_RUNTIME_DIR"
    }
    return kept + (own + handOver.environment).map { "\($0.name)=\($0.value)" }
  }

  /// Said where the command may lock less than any guest has.
  static func memoryWarning(_ limit: MemorySize, _ account: Account) -> String? {
    guard limit.bytes < 1 << 30 else { return nil }
    return "\(Clean.visible(account.name)) may lock \(limit.words) of memory (RLIMIT_MEMLOCK): mapping more is refused "
      + "with ENOMEM; --memlock SIZE allows more"
  }
}
