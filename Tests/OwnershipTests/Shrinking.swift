/// Finds the shortest part of a failing list that still fails, by leaving out ever smaller pieces. What is left fails,
/// and without any one element it does not.
func shortest<Element>(of failing: [Element], _ fails: ([Element]) -> Bool) -> [Element] {
  var kept = failing
  var size = max(1, kept.count / 2)
  while true {
    var isShorter = false
    var start = 0
    while start < kept.count {
      var tried = kept
      tried.removeSubrange(start..<min(start + size, kept.count))
      if fails(tried) {
        kept = tried
        isShorter = true
      } else {
        start += size
      }
    }
    if size == 1 && !isShorter { return kept }
    size = max(1, size / 2)
  }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int(next() % UInt64(elements.count))]
  }
}
