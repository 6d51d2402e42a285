public import HostAccess
import Ownership
import Topology

extension SysfsObserver {
  /// What stands in driverctl's store, modprobe.d, the command line, libvirt's domains, viable's rules and its records.
  public func configured(state: String) -> Configured {
    defer { root.done.closeAll() }
    var reader = ConfigurationReader(root, state: state)
    reader.driverctl()
    reader.rules()
    reader.modprobe()
    reader.commandLine(hostFacts(hasGroups: false, hasPCI: true).commandLine)
    reader.domains()
    reader.assignments()
    reader.early()
    return reader.found
  }
}

/// Reads what is configured, file by file: at most so many of them, and so much of each.
struct ConfigurationReader {
  private let root: Root
  var found: Configured

  init(_ root: Root, state: String) {
    self.root = root
    found = Configured(state: state)
  }

  private static let most = 1000
  private static let limit = 1 << 20

  /// Where driverctl's program and its udev rule stand.
  static let driverctlFiles = [
    "usr/sbin/driverctl", "sbin/driverctl", "usr/lib/udev/rules.d/05-driverctl.rules",
    "lib/udev/rules.d/05-driverctl.rules",
  ]
  /// In the order of modprobe.d(5): a file hides those of its name in later directories.
  static let modprobeDirectories = [
    "etc/modprobe.d", "run/modprobe.d", "usr/local/lib/modprobe.d", "usr/lib/modprobe.d", "lib/modprobe.d",
  ]

  mutating func driverctl() {
    found.driverctl = Self.driverctlFiles.first { root.status($0) != nil }.map { "/" + $0 }
    for name in names("etc/driverctl.d") where name.hasPrefix("pci-") {
      guard let address = Address(String(name.dropFirst("pci-".count))) else { continue }
      note(.driverctl(address))
    }
  }

  mutating func rules() {
    for name in names("etc/udev/rules.d") {
      guard let file = ConfigurationFile(path: "/etc/udev/rules.d/" + name), case .bindingRule = file else { continue }
      note(file)
    }
  }

  mutating func modprobe() {
    var seen: Set<String> = []
    for directory in Self.modprobeDirectories {
      for name in names(directory) where name.hasSuffix(".conf") && seen.insert(name).inserted {
        let path = directory + "/" + name
        guard let text = text(path) else { continue }
        found.statements += ModprobeText.statements(text, at: "/" + path)
      }
    }
  }

  mutating func commandLine(_ line: Known<String>) {
    guard let text = line.value else {
      if let why = line.ignorance, why != .notRecorded { found.unread.append(Configured.Unread("/proc/cmdline", why)) }
      return
    }
    let line = KernelCommandLine(text)
    let source = Configured.Source("/proc/cmdline")
    if !line.vfioIDs.isEmpty { found.statements.append(Configured.Statement(.vfioIDs(line.vfioIDs), source)) }
    // modprobe heeds the first (modprobe.d(5), `modprobe.blacklist`), the kernel the second (kernel/module/main.c).
    for name in ["modprobe.blacklist", "module_blacklist"] {
      let modules = line.values(of: name).flatMap { $0.split(separator: ",") }
      found.statements += modules.map { Configured.Statement(.blacklist(String($0)), source) }
    }
    let isolation = ["disable_acs_redir", "config_acs"]
    var words = line.iommuOptions
    words += line.acsOverride.map { ["pcie_acs_override=" + $0.text] } ?? []
    words += line.pci.filter { word in isolation.contains { word.hasPrefix($0) } }.map { "pci=" + $0 }
    found.statements += words.map { Configured.Statement(.option($0), source) }
  }

  mutating func domains() {
    for name in names("etc/libvirt/qemu") where name.hasSuffix(".xml") {
      let path = "etc/libvirt/qemu/" + name
      guard let text = text(path) else { continue }
      found.statements += DomainText.statements(text, at: "/" + path)
    }
  }

  mutating func assignments() {
    for name in names(String((found.state + "/assignments").drop { $0 == "/" })) {
      guard let address = Address(name) else { continue }
      note(.assignment(address, state: found.state))
    }
  }

  /// The programs tell; an image may have only their settings.
  mutating func early() {
    let signs = [\InitramfsTool.programs, \InitramfsTool.settings]
    let tools = signs.map { sign in
      InitramfsTool.allCases.filter { tool in tool[keyPath: sign].contains { root.status($0) != nil } }
    }
    found.initramfs = tools.first { !$0.isEmpty } ?? []
    found.earlyModules = root.document("etc/initramfs-tools/modules", limit: Self.limit).map { text in
      text.split(separator: "\n").compactMap { line in
        line.split { $0 == " " || $0 == "\t" }.first.flatMap { $0.hasPrefix("#") ? nil : String($0) }
      }
    }
  }

  /// Takes in one of the files that viable writes as well.
  private mutating func note(_ file: ConfigurationFile) {
    guard let text = text(String(file.path.dropFirst())) else { return }
    if let statement = Configured.statement(of: file, text) {
      found.statements.append(statement)
    } else {
      found.unread.append(Configured.Unread(file.path, .malformed("it says nothing that is understood")))
    }
  }

  private mutating func names(_ directory: String) -> [String] {
    if let list = root.list(directory) { return list.map(\.name).sorted().prefix(Self.most).map(\.self) }
    if root.status(directory) != nil { found.unread.append(Configured.Unread("/" + directory, .needsRoot)) }
    return []
  }

  private mutating func text(_ path: String) -> String? {
    switch root.document(path, limit: Self.limit) {
    case .value(let text): return text
    case .absent: return nil
    case .unknown(let why):
      found.unread.append(Configured.Unread("/" + path, why))
      return nil
    }
  }
}
