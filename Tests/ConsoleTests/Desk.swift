import HostAccess
import Ownership
import Topology

@testable import Console

/// A console, a clock and a machine: what a test presses keys on.
struct Desk {
  var scene: Scene
  var now: UInt64 = 1_000_000
  /// What the last input asked for.
  var requests: [Request] = []
  /// The machine as it is outside, whether the console knows it yet or not.
  var machine: Inventory

  init(_ machine: Inventory = Machines.seed, rows: Int = 40, columns: Int = 120) {
    let place = Place(kind: .image, name: "test", isPrivileged: false)
    let themes = ["default-dark", "default-light", "mono"].map { Theme(name: $0, appearances: [:]) }
    scene = Scene(
      place: place, size: Size(rows: rows, columns: columns), glyphs: Glyphs(isASCII: false), themes: themes,
      themeName: "default-dark")
    self.machine = machine
    send(.inventory(machine))
    requests = scene.receive(.tick, at: moment)
  }

  var moment: Moment { Moment(milliseconds: now, sinceMidnight: UInt32(now % 86_400_000)) }

  mutating func send(_ input: Input) {
    requests = scene.receive(input, at: moment)
  }

  /// Presses letters one after another, half a second apart.
  mutating func type(_ text: String) {
    for character in text { press(.character(character)) }
  }

  mutating func press(_ keys: Key...) {
    for key in keys {
      now += 500
      send(.key(key))
    }
  }

  /// Lets time pass, and sends the tick that the console asked for.
  mutating func wait(_ milliseconds: UInt64) {
    now += milliseconds
    send(.tick)
  }

  /// Changes the machine and tells the console what changed.
  mutating func change(_ edit: (inout [Address: Function]) -> Void) {
    become(machine.changing(edit))
  }

  /// Another machine.
  mutating func become(_ next: Inventory) {
    let difference = Difference(from: machine, to: next)
    machine = next
    send(.difference(difference, sources: [.inotify]))
  }

  /// Moves the cursor to an address by keys alone.
  mutating func go(_ address: String) {
    let target = Machines.at(address)
    press(.home)
    // Something that lies on top takes the keys: then the cursor never gets there.
    for _ in scene.rows where selected != target { press(.character("j")) }
  }

  /// Opens the menu and takes the line that begins so.
  mutating func choose(_ title: String) {
    press(.character("a"))
    scene.overlay = .menu(selected: scene.menu().firstIndex { $0.title.hasPrefix(title) } ?? 0)
    press(.enter)
  }

  var selected: Address? { scene.selectedRow?.address }
  var addresses: [String] { scene.rows.compactMap { $0.address?.short } }
  var note: String? { scene.message?.text }
  var copied: String? {
    requests.lazy.compactMap { request in
      if case .copy(let text) = request { text } else { nil }
    }.first
  }
  var wakes: [UInt64] {
    requests.compactMap { request in
      if case .wake(let at) = request { at } else { nil }
    }
  }
  var wantedDetails: Set<Address>? {
    requests.lazy.compactMap { request in
      if case .details(let addresses) = request { addresses } else { nil }
    }.first
  }
}

/// An address that is known to be one.
func at(_ text: String) -> Address { Machines.at(text) }
