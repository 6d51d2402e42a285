import Console

/// Bytes to keys, clicks and pastes. Pure: time is an argument, and bytes may arrive in any pieces.
///
/// curses' own reader is not used: it waits inside a read to tell Escape from longer keys, and takes pieces that
/// arrive late for typed letters. This one asks to be called again at `deadline` instead. Whatever it cannot make
/// sense of it drops whole, so that no stray letter of an unknown sequence acts as a key.
struct KeyReader {
  /// How long the rest of a begun sequence may take; nobody waits for it, unlike for a lone Escape.
  static let patience: UInt64 = 250
  /// How long a `[` after an Escape may still be that key's delayed rest.
  static let lateness: UInt64 = 300
  /// How long a paste may pause before it counts as ended.
  static let pastePatience: UInt64 = 1000
  /// How much of one paste is kept, in bytes.
  static let pasteLimit = 1 << 20
  /// Longer than any sequence that means something.
  static let sequenceLimit = 64

  private enum State {
    case ground
    /// Inside a UTF-8 character.
    case character
    /// After an Escape.
    case sequence
    /// Inside a reply of the terminal to somebody else's question, up to its end mark.
    case string
    case paste
  }

  private let table: KeyTable
  private let isUTF8: Bool
  private let escapeDelay: UInt64
  private var state = State.ground
  private var pending: [UInt8] = []
  private var hasAlt = false
  /// `pending` began with a bare `[` or `O`, its Escape having been given up already.
  private var isLate = false
  private var lateUntil: UInt64 = 0
  private var strokes: [Typed] = []

  /// When to call `elapse`, in the milliseconds that `feed` was called with; nil while nothing is begun.
  private(set) var deadline: UInt64?

  init(table: KeyTable, isUTF8: Bool, escapeDelay: UInt64) {
    self.table = table
    self.isUTF8 = isUTF8
    self.escapeDelay = escapeDelay
  }

  /// Takes bytes that arrived at `now`.
  mutating func feed(_ bytes: some Sequence<UInt8>, at now: UInt64) -> [Typed] {
    giveUp(at: now)
    for byte in bytes { take(byte, at: now) }
    deadline = patienceNow.map { now + $0 }
    return collect()
  }

  /// Lets time pass; what was begun and is overdue is decided.
  mutating func elapse(to now: UInt64) -> [Typed] {
    giveUp(at: now)
    return collect()
  }

  private mutating func collect() -> [Typed] {
    defer { strokes.removeAll() }
    return strokes
  }

  private var patienceNow: UInt64? {
    switch state {
    case .ground, .character: nil
    case .sequence: pending.count == 1 ? escapeDelay : Self.patience
    case .string: Self.patience
    case .paste: Self.pastePatience
    }
  }

  // MARK: bytes

  private mutating func take(_ byte: UInt8, at now: UInt64) {
    switch state {
    case .ground: ground(byte, at: now)
    case .character: character(byte, at: now)
    case .sequence: sequence(byte, at: now)
    case .string: string(byte)
    case .paste: paste(byte)
    }
  }

  private mutating func ground(_ byte: UInt8, at now: UInt64) {
    if now <= lateUntil, byte == 0x5b || byte == 0x4f {
      begin([0x1b, byte])
      isLate = true
      return
    }
    lateUntil = 0
    switch byte {
    case 0x1b: begin([byte])
    case 0x20..<0x7f: strokes.append(.key(.character(Character(Unicode.Scalar(byte)))))
    case 0x08, 0x7f: strokes.append(.key(.backspace))
    case 0x09: strokes.append(.key(.tab))
    case 0x0a, 0x0d: strokes.append(.key(.enter))
    case 0x01...0x1a: strokes.append(.key(.control(Character(Unicode.Scalar(byte + 0x60)))))
    case 0..<0x20: break
    default: beyondASCII(byte)
    }
  }

  private mutating func begin(_ bytes: [UInt8]) {
    state = .sequence
    pending = bytes
    isLate = false
    lateUntil = 0
  }

  private mutating func reset() {
    state = .ground
    pending.removeAll(keepingCapacity: true)
    hasAlt = false
    isLate = false
  }

  // MARK: characters

  private mutating func beyondASCII(_ byte: UInt8) {
    if isUTF8, Self.length(lead: byte) > 0 {
      state = .character
      pending = [byte]
    } else if !isUTF8, byte == 0x9b || byte == 0x8f {
      // Eight-bit forms of ESC [ and ESC O.
      begin([0x1b, byte - 0x40])
    } else {
      emit("\u{fffd}")
      reset()
    }
  }

  private mutating func character(_ byte: UInt8, at now: UInt64) {
    guard byte & 0xc0 == 0x80 else {
      emit("\u{fffd}")
      reset()
      ground(byte, at: now)
      return
    }
    pending.append(byte)
    guard pending.count == Self.length(lead: pending[0]) else { return }
    let text = String(decoding: pending, as: UTF8.self)
    emit(text.count == 1 ? text.first ?? "\u{fffd}" : "\u{fffd}")
    reset()
  }

  private mutating func emit(_ character: Character) {
    strokes.append(.key(hasAlt ? .alt(character) : .character(character)))
  }

  /// Bytes of the character that a byte begins; 0 when none begins with it.
  private static func length(lead byte: UInt8) -> Int {
    switch byte {
    case 0xc2...0xdf: 2
    case 0xe0...0xef: 3
    case 0xf0...0xf4: 4
    default: 0
    }
  }

  // MARK: sequences

  private mutating func sequence(_ byte: UInt8, at now: UInt64) {
    pending.append(byte)
    if let key = table.key(pending) {
      strokes.append(.key(key))
      return reset()
    }
    switch Grammar.judge(pending) {
    case .alt where table.continues(pending), .interrupted where table.continues(pending):
      break
    case .incomplete:
      // Too long to mean anything: it goes on as a private sequence, which is dropped when its end is seen.
      if pending.count > Self.sequenceLimit { pending = [pending[0], pending[1], 0x3f] }
    case .stroke(let stroke):
      reset()
      if let stroke { strokes.append(stroke) }
    case .paste:
      reset()
      state = .paste
    case .string:
      state = .string
    case .restart:
      // Escape twice, or inside what it cuts short.
      if pending.count == 2 { strokes.append(.key(.escape)) }
      begin([0x1b])
    case .alt:
      reset()
      hasAlt = true
      byte < 0x80 ? emit(Character(Unicode.Scalar(byte))) : beyondASCII(byte)
      if state == .ground { hasAlt = false }
    case .interrupted:
      // A control key right after Escape is a second key; inside a sequence it ends what was garbage.
      if pending.count == 2 { strokes.append(.key(.escape)) }
      reset()
      ground(byte, at: now)
    }
  }

  private mutating func string(_ byte: UInt8) {
    let isEnd = byte == 0x07 || (byte == 0x5c && pending.last == 0x1b)
    pending = [byte]
    if isEnd { reset() }
  }

  private static let pasteEnd: [UInt8] = [0x1b, 0x5b, 0x32, 0x30, 0x31, 0x7e]

  private mutating func paste(_ byte: UInt8) {
    pending.append(byte)
    if byte == 0x7e, pending.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd) {
      pending.removeLast(Self.pasteEnd.count)
      return endPaste()
    }
    // What is beyond the limit is dropped, but for what may be the end mark.
    if pending.count > Self.pasteLimit + 4096 {
      pending.removeSubrange(Self.pasteLimit..<pending.count - Self.pasteEnd.count)
    }
  }

  private mutating func endPaste() {
    strokes.append(.paste(String(decoding: pending.prefix(Self.pasteLimit), as: UTF8.self)))
    reset()
  }

  // MARK: time

  /// Decides what was begun when its time is over.
  private mutating func giveUp(at now: UInt64) {
    guard let deadline, now >= deadline else { return }
    self.deadline = nil
    switch state {
    case .ground, .character, .string: break
    case .paste: return endPaste()
    case .sequence:
      if pending.count == 1 {
        strokes.append(.key(.escape))
        lateUntil = now + Self.lateness
      } else if pending.count == 2 {
        let character = Character(Unicode.Scalar(pending[1]))
        strokes.append(.key(isLate ? .character(character) : .alt(character)))
      }
    }
    reset()
  }
}
