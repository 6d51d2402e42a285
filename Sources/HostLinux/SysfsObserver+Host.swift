import CLinux
import Topology

extension SysfsObserver {
  /// What is known of the machine as a whole.
  func hostFacts(hasGroups: Bool, hasPCI: Bool) -> HostFacts {
    let iommus = (root.list("sys/class/iommu") ?? []).map(\.name).sorted()
    return HostFacts(
      kernelRelease: release(), commandLine: recorded(root.read(path: "proc/cmdline", Parse.line), live: .absent),
      iommu: iommu(hasGroups: hasGroups, iommus), iommus: iommus, hasPCI: hasPCI)
  }

  /// Groups exist only while an IOMMU is on; an image without the directory does not tell.
  private func iommu(hasGroups: Bool, _ iommus: [String]) -> IOMMUState {
    if hasGroups || !iommus.isEmpty { return .on }
    return root.isSysfs || root.list(GroupReader.path) != nil ? .off : .unknown
  }

  private func release() -> Known<String> {
    if root.isLive {
      var buffer = [UInt8](repeating: 0, count: 256)
      let count = unsafe cl_release(&buffer, buffer.count)
      if count > 0 { return .value(String(decoding: buffer[..<count], as: UTF8.self)) }
    }
    let release = root.read(path: "proc/sys/kernel/osrelease", Parse.line)
    if release.value != nil { return release }
    // "Linux version 6.12.95+deb12-amd64 (…) …"
    let version = root.read(path: "proc/version", Parse.line)
    if let words = version.value?.split(separator: " "), words.count > 2, words[1] == "version" {
      return .value(String(words[2]))
    }
    return recorded(release.ignorance == nil ? version : release, live: .absent)
  }

  private func recorded(_ fact: Known<String>, live: Known<String>) -> Known<String> {
    if case .absent = fact { return root.isLive ? live : .unknown(.notRecorded) }
    return fact
  }
}
