/// The block devices that mounts stand on, through the layers of overlays and the files behind loop devices.
struct Footing {
  let table: MountTable
  let stack: BlockStack

  /// What one of them stands on.
  struct Ground: Hashable {
    var devices: Set<String> = []
    /// Whether all of it was found. Layers may be named as an initramfs saw them, or from a directory of whoever mounted.
    var isWhole = true
  }

  /// What a mount stands on, each layer of it looked at once.
  func ground(of mount: Int) -> Ground {
    var ground = Ground()
    var pending = [mount]
    var seen: Set<Int> = []
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      guard let layers = table.mounts[next].layers else {
        ground.devices.formUnion(stack.devices(of: table.mounts[next].source, number: table.mounts[next].number))
        continue
      }
      for layer in layers {
        // An overlay may cover what it is made of.
        let below = layer.hasPrefix("/") ? table.mount(of: layer, without: next) : nil
        if let below { pending.append(below) } else { ground.isWhole = false }
      }
    }
    // What a live system mounted before it had its root is a file on its medium.
    if !ground.isWhole, table.mounts[mount].point == "/" { ground.devices.formUnion(stack.files.keys) }
    return ground
  }

  /// Whether all is known of what the root file system stands on.
  var isRootWhole: Bool { table.mount(of: "/").map { ground(of: $0).isWhole } ?? true }

  /// What a path lies on.
  func ground(at path: String) -> Ground {
    table.mount(of: path).map { ground(of: $0) } ?? Ground(isWhole: false)
  }
}
