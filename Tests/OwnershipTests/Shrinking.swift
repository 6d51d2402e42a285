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
