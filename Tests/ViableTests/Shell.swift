import Glibc

/// Runs shell lines, with the program that was built beside the tests first in PATH.
enum Shell {
  struct Outcome {
    var text: String
    var code: Int32
  }

  struct Trouble: Error {
    var what: String
  }

  /// The package's directory.
  static let package = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/")

  /// The directory of the test runner, which is the program's too.
  static let products: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    let path = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }()

  /// Standard output of a bash line and its exit code; `2>&1` is the line's own business.
  static func run(_ line: String) throws -> Outcome {
    let quoted = line.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    let command = "PATH='\(products)':\"$PATH\" LC_ALL=C.UTF-8 bash --norc --noprofile -c '\(quoted)'"
    guard let pipe = unsafe popen(command, "r") else { throw Trouble(what: "popen: errno \(errno)") }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = unsafe fread(&buffer, 1, buffer.count, pipe)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    let status = unsafe pclose(pipe)
    let code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    return Outcome(text: String(decoding: bytes, as: UTF8.self), code: code)
  }

  /// Shell lines that build the smallest image: a bridge, a NIC and an HBA behind it, in group 5.
  static let image = """
    image=$(mktemp -d); trap 'rm -rf "$image"' EXIT
    at=sys/devices/pci0000:00/0000:01:00.0
    mkdir -p $image/sys/bus/pci/devices $image/sys/bus/pci/drivers/e1000 $image/sys/kernel/iommu_groups/5/devices
    for it in 0000:01:00.0:000e:06:04 0000:02:01.0:100e:02:00 0000:02:02.0:0012:01:00; do
      address=${it:0:12}; id=${it:13:4}; base=${it:18:2}; sub=${it:21:2}
      case $address in 0000:02*) dir=$at/$address;; *) dir=$at;; esac
      mkdir -p $image/$dir
      echo "pci:v00008086d0000${id}sv00000000sd00000000bc${base}sc${sub}i00" > $image/$dir/modalias
      ln -s ../../../../$dir $image/sys/bus/pci/devices/$address
      ln -s "$(realpath -m --relative-to=$image/$dir $image/sys/kernel/iommu_groups/5)" $image/$dir/iommu_group
      ln -s ../../../../../$dir $image/sys/kernel/iommu_groups/5/devices/$address
    done
    ln -s "$(realpath -m --relative-to=$image/$at/0000:02:01.0 $image/sys/bus/pci/drivers/e1000)" \\
      $image/$at/0000:02:01.0/driver

    """
}
