/// A PCI class code: base class, subclass and programming interface, 24 bits (PCI Code and ID Assignment).
public struct ClassCode: Hashable, Sendable {
  /// `0xbbsspp`, as sysfs `class` prints it.
  public let value: UInt32

  /// Only the low 24 bits count.
  public init(_ value: UInt32) { self.value = value & 0xff_ffff }

  /// Base class, for instance 0x02 network.
  public var base: UInt8 { UInt8(truncatingIfNeeded: value >> 16) }
  /// Base class and subclass, for instance 0x0200 Ethernet.
  public var baseAndSub: UInt16 { UInt16(truncatingIfNeeded: value >> 8) }
  /// Programming interface, for instance 0x30 xHCI.
  public var interface: UInt8 { UInt8(truncatingIfNeeded: value) }

  /// A PCI-to-PCI bridge or CardBus bridge: something with a bus below it.
  public var leadsToABus: Bool { baseAndSub == 0x0604 || baseAndSub == 0x0607 || baseAndSub == 0x0609 }
  /// The way from the processors to a root bus, in the ordinary header of a device.
  public var isHostBridge: Bool { baseAndSub == 0x0600 }
  /// Any bridge, host and ISA bridges included.
  public var isBridge: Bool { base == 0x06 }
}

extension ClassCode {
  /// The word a person uses for such a device, short enough for a column: "Ethernet", "SCSI HBA", "NVMe SSD".
  public var noun: String {
    if value == 0x010802 { return "NVMe SSD" }
    return Self.noun(of: baseAndSub, in: Self.nouns) ?? Self.noun(of: baseAndSub & 0xff00, in: Self.families)
      ?? "Device"
  }

  /// Base class and subclass, and the word for it.
  typealias Noun = (code: UInt16, word: String)

  private static func noun(of code: UInt16, in nouns: [Noun]) -> String? {
    let index = nouns.partitioningIndex { $0.code >= code }
    return index < nouns.count && nouns[index].code == code ? nouns[index].word : nil
  }

  /// Sorted, as are the families below: a search among so few is quicker than to make a table of hashes.
  static let nouns: [Noun] = [
    (0x0001, "VGA"), (0x0100, "SCSI HBA"), (0x0101, "IDE"), (0x0104, "RAID"), (0x0106, "SATA"), (0x0107, "SAS HBA"),
    (0x0108, "NVM"), (0x0180, "Storage"), (0x0200, "Ethernet"), (0x0207, "InfiniBand"), (0x0208, "Fabric"),
    (0x0280, "Network"), (0x0300, "VGA"), (0x0302, "3D"), (0x0380, "Display"), (0x0400, "Video"), (0x0401, "Audio"),
    (0x0403, "HD Audio"), (0x0480, "Multimedia"), (0x0500, "RAM"), (0x0502, "CXL memory"), (0x0580, "Memory"),
    (0x0600, "Host bridge"), (0x0601, "ISA bridge"), (0x0604, "PCI bridge"), (0x0607, "CardBus bridge"),
    (0x0609, "PCI bridge"), (0x0680, "Bridge"), (0x0700, "Serial"), (0x0703, "Modem"), (0x0780, "Communication"),
    (0x0800, "PIC"), (0x0801, "DMA"), (0x0803, "RTC"), (0x0805, "SD host"), (0x0806, "IOMMU"), (0x0807, "RCEC"),
    (0x0880, "System"), (0x0900, "Keyboard"), (0x0c00, "FireWire"), (0x0c03, "USB"), (0x0c04, "Fibre Channel"),
    (0x0c05, "SMBus"), (0x0d11, "Bluetooth"), (0x0d80, "Wireless"), (0x1000, "Crypto"), (0x1080, "Crypto"),
    (0x1100, "DPIO"), (0x1101, "Counters"), (0x1180, "Signal"), (0x1200, "Accelerator"),
  ]

  static let families: [Noun] = [
    (0x0100, "Storage"), (0x0200, "Network"), (0x0300, "Display"), (0x0400, "Multimedia"), (0x0500, "Memory"),
    (0x0600, "Bridge"), (0x0700, "Communication"), (0x0800, "System"), (0x0900, "Input"), (0x0a00, "Dock"),
    (0x0b00, "Processor"), (0x0c00, "Serial bus"), (0x0d00, "Wireless"), (0x0e00, "I2O"), (0x0f00, "Satellite"),
    (0x1000, "Crypto"), (0x1100, "Signal"), (0x1200, "Accelerator"), (0x1300, "Instrumentation"),
    (0x4000, "Co-processor"),
  ]
}
