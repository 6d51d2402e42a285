extension RandomAccessCollection {
  /// The first element of a sorted collection for which `isReached` holds, found by halving.
  /// `isReached` must be false up to some place and true from there on.
  @inlinable
  package func partitioningIndex(where isReached: (Element) -> Bool) -> Index {
    var (low, count) = (startIndex, self.count)
    while count > 0 {
      let half = count / 2
      let middle = index(low, offsetBy: half)
      if isReached(self[middle]) {
        count = half
      } else {
        low = index(after: middle)
        count -= half + 1
      }
    }
    return low
  }
}
