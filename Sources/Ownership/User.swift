/// A process that makes calls. Two users with one uid are still two owners.
public struct User: Hashable, Sendable {
  /// Process id: what tells users apart.
  public var process: Int32
  /// What the process is called: `qemu`, `dpdk-testpmd`.
  public var name: String
  /// Whose process it is; 0 has every capability.
  public var uid: UInt32
  /// `RLIMIT_MEMLOCK` in bytes; nil is unlimited, and so is root (CAP_IPC_LOCK).
  public var memoryLimit: UInt64?
  /// `RLIMIT_NOFILE`: descriptors are below it; nil is as good as none. It holds for root too.
  public var descriptorLimit: Int?

  /// A process.
  public init(process: Int32, name: String, uid: UInt32, memoryLimit: UInt64? = nil, descriptorLimit: Int? = nil) {
    self.process = process
    self.name = name
    self.uid = uid
    self.memoryLimit = memoryLimit
    self.descriptorLimit = descriptorLimit
  }

  /// Whether file modes and the capabilities asked for here hold it back.
  public var isPrivileged: Bool { uid == 0 }
}
