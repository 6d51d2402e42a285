public import Topology

/// A file of configuration that outlasts a boot, by what it is for. No other file is ever written.
public enum ConfigurationFile: Hashable, Sendable {
  /// driverctl's store, `BUS-ADDRESS`: the name of the driver that it writes to `driver_override` when the function of
  /// this address appears (driverctl 0.111, `save_override`).
  case driverctl(Address)
  /// A udev rule of viable's own that does the same, where driverctl is not installed.
  case bindingRule(Address)
  /// A udev rule that gives nodes to a user; the name is one component of a path.
  case grantRule(String)
  /// Options for modprobe, so that vfio-pci comes before the function's own driver.
  case moduleOptions(Address)
  /// A hook that puts what early boot needs into the initramfs.
  case initramfsHook
  /// Which card was assigned for good, below a state directory.
  case assignment(Address, state: String)
}

extension ConfigurationFile {
  /// Where it stands. An assignment's path is absolute as it is; any other one is below the machine's root.
  public var path: String {
    switch self {
    case .driverctl(let address): "\(Self.driverctl)\(address)"
    case .bindingRule(let address): "\(Self.binding)\(address)\(Self.rule)"
    case .grantRule(let name): "\(Self.grant)\(name)\(Self.rule)"
    case .moduleOptions(let address): "\(Self.options)\(address).conf"
    case .initramfsHook: "/etc/initramfs-tools/hooks/viable"
    case .assignment(let address, let state): "\(state)\(Self.assignments)\(address)"
    }
  }

  /// The file at a path; nil where nothing is ever written.
  public init?(path: String) {
    func address(_ before: String, _ after: String = "") -> Address? {
      Self.inner(path, before, after).flatMap { Address(String($0)) }
    }
    if let address = address(Self.driverctl) {
      self = .driverctl(address)
    } else if let name = Self.inner(path, Self.grant, Self.rule) {
      self = .grantRule(String(name))
    } else if let address = address(Self.binding, Self.rule) {
      self = .bindingRule(address)
    } else if let address = address(Self.options, ".conf") {
      self = .moduleOptions(address)
    } else if path == Self.initramfsHook.path {
      self = .initramfsHook
    } else if let slash = path.lastIndex(of: "/"), path[..<slash].hasSuffix(Self.assignments.dropLast()),
      let address = Address(String(path[slash...].dropFirst()))
    {
      self = .assignment(address, state: String(path[..<slash].dropLast(Self.assignments.count - 1)))
    } else {
      return nil
    }
    guard isPermitted else { return nil }
  }

  /// The function that it is about; nil where it is about more.
  public var address: Address? {
    switch self {
    case .driverctl(let address), .bindingRule(let address), .moduleOptions(let address), .assignment(let address, _):
      address
    case .grantRule, .initramfsHook: nil
    }
  }

  /// Permission bits of a file that is made: all but the hook are data.
  public var mode: UInt16 { self == .initramfsHook ? 0o755 : 0o644 }

  /// Whether it is below a state directory, and not below the machine's root.
  public var isState: Bool { if case .assignment = self { true } else { false } }

  /// Whether it is one of udev's rules, which udev has to be told of.
  public var isRule: Bool {
    switch self {
    case .bindingRule, .grantRule: true
    case .driverctl, .moduleOptions, .initramfsHook, .assignment: false
    }
  }

  /// Whether it is one of the files that are ever written, whoever asks for it.
  public var isPermitted: Bool {
    switch self {
    case .driverctl, .bindingRule, .moduleOptions, .initramfsHook: true
    case .grantRule(let name):
      (1...100).contains(name.utf8.count) && name.utf8.allSatisfy(Self.isPlain) && name.utf8.first != Self.dot
    case .assignment(_, let state):
      state.utf8.first == Self.slash && state.utf8.count < 3000
        && state.dropFirst().split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
          !part.isEmpty && part != "." && part != ".." && part.unicodeScalars.allSatisfy { $0.value >= 32 }
        }
    }
  }

  /// The most that one may hold, in bytes: the order for it has to fit a pipe.
  public static let limit = 8192

  private static let driverctl = "/etc/driverctl.d/pci-"
  // Before every rule that loads modules, as driverctl's own.
  private static let binding = "/etc/udev/rules.d/05-viable-"
  // After the rules of distributions that give nodes to a group.
  private static let grant = "/etc/udev/rules.d/72-viable-grant-"
  private static let rule = ".rules"
  private static let options = "/etc/modprobe.d/viable-"
  private static let assignments = "/assignments/"
  private static let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))

  private static func inner(_ path: String, _ before: String, _ after: String) -> Substring? {
    guard path.hasPrefix(before), path.hasSuffix(after), path.utf8.count > before.utf8.count + after.utf8.count else {
      return nil
    }
    return path.dropFirst(before.count).dropLast(after.count)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ":"), dot:
      true
    default: false
    }
  }
}

extension ConfigurationFile: CustomStringConvertible {
  /// Its path.
  public var description: String { path }
}
