public import Topology

extension SysfsObserver {
  /// Configuration space of functions, each in at most a handful of reads. What wakes somebody may hang, and is read where
  /// the reader can be left behind.
  public func configSpaces(of functions: [Address], waking: Bool = false) -> [Address: Known<ConfigSpace>] {
    defer { root.done.closeAll() }
    let devices = root.devicesPath
    let parts = divided(functions.count) { observer, range in
      var reader = FunctionReader(observer.root, below: devices)
      return functions[range].map { observer.configSpace(of: $0, &reader) }
    }
    var spaces = Dictionary(zip(functions, parts.joined())) { first, _ in first }
    // In an image nobody can be woken.
    guard waking, root.isSysfs else { return spaces }
    let asleep = functions.filter { spaces[$0] == .unknown(.suspended) }
    let paths = asleep.map { root.directory(of: $0, below: devices).map { $0 + "/config" } ?? "" }
    for (address, bytes) in zip(
      asleep, CautiousReader(root, patience: CautiousReader.wakingPatience).read(paths, .config))
    {
      // Woken, it shows all that the kernel can reach; how much that is, is how much there was.
      spaces[address] = bytes.map { ConfigSpace($0, size: $0.count <= 128 ? nil : $0.count, beyond: .needsRoot) }
    }
    return spaces
  }

  private func configSpace(of address: Address, _ reader: inout FunctionReader) -> Known<ConfigSpace> {
    do { try reader.move(to: address) } catch { return .missing(error) }
    if root.isSysfs, isAsleep(reader) { return .unknown(.suspended) }
    let config = recorded(reader.configSpace())
    // Whoever took the image left it asleep.
    return config == .unknown(.notRecorded) && isAsleep(reader) ? .unknown(.suspended) : config
  }

  private func isAsleep(_ reader: borrowing FunctionReader) -> Bool {
    reader.read("power/runtime_status", Parse.word).value == "suspended"
  }

  /// What `reset_method` lists. Words of a newer kernel are left out.
  public func resetMethods(of functions: [Address]) -> [Address: Known<[ResetMethod]>] {
    defer { root.done.closeAll() }
    var reader = FunctionReader(root, below: root.devicesPath)
    var methods: [Address: Known<[ResetMethod]>] = [:]
    for address in functions {
      do {
        try reader.move(to: address)
      } catch {
        methods[address] = .missing(error)
        continue
      }
      let found: Known<[ResetMethod]> = reader.read("reset_method") { bytes in
        let words = String(decoding: bytes).split { $0 == " " || $0 == "\n" }
        return .value(words.compactMap { ResetMethod(rawValue: String($0)) })
      }
      // Kernels before 5.15 can reset without saying how.
      if case .absent = found, root.isSysfs, reader.isThere("reset") {
        methods[address] = .unknown(.notRecorded)
      } else {
        methods[address] = recorded(found)
      }
    }
    return methods
  }
}
