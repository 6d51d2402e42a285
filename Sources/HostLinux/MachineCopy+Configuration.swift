import HostAccess
import Topology

extension MachineCopy {
  /// What is configured about drivers, and nothing else of those files: each statement at its own line. Of libvirt's
  /// domains that is which functions they have; their names are left out unless private things are asked for.
  mutating func configuration() throws(HostError) {
    let configured = observer.configured(state: "/var/lib/viable")
    if let program = configured.driverctl { try image.file(String(program.dropFirst()), []) }
    for tool in configured.initramfs { try image.file(tool.programs[0], []) }
    if case .value(let modules) = configured.earlyModules {
      try image.file("etc/initramfs-tools/modules", Array(modules.map { $0 + "\n" }.joined().utf8))
    }
    var paths: [String] = []
    for statement in configured.statements where !paths.contains(statement.source.path) {
      paths.append(statement.source.path)
    }
    for path in paths where path != "/proc/cmdline" {
      let inner = String(path.dropFirst())
      if ConfigurationFile(path: path) != nil {
        try image.file(inner, root.bytes(inner, limit: ConfigurationFile.limit))
      } else {
        let statements = configured.statements.filter { $0.source.path == path }
        try image.file(inner, Array(text(statements).utf8))
      }
    }
  }

  private func text(_ statements: [Configured.Statement]) -> String {
    var lines: [String] = []
    for statement in statements {
      let place = (statement.source.line ?? 1) - 1
      while lines.count < place { lines.append("") }
      lines.append(words(statement.what))
    }
    if case .hostdev = statements.first?.what { return "<domain>" + lines.joined(separator: "\n") + "</domain>\n" }
    return lines.joined(separator: "\n") + "\n"
  }

  private func words(_ what: Configured.What) -> String {
    switch what {
    case .vfioIDs(let ids): return "options vfio-pci ids=" + ids.map(\.words).joined(separator: ",")
    case .blacklist(let module): return "blacklist " + module
    case .softdep(let module, let before): return "softdep \(module) pre: " + before.joined(separator: " ")
    case .hostdev(let address, let domain, let isManaged):
      let name = includesPrivate ? "<name>\(DomainText.escaped(domain))</name>" : "<name>domain</name>"
      let bus = Hex.text(address.bus, atLeast: 2)
      let place = "domain='0x\(Hex.text(address.domain, atLeast: 4))' bus='0x\(bus)'"
      let slot = "slot='0x\(Hex.text(address.device, atLeast: 2))' function='0x\(address.function)'"
      return name + "<hostdev type='pci' managed='\(isManaged ? "yes" : "no")'><source><address \(place) \(slot)/>"
        + "</source></hostdev>"
    case .override, .rule, .option, .assigned: return ""
    }
  }
}
