public import Topology

/// What a machine's configuration says about who drives its functions: after the next boot, or whenever a tool acts.
public struct Configured: Hashable, Sendable {
  /// What was found, in the order of the files.
  public var statements: [Statement] = []
  /// What could not be read, and why: nobody knows what it says.
  public var unread: [Unread] = []
  /// The file that shows that driverctl is installed; nil where it is not.
  public var driverctl: String?
  /// The modules that the initramfs is told to load (`/etc/initramfs-tools/modules`); absent without such a file.
  public var earlyModules: Known<[String]> = .unknown(.notRead)
  /// What makes the initramfs here, as far as it is seen; empty where nothing is found.
  public var initramfs: [InitramfsTool] = []
  /// The state directory that assignments are kept in.
  public var state: String

  /// Nothing is configured.
  public init(state: String = "/var/lib/viable") { self.state = state }

  /// Something that is said, and where.
  public struct Statement: Hashable, Sendable {
    /// What.
    public var what: What
    /// Where.
    public var source: Source
    /// Both.
    public init(_ what: What, _ source: Source) {
      self.what = what
      self.source = source
    }
  }

  /// A file, and a line in it from 1 where that says more.
  public struct Source: Hashable, Sendable, CustomStringConvertible {
    /// The path, as the machine spells it.
    public var path: String
    /// The line.
    public var line: Int?
    /// Both.
    public init(_ path: String, line: Int? = nil) {
      self.path = path
      self.line = line
    }
    /// `/etc/modprobe.d/vfio.conf:3`.
    public var description: String { line.map { "\(path):\($0)" } ?? path }
  }

  /// A file or directory that could not be read.
  public struct Unread: Hashable, Sendable {
    /// Which.
    public var path: String
    /// Why.
    public var why: Ignorance
    /// Both.
    public init(_ path: String, _ why: Ignorance) {
      self.path = path
      self.why = why
    }
  }

  /// What can be said.
  public enum What: Hashable, Sendable {
    /// driverctl binds whatever has this address to a driver.
    case override(Address, DriverName)
    /// A rule of viable's own does, for one card.
    case rule(Address, DriverName)
    /// vfio-pci takes every card with these ids that no other driver has (drivers/vfio/pci/vfio_pci.c `ids`).
    case vfioIDs([IDPattern])
    /// The module is not loaded by its aliases (modprobe.d(5)).
    case blacklist(String)
    /// Other modules are loaded before this one.
    case softdep(String, before: [String])
    /// A word of the kernel's command line about IOMMU, isolation or groups.
    case option(String)
    /// A domain of libvirt's has the function; managed: libvirt binds and gives back by itself.
    case hostdev(Address, domain: String, isManaged: Bool)
    /// The card that was assigned for good.
    case assigned(Assigned)
  }
}

extension Configured {
  /// What concerns a function: what names its address, its ids, or the module of its driver.
  public func concerning(_ function: Function) -> [Statement] {
    statements.filter { statement in
      switch statement.what {
      case .override(let address, _), .rule(let address, _), .hostdev(let address, _, _): address == function.address
      case .assigned(let card): card.address == function.address
      case .vfioIDs(let ids):
        function.identity.value.map { identity in ids.contains { $0.matches(identity) } } ?? false
      case .blacklist(let module), .softdep(let module, _):
        function.driver.value.map(Self.folded) == Self.folded(module)
      case .option: false
      }
    }
  }

  /// What matters on a machine. A distribution ships blacklists and orders of modules by the dozen, below /usr/lib or
  /// /lib: of those only what concerns vfio or a driver that some function here has.
  public func mattering(on inventory: Inventory) -> [Statement] {
    let drivers = Set(inventory.functions.compactMap { $0.driver.value.map(Self.folded) })
    func concerns(_ module: String) -> Bool {
      let name = Self.folded(module)
      return name.hasPrefix("vfio") || drivers.contains(name)
    }
    return statements.filter { statement in
      guard ["/usr/lib/", "/lib/"].contains(where: { statement.source.path.hasPrefix($0) }) else { return true }
      switch statement.what {
      case .blacklist(let module): return concerns(module)
      case .softdep(let module, let before): return ([module] + before).contains(where: concerns)
      case .override, .rule, .vfioIDs, .option, .hostdev, .assigned: return true
      }
    }
  }

  /// The record of an address, with its source.
  public func assignment(of address: Address) -> (card: Assigned, source: Source)? {
    for statement in statements {
      if case .assigned(let card) = statement.what, card.address == address { return (card, statement.source) }
    }
    return nil
  }

  /// Every record.
  public var assignments: [Assigned] {
    statements.compactMap { if case .assigned(let card) = $0.what { card } else { nil } }
  }

  /// The driver that a function of this address is to get at the next boot, by driverctl or by a rule.
  public func kept(_ address: Address) -> (driver: DriverName, source: Source)? {
    for statement in statements {
      switch statement.what {
      case .override(address, let driver), .rule(address, let driver): return (driver, statement.source)
      default: continue
      }
    }
    return nil
  }

  /// The name of a module: dashes and underscores are one.
  public static func folded(_ module: String) -> String { String(module.map { $0 == "-" ? "_" : $0 }) }

  /// What one of the files that viable writes says.
  public static func statement(of file: ConfigurationFile, _ text: String) -> Statement? {
    let source = Source(file.path)
    switch file {
    case .driverctl(let address):
      // `$(< FILE)` takes what is there without its last ends of lines.
      let driver = text.split(separator: "\n").first.map(String.init) ?? ""
      return driver.isEmpty ? nil : Statement(.override(address, driver), source)
    case .bindingRule(let address):
      let key = "ATTR{driver_override}=\""
      for (place, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        guard !line.hasPrefix("#"), let found = line.firstRange(of: key) else { continue }
        let driver = line[found.upperBound...].prefix { $0 != "\"" }
        if !driver.isEmpty {
          return Statement(.rule(address, String(driver)), Source(file.path, line: place + 1))
        }
      }
      return nil
    case .assignment: return Assigned(text: text).map { Statement(.assigned($0), source) }
    case .grantRule, .moduleOptions, .initramfsHook: return nil
    }
  }
}
