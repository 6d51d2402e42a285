/// What the device list shows. A group is never shown in part.
struct Filter: Hashable, Sendable {
  var text = ""
}
