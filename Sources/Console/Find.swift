/// The last search.
struct Find: Hashable, Sendable {
  /// As typed; empty before the first search.
  var text = ""
}
