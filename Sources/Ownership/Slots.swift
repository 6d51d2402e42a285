/// A small table numbered like the kernel's: a new entry takes the lowest free number, and order is by number.
///
/// Numbers are reused, so a table from which everything was removed equals one that was never touched.
public struct Slots<Element: Hashable & Sendable>: Hashable, Sendable {
  /// A number and what stands there.
  public struct Entry: Hashable, Sendable {
    /// The number.
    public let number: Int
    /// What stands there.
    public var element: Element
  }
  /// By number.
  public private(set) var entries: [Entry] = []
  private let first: Int

  /// Empty; numbers begin at `first`.
  public init(from first: Int) { self.first = first }

  /// What stands at a number; setting nil removes it.
  public subscript(number: Int) -> Element? {
    get { entries.first { $0.number == number }?.element }
    set {
      let place = entries.firstIndex { $0.number >= number } ?? entries.endIndex
      let isTaken = place < entries.endIndex && entries[place].number == number
      switch (newValue, isTaken) {
      case (let element?, true): entries[place].element = element
      case (let element?, false): entries.insert(Entry(number: number, element: element), at: place)
      case (nil, true): entries.remove(at: place)
      case (nil, false): break
      }
    }
  }

  /// Puts `element` at the lowest free number, and says which that is.
  public mutating func add(_ element: Element) -> Int {
    let number = free
    self[number] = element
    return number
  }

  /// The lowest free number.
  public var free: Int {
    var number = first
    for entry in entries where entry.number == number { number += 1 }
    return number
  }

  /// Whether nothing is there.
  public var isEmpty: Bool { entries.isEmpty }
}
