import Assignment
import Ownership
import Topology

extension JSONWriter {
  /// The name of an interface, as a key.
  mutating func key(_ model: RuleSet) {
    switch model {
    case .explicitLinux: key("explicit")
    case .explicit2021: key("explicit-2021")
    case .implicitApril: key("implicit")
    case .implicitRFC1: key("implicit-rfc1")
    case .implicitRFC2: key("implicit-rfc2")
    case .autoUnbind: key("auto-unbind")
    case .iommufd: key("iommufd")
    }
  }

  /// A call and its answer.
  mutating func call(_ line: Comparison.Line) {
    object { json in
      json.field("as", line.user?.name)
      json.field("call", line.call)
      json.field("errno", line.errno?.name)
      json.field("name", line.name)
      json.strings("news", line.news)
      json.strings("next", line.why?.next ?? [])
      json.field("on", line.on)
      json.field("result", line.value)
      json.field("trace", line.text)
      json.field("why", line.why?.line)
    }
  }

  /// `"name": ["text", …]`.
  mutating func strings(_ name: StaticString, _ texts: some Sequence<String>) {
    key(name)
    array(texts) { $0.string($1) }
  }
}
