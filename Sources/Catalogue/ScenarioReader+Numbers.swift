import HostSimulated
import Ownership
import Topology

extension ScenarioReader {
  /// A group has one number, and a number one group: those of the machine before anybody said what they are called.
  static func checkNumbers(_ document: ScenarioDocument, _ machine: Machine) throws(DocumentError) {
    var bare = machine
    bare.groups = []
    let world = SimulatedHost(bare).world
    var seen: [(label: String, note: Machine.GroupNote, group: GroupID)] = []
    for (label, note) in zip(document.groups.names, machine.groups) {
      guard let group = world[note.member]?.group, let number = document.groups[label]?.fields["number"] else {
        continue
      }
      if let same = seen.first(where: { $0.group == group && $0.note.id != note.id }) {
        throw number.error(expected: "the number \(same.note.id) that [group.\(same.label)] gives the same group")
      }
      if let other = seen.first(where: { $0.group != group && $0.note.id == note.id }) {
        throw number.error(expected: "a number that no other group has; the one of \(other.label) has it")
      }
      let stated = machine.parts.first { $0.statedGroup == note.id && $0.port.address != note.member }
      if stated != nil, group != note.id {
        throw number.error(expected: "a number that no device states with group = N")
      }
      seen.append((label, note, group))
    }
  }
}
