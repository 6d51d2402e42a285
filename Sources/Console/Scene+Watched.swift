import Ownership
public import Topology

extension Scene {
  /// What the slow look concerns, for changes that announce themselves nowhere: the functions on screen, the marked
  /// ones and those bound to a vfio driver.
  public var watched: Set<Address> {
    var concerned = Set(marks.map(\.address))
    for (address, state) in states where state == .vfio || state == .open { concerned.insert(address) }
    let first = min(max(0, cursor.top), rows.count)
    let last = min(rows.count, max(first, cursor.top + layout.deviceRows))
    concerned.formUnion(rows[first..<last].compactMap(\.address))
    return concerned
  }
}
