/// What a handed-over device can be written down as. The raw values are the words of `--as`.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable {
  case qemu
  case libvirt
  case dpdk
  case spdk
  case script
  case dot
  case svg
  case report

  /// What it is, in a few words.
  public var purpose: String {
    switch self {
    case .qemu: "arguments for QEMU"
    case .libvirt: "hostdev elements for a libvirt domain"
    case .dpdk: "EAL arguments for DPDK"
    case .spdk: "environment and configuration for SPDK"
    case .script: "the plan of assigning it as a shell script"
    case .dot: "a picture of tree and groups for graphviz"
    case .svg: "a picture of tree and groups to paste anywhere"
    case .report: "Markdown for a bug report, private things left out"
    }
  }

  /// Whether it shows a machine, and not what somebody starts on it: the whole machine where nothing is named.
  public var isPicture: Bool { self == .dot || self == .svg || self == .report }

  /// What its comments begin with; nil where it has none of its own kind.
  var comment: String? {
    switch self {
    case .qemu, .dpdk, .spdk, .script: "#"
    case .libvirt, .dot, .svg, .report: nil
    }
  }
}
