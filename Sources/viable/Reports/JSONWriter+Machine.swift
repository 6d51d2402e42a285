import Console
import HostAccess
import Ownership
import Topology

/// The objects that more than one document has.
extension JSONWriter {
  /// A whole document: its fields in alphabetical order, `schema` among them.
  static func document(_ page: inout Page, _ fields: (inout JSONWriter) -> Void) {
    var writer = JSONWriter(page)
    writer.object(fields)
    writer.end()
    page = writer.page
  }

  /// `"schema": "viable/1"`.
  mutating func schema() { field("schema", Self.schemaName) }
  /// What documents say they are.
  static let schemaName = "viable/1"

  /// `"host": {…}`.
  mutating func host(_ place: Place, _ facts: HostFacts) {
    key("host")
    object { json in
      json.field("iommu", facts.iommu.rawValue)
      json.key("iommus")
      json.array(facts.iommus) { $0.string($1) }
      json.field("kernel", "kernel_reason", facts.kernelRelease) { $0.string($1) }
      json.field("kind", place.kind.rawValue)
      json.field("name", place.name)
    }
  }

  mutating func addresses(_ addresses: [Address]) { array(addresses) { $0.string($1.description) } }

  /// One entry of `blockers`.
  mutating func blocker(_ blocker: Blocker) {
    object { json in
      switch blocker {
      case .driver(let address, let driver):
        json.field("address", address.description)
        json.field("driver", driver)
      case .otherDriver(let device, let driver):
        json.field("address", nil as String?)
        json.field("driver", driver)
        json.field("member", device)
      case .directRegion(let region):
        json.field("address", nil as String?)
        json.field("driver", nil as String?)
        json.field("range", region.range)
      case .holder(let holder):
        json.field("address", nil as String?)
        json.field("command", holder.command)
        json.field("driver", nil as String?)
        json.field("node", holder.node)
        json.field("process", holder.process)
      }
      json.field("reason", blocker.word)
    }
  }

  /// `viable`, and why it is null when it is.
  mutating func viable(_ verdict: Verdict) {
    field("viable", verdict.isViable)
    guard verdict.isViable == nil else { return }
    field("viable_reason", Sentences.reason(verdict.unknowns))
  }

  /// One entry of `disagreements`.
  mutating func disagreement(_ found: Disagreement) {
    object { json in
      json.field("address", found.address.description)
      json.field("directory", found.directory?.number)
      json.field("link", found.link?.number)
      if let why = found.linkIgnorance { json.field("link_reason", why.description) }
    }
  }

  /// A group and its verdict, and what a closer look read when `full`.
  mutating func group(_ group: Group, _ verdict: Verdict, full: Bool) {
    object { json in
      json.key("blockers")
      json.array(verdict.blockers) { $0.blocker($1) }
      json.field("id", group.id.number)
      if full { json.holders(group.holders) }
      json.key("members")
      json.addresses(group.members)
      if full { json.nodes(group.details?.node ?? .unknown(.notRead)) }
      json.others(group)
      if full { json.reserved(group.reserved) }
      json.field("state", verdict.state.rawValue)
      if full { json.field("type", "type_reason", group.details?.type ?? .unknown(.notRead)) { $0.string($1) } }
      json.viable(verdict)
    }
  }

  /// Members on other buses; null where the group's own directory was not read.
  private mutating func others(_ group: Group) {
    key("others")
    if group.isListed || !group.others.isEmpty {
      array(group.others) { json, other in json.other(other) }
    } else {
      null()
      field("others_reason", Sentences.othersUnread)
    }
  }

  private mutating func other(_ other: OtherMember) {
    object { json in
      json.field("driver", "driver_reason", other.driver) { $0.string($1) }
      json.field("name", other.name)
    }
  }

  private mutating func holders(_ holders: Known<[Holder]>) {
    let known: Known<[Holder]> = if case .absent = holders { .value([]) } else { holders }
    field("in_use", "in_use_reason", known) { json, holders in
      json.array(holders) { json, holder in
        json.object {
          $0.field("command", holder.command)
          $0.field("node", holder.node)
          $0.field("process", holder.process)
        }
      }
    }
  }

  private mutating func reserved(_ regions: Known<[ReservedRegion]>) {
    field("reserved", "reserved_reason", regions) { json, regions in
      json.array(regions) { json, region in
        json.object {
          $0.field("kind", region.kind.rawValue)
          $0.field("range", region.range)
        }
      }
    }
  }

  /// `nodes`: those that there are now.
  mutating func nodes(_ node: Known<Node>) {
    let nodes: Known<[Node]> = if case .absent = node { .value([]) } else { node.map { [$0] } }
    field("nodes", "nodes_reason", nodes) { json, nodes in
      json.array(nodes) { json, node in
        json.object {
          $0.field("group", node.group)
          $0.field("mode", "0" + String(node.mode, radix: 8))
          $0.field("owner", node.owner)
          $0.field("path", node.path)
        }
      }
    }
  }
}
