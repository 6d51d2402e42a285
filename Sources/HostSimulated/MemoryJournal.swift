public import HostAccess

/// A journal that lives as long as its value: for simulated machines, whose changes last no longer.
public struct MemoryJournal: JournalStore, Hashable, Sendable {
  private var kept: [Int: Entry] = [:]

  /// Nothing was done yet.
  public init() {}

  /// What is kept, oldest first.
  public func entries() -> [Entry] { kept.values.sorted { $0.number < $1.number } }
  /// Keeps an entry, in place of the one with its number.
  public mutating func save(_ entry: Entry) { kept[entry.number] = entry }
  /// Forgets an entry.
  public mutating func remove(_ number: Int) { kept[number] = nil }
}
