import Glibc
import HostAccess
import Topology

@testable import HostLinux

/// What tests of acting share: the files that a kernel would have, and the built program as the child.
extension Fixture {
  /// The program that was built beside the tests.
  static let program: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    let path = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/viable"
  }()

  /// The seed machine with the bus's and drivers' files, which a directory keeps as they are written.
  static func acting() -> Fixture {
    let machine = Fixture.seed()
    machine.file("sys/bus/pci/drivers_probe", "")
    for driver in ["e1000", "sym53c8xx", "vfio-pci"] { machine.file("sys/bus/pci/drivers/\(driver)/unbind", "") }
    return machine
  }

  func text(_ name: String) -> String {
    guard let file = unsafe fopen(path(name), "r") else { return "no \(name)" }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  func performer(lock: JournalLock? = nil) throws(HostError) -> LinuxPerformer {
    try LinuxPerformer(root: root, program: Self.program, lock: lock)
  }

  var state: StateDirectory { StateDirectory(root + "/state") }
}

extension LinuxPerformer {
  /// Waits for an effect as the loop does, by its descriptor.
  func finish(_ effect: Effect, within milliseconds: Int32 = 20_000) -> Progress {
    var progress = begin(effect)
    while case .waiting(let work) = progress {
      guard Self.isReadable(work.descriptor, within: milliseconds) else { return progress }
      progress = self.progress(of: work)
    }
    return progress
  }

  static func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
    var wish = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&wish, 1, milliseconds) > 0
  }
}

extension Progress {
  var error: HostError? {
    if case .failed(let error) = self { error } else { nil }
  }
  var work: Work? {
    if case .waiting(let work) = self { work } else { nil }
  }
}
