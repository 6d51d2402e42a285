import Topology

/// What the person in front of the machine sees and types on.
struct SeatUse {
  private var displays: [Address: [String]] = [:]
  private var keyboards: [Address: [String]] = [:]
  private var keyboardCount = 0
  private let inputs: Known<String>

  init(_ root: Root) {
    for entry in root.list("sys/class/graphics") ?? [] where entry.name.hasPrefix("fb") && entry.name != "fbcon" {
      guard let target = try? root.link("sys/class/graphics/" + entry.name),
        let owner = target.split(separator: "/").last(where: { Address($0) != nil }).flatMap({ Address($0) })
      else { continue }
      displays[owner, default: []].append(entry.name)
    }
    let inputs = root.document("proc/bus/input/devices")
    if case .absent = inputs {
      self.inputs = root.isLive ? .value("") : .unknown(.notRecorded)
    } else {
      self.inputs = inputs
    }
    readKeyboards(inputs.value ?? "")
  }

  /// Blocks of lines (drivers/input/input.c `input_devices_seq_show`). Only what can work the magic SysRq key has
  /// that handler: real keyboards, and no power buttons.
  private mutating func readKeyboards(_ text: String) {
    var (name, place, isKeyboard) = ("", Substring(), false)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("N: Name=") { name = line.dropFirst(8).filter { $0 != "\"" } }
      if line.hasPrefix("S: Sysfs=") { place = line.dropFirst(9) }
      if line.hasPrefix("H: Handlers=") {
        let handlers = line.dropFirst(12).split(separator: " ")
        isKeyboard = handlers.contains("kbd") && handlers.contains("sysrq")
      }
      guard line.isEmpty else { continue }
      if isKeyboard {
        keyboardCount += 1
        let owner = place.split(separator: "/").last { Address($0) != nil }.flatMap { Address($0) }
        if let owner { keyboards[owner, default: []].append(name) }
      }
      (name, place, isKeyboard) = ("", Substring(), false)
    }
  }

  /// Adds what the function carries, which goes together with the others that are `leaving`. `boot_vga` is 1 for the
  /// display that firmware and kernel began on (drivers/gpu/vga/vga_arb).
  func tell(_ function: Function, at path: String, leaving: Set<Address>, _ root: Root, into burden: inout Burden) {
    let address = function.address
    let frameBuffers = displays[address] ?? []
    let isFirst = root.read(path: path + "/boot_vga", Parse.decimal).value == 1
    if isFirst || !frameBuffers.isEmpty {
      burden.carried.append(Carried(address, .display(frameBuffers.first ?? "boot_vga"), via: frameBuffers))
    }
    // One keyboard may be several input devices, and several may hang on one controller.
    let going = leaving.reduce(0) { count, address in count + (keyboards[address]?.count ?? 0) }
    for name in keyboards[address] ?? [] {
      burden.carried.append(Carried(address, .keyboard(name, isOnly: going == keyboardCount)))
    }
    // Serial bus controllers (class 0c) are where keyboards hang.
    if let why = inputs.ignorance, function.identity.value?.classCode.base == 0x0c {
      burden.unknown.append(.init(address, .keyboards, why))
    }
  }
}
