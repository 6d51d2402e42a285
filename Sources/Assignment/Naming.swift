import Ownership
import Topology

/// How devices are called in sentences: `02:02.0 HBA`, or the bare address where nobody gave it a name.
struct Naming {
  private let labels: [Address: String]

  init(_ labels: [Address: String]) { self.labels = labels }

  /// Address and label.
  subscript(address: Address) -> String {
    labels[address].map { "\(address.short) \(Clean.visible($0))" } ?? address.short
  }

  /// The label alone with its article, `the NIC`; the address where there is none.
  func spoken(_ address: Address) -> String {
    guard let label = labels[address] else { return self[address] }
    // `fn1` and `port 2` are names already.
    let isName = label.utf8.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return (isName ? "" : "the ") + Clean.visible(label)
  }

  /// `a`, `a and b`, `a, b and c`.
  func list(_ parts: [String]) -> String {
    guard let last = parts.last else { return "nothing" }
    return parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + " and " + last
  }
}

/// Where DMA goes, in an interface's own words.
struct DomainWords {
  private let rules: RuleSet

  init(_ rules: RuleSet) { self.rules = rules }

  /// A word or two for a table.
  func word(_ domain: Domain) -> String {
    switch domain {
    case .host: "host"
    case .blocked: "blocked"
    case .space(_, 0): "container"
    case .space(_, let number): "\(rules == .iommufd ? "IOAS" : "IOASID") \(number)"
    }
  }

  /// The same inside a sentence.
  func phrase(_ domain: Domain) -> String {
    switch domain {
    case .host: "the host's domain"
    case .blocked: "blocked DMA"
    case .space(_, 0): "the container's space"
    case .space: word(domain)
    }
  }
}
