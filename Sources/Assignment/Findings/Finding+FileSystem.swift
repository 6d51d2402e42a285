import Topology

extension Finding {
  /// Without these nothing more can be run, the tool that would take it back included.
  private static let vital: Set<String> = ["/", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/var", "/nix"]

  /// A mounted file system on the function's disk.
  static func fileSystem(_ address: Address, source: String, at point: String, type: String, via: [String]) -> Finding {
    let isVital = vital.contains(point)
    let (what, place) = (Clean.visible(source), Clean.visible(point))
    let name = point == "/" ? "the root file system" : "\(Clean.visible(type)) mounted at \(place)"
    let text = "\(what) is \(name)\(Findings.way(via)): taking the driver away "
    return Finding(
      isVital ? .lockout : .medium, address, .fileSystem,
      text + (isVital ? "stops the machine." : "loses it with whatever is not written yet."))
  }
}
