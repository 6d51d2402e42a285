import CLinux
import Topology

extension JournalLock {
  /// Who acts, as far as the lock's file tells.
  public struct Holder: Hashable, Sendable {
    /// A process, and what it is about.
    public struct Process: Hashable, Sendable {
      /// Its number.
      public var number: Int32
      /// What it is about: a command line, or of a child what it is to write and where.
      public var words: String
    }
    /// The process that took the lock; nil when its line is not there (yet).
    public var owner: Process?
    /// Whether that process is there: without it, a child has been left to wait.
    public var isOwnerAlive: Bool
    /// The children that carry out effects, those that are there.
    public var children: [Process]

    /// What the file of a lock says.
    init(_ text: String, isAlive: (Int32) -> Bool = { cl_is_alive($0) == 1 }) {
      let processes = text.split(separator: "\n").compactMap { line -> Process? in
        let words = line.split(separator: " ", maxSplits: 1)
        guard words.count == 2, let number = Int32(words[0]), number > 0 else { return nil }
        return Process(number: number, words: Clean.visible(words[1]))
      }
      owner = processes.first
      isOwnerAlive = owner.map { isAlive($0.number) } ?? false
      children = processes.dropFirst().filter { isAlive($0.number) }
    }
  }
}

extension JournalLock.Holder: CustomStringConvertible {
  /// Who acts, in a sentence without its end: `process 1234 ('viable assign group:5')`.
  public var description: String {
    guard let owner else { return "another process" }
    let children = children.map { "process \($0.number) is to \($0.words)" }.joined(separator: ", ")
    if isOwnerAlive || children.isEmpty {
      return "process \(owner.number) ('\(owner.words)')" + (children.isEmpty ? "" : "; its \(children)")
    }
    return "\(children), which waits although '\(owner.words)' has ended"
  }
}
