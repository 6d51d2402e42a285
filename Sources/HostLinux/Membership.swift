import Topology

/// Who is in which group by the functions' links, as places among the functions. Made by one sort of numbers: a table
/// keyed by group costs more to begin than this does to make.
struct Membership {
  /// The groups that somebody points at, sorted.
  private(set) var ids: [GroupID] = []
  /// Places of members, group after group.
  private let places: [Int]
  /// Where each group's begin, and where the last one's end.
  private var starts: [Int] = []

  /// Functions are sorted by address, and so are the places of each group's members.
  init(_ functions: [Function]) {
    var keys: [UInt64] = []
    keys.reserveCapacity(functions.count)
    for place in functions.indices {
      if case .value(let id) = functions[place].group { keys.append(UInt64(id.number) << 32 | UInt64(place)) }
    }
    keys.sort()
    places = keys.map { Int($0 & 0xffff_ffff) }
    for (place, key) in keys.enumerated() {
      let id = GroupID(UInt32(key >> 32))
      if ids.last == id { continue }
      ids.append(id)
      starts.append(place)
    }
    starts.append(keys.count)
  }

  /// Places of a group's members; none of a group that nobody points at.
  subscript(id: GroupID) -> ArraySlice<Int> {
    let index = ids.partitioningIndex { $0 >= id }
    return index < ids.count && ids[index] == id ? places[starts[index]..<starts[index + 1]] : []
  }
}
