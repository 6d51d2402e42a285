/// Every look, change and event, oldest first, at most 2 000.
struct LogBook: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    var number: Int
    var at: Moment
    var note: Note
  }
  var entries: [Entry] = []
  var isFollowing = true
}
