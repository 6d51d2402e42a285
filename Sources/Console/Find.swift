/// The last search.
struct Find: Hashable, Sendable {
  var text = ""
}
