/// Where a fact of configuration space stands, and what stands there: what a person can check with `setpci`.
public struct Evidence: Hashable, Sendable {
  /// Which register.
  public var register: ConfigRegister
  /// Its offset from the beginning of configuration space, in bytes.
  public var offset: UInt16
  /// What it holds, as wide as the register is.
  public var value: UInt32

  /// All three.
  public init(register: ConfigRegister, offset: UInt16, value: UInt32) {
    self.register = register
    self.offset = offset
    self.value = value
  }

  /// The register's name: `ACS Control`.
  public var name: String { register.name }
  /// Bytes: 1, 2 or 4.
  public var width: Int { register.width }
}

extension Evidence: CustomStringConvertible {
  /// `ACS Control (0x14e) = 0x001d`.
  public var description: String {
    "\(name) (0x\(Hex.text(offset, atLeast: 2))) = 0x\(Hex.text(value, atLeast: 2 * width))"
  }
}
