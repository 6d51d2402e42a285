import CLinux
import Topology

/// Logins that come over the network: this one, found through the processes above us, and whoever else is connected
/// to the port of the secure shell.
struct Logins {
  /// One connection.
  struct Login: Hashable {
    /// The other side's address.
    var from: String
    /// The machine's own address in it.
    var to: String
  }
  private(set) var found: [Login] = []
  /// Whether a process above us could not be asked.
  private(set) var isIncomplete = false

  init(_ root: Root) {
    guard root.isLive else { return }
    var ports: Set<UInt16> = [22]
    var process = Int32(truncatingIfNeeded: cl_parent())
    var steps = 0
    while process > 1, steps < 64 {
      ask(process, root, &ports)
      process = Self.parent(of: process, root)
      steps += 1
    }
    for table in ["proc/net/tcp", "proc/net/tcp6"] {
      note(connections: root.text(table, limit: 4 << 20), ports)
    }
  }

  private mutating func ask(_ process: Int32, _ root: Root, _ ports: inout Set<UInt16>) {
    let environment = root.document("proc/\(process)/environ")
    if environment.ignorance != nil { isIncomplete = true }
    note(environment: environment.value ?? "", &ports)
  }

  /// `SSH_CONNECTION=client port server port` in a process's environment.
  mutating func note(environment text: String, _ ports: inout Set<UInt16>) {
    for entry in text.split(separator: "\0") where entry.hasPrefix("SSH_CONNECTION=") {
      let words = entry.dropFirst("SSH_CONNECTION=".count).split(separator: " ")
      guard words.count == 4 else { continue }
      add(Login(from: String(words[0]), to: String(words[2])))
      if let port = UInt16(words[3]) { ports.insert(port) }
    }
  }

  private mutating func add(_ login: Login) { if !found.contains(login) { found.append(login) } }

  private static func parent(of process: Int32, _ root: Root) -> Int32 {
    // The name in parentheses may hold anything, parentheses too (fs/proc/array.c `do_task_stat`).
    let text = root.text("proc/\(process)/stat", limit: 4096)
    guard let end = text.lastIndex(of: ")") else { return 0 }
    let words = text[text.index(after: end)...].split(separator: " ")
    return words.count > 1 ? Int32(words[1]) ?? 0 : 0
  }

  /// Established connections (state 01) to one of the ports (net/ipv4/tcp_ipv4.c `get_tcp4_sock`).
  mutating func note(connections text: String, _ ports: Set<UInt16>) {
    for line in text.split(separator: "\n").dropFirst() {
      let words = line.split(separator: " ", maxSplits: 4)
      guard words.count == 5, words[3] == "01" else { continue }
      let (here, there) = (words[1].split(separator: ":"), words[2].split(separator: ":"))
      guard here.count == 2, there.count == 2, let port = UInt16(here[1], radix: 16), ports.contains(port),
        let to = Self.address(here[0]), let from = Self.address(there[0])
      else { continue }
      add(Login(from: from, to: to))
    }
  }

  /// `0100007F`, or 32 digits: words of four bytes, each as this machine stores it.
  static func address(_ digits: Substring) -> String? {
    guard digits.count == 8 || digits.count == 32 else { return nil }
    var bytes: [UInt8] = []
    var rest = digits
    while !rest.isEmpty {
      guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
      unsafe withUnsafeBytes(of: word) { bytes += unsafe Array($0) }
      rest = rest.dropFirst(8)
    }
    if bytes.count == 16, bytes[..<12] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] { bytes.removeFirst(12) }
    return bytes.count == 4 ? bytes.map(String.init).joined(separator: ".") : IPv6.text(bytes)
  }
}

/// The usual spelling of an IPv6 address (RFC 5952).
enum IPv6 {
  /// Of sixteen bytes.
  static func text(_ bytes: [UInt8]) -> String {
    let words = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
    var (longest, start) = (0..<0, 0)
    while start < 8 {
      var end = start
      while end < 8, words[end] == 0 { end += 1 }
      if end - start > max(longest.count, 1) { longest = start..<end }
      start = max(end, start + 1)
    }
    func spelled(_ range: Range<Int>) -> String {
      words[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard !longest.isEmpty else { return spelled(0..<8) }
    return spelled(0..<longest.lowerBound) + "::" + spelled(longest.upperBound..<8)
  }
}
