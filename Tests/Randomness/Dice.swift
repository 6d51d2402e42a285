/// Random numbers for tests, the same ones for the same seed everywhere, so that a failure comes back. SplitMix64.
public struct Dice: RandomNumberGenerator {
  private var state: UInt64

  /// The seed.
  public init(state: UInt64) { self.state = state }

  /// Any number of 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// 0 or more, and less than the limit, which is at least 1.
  public mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// One of the elements, of which there is at least one.
  public mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }
}
