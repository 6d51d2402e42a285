import Console

/// What sequences of bytes after an Escape mean on the terminals of today: ECMA-48's form, xterm's, rxvt's and the
/// Linux console's keys, SGR and old mouse reports.
enum Grammar {
  /// What a beginning amounts to.
  enum Judgement {
    /// More has to come.
    case incomplete
    /// It is whole; nil when it means nothing to the console.
    case stroke(Typed?)
    /// A bracketed paste begins.
    case paste
    /// A string begins that ends with BEL or ESC \.
    case string
    /// The last byte is an Escape of its own.
    case restart
    /// Escape and one character: Alt.
    case alt
    /// The last byte does not belong to it.
    case interrupted
  }

  /// Judges an Escape and at least one byte more.
  static func judge(_ bytes: [UInt8]) -> Judgement {
    guard let last = bytes.last, bytes.count > 1 else { return .incomplete }
    if last == 0x1b { return .restart }
    switch bytes[1] {
    case 0x5b: return bytes.count == 2 ? .incomplete : control(bytes, last)
    case 0x4f: return bytes.count == 2 ? .incomplete : single(bytes, last)
    // DCS, SOS, OSC, PM and APC, unless nothing follows.
    case 0x50, 0x58, 0x5d, 0x5e, 0x5f: return bytes.count == 2 ? .incomplete : .string
    case 0x20..<0x7f, 0x80...: return .alt
    default: return .interrupted
    }
  }

  // MARK: ESC [

  private static func control(_ bytes: [UInt8], _ last: UInt8) -> Judgement {
    if bytes[2] == 0x4d { return bytes.count < 6 ? .incomplete : .stroke(oldMouse(bytes)) }
    if bytes[2] == 0x5b {
      // The Linux console's F1 to F5.
      guard bytes.count > 3 else { return .incomplete }
      return (0x41...0x45).contains(last) ? .stroke(.key(.function(Int(last) - 0x40))) : .stroke(nil)
    }
    switch last {
    case 0x20..<0x40: return .incomplete
    case 0x40..<0x7f: break
    // rxvt ends keys pressed with Shift in `$`, which ECMA-48 calls intermediate; the next byte settles it.
    default: return .interrupted
    }
    let body = bytes[2..<(bytes.count - 1)]
    if body.first == 0x3c { return .stroke(mouse(numbers(body.dropFirst()), last)) }
    guard body.allSatisfy({ (0x30...0x3b).contains($0) }) else { return .stroke(nil) }
    let parameters = numbers(body)
    if last == 0x7e, parameters == [200] { return .paste }
    return .stroke(key(parameters, last).map(Typed.key))
  }

  /// Numbers between semicolons; what is missing is 0, what is too long is -1.
  private static func numbers(_ body: ArraySlice<UInt8>) -> [Int] {
    body.split(separator: 0x3b, omittingEmptySubsequences: false).map { digits in
      digits.count > 6 ? -1 : digits.reduce(0) { $0 * 10 + Int($1 & 0x0f) }
    }
  }

  private static func key(_ parameters: [Int], _ last: UInt8) -> Key? {
    // xterm's second parameter: 1 and bits for Shift, Alt, Ctrl.
    let hasControl = parameters.count > 1 && parameters[1] > 1 && (parameters[1] - 1) & 4 != 0
    switch last {
    case 0x41: return hasControl ? .controlUp : .up
    case 0x42: return hasControl ? .controlDown : .down
    case 0x43: return hasControl ? .controlRight : .right
    case 0x44: return hasControl ? .controlLeft : .left
    case 0x46: return .end
    case 0x48: return .home
    case 0x5a: return .backTab
    // F1 to F4 with modifiers; `R` with other numbers is a cursor report.
    case 0x50...0x53: return parameters.first == 1 ? .function(Int(last) - 0x4f) : nil
    // rxvt's arrows with Shift.
    case 0x61: return .up
    case 0x62: return .down
    case 0x63: return .right
    case 0x64: return .left
    case 0x7e: return numbered(parameters.first ?? 0)
    default: return nil
    }
  }

  private static func numbered(_ number: Int) -> Key? {
    switch number {
    case 1, 7: .home
    case 4, 8: .end
    case 2: .insert
    case 3: .delete
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .function(number - 10)
    case 17...21: .function(number - 11)
    case 23, 24: .function(number - 12)
    default: nil
    }
  }

  // MARK: ESC O

  private static func single(_ bytes: [UInt8], _ last: UInt8) -> Judgement {
    if (0x30...0x3b).contains(last) { return .incomplete }
    guard (0x40..<0x7f).contains(last) else { return .interrupted }
    switch last {
    case 0x41: return .stroke(.key(.up))
    case 0x42: return .stroke(.key(.down))
    case 0x43: return .stroke(.key(.right))
    case 0x44: return .stroke(.key(.left))
    case 0x46: return .stroke(.key(.end))
    case 0x48: return .stroke(.key(.home))
    case 0x4d: return .stroke(.key(.enter))
    case 0x50...0x53: return .stroke(.key(.function(Int(last) - 0x4f)))
    // rxvt's arrows with Ctrl.
    case 0x61: return .stroke(.key(.controlUp))
    case 0x62: return .stroke(.key(.controlDown))
    case 0x63: return .stroke(.key(.controlRight))
    case 0x64: return .stroke(.key(.controlLeft))
    // The numeric block in application mode: * + , - . / 0 ... 9.
    case 0x6a...0x79: return .stroke(.key(.character(Character(Unicode.Scalar(last - 0x40)))))
    default: return .stroke(nil)
    }
  }

  // MARK: mouse

  /// `ESC [ < button ; column ; row`, ended by `M` when pressed and `m` when released.
  private static func mouse(_ numbers: [Int], _ last: UInt8) -> Typed? {
    guard numbers.count == 3, last == 0x4d || last == 0x6d else { return nil }
    return event(numbers[0], column: numbers[1], row: numbers[2], isReleased: last == 0x6d)
  }

  /// `ESC [ M` and three bytes: what terminals without SGR reports send, up to column 223.
  private static func oldMouse(_ bytes: [UInt8]) -> Typed? {
    let code = Int(bytes[3]) - 32
    return event(
      code, column: Int(bytes[4]) - 32, row: Int(bytes[5]) - 32, isReleased: code >= 0 && code & 0x63 == 3)
  }

  private static func event(_ code: Int, column: Int, row: Int, isReleased: Bool) -> Typed? {
    guard code >= 0, column > 0, row > 0, let kind = kind(code, isReleased: isReleased) else { return nil }
    return .mouse(Mouse(kind, at: Point(row: row - 1, column: column - 1)))
  }

  /// Bits 0 and 1 are the button, 2 to 4 modifiers, 5 motion, 6 the wheel.
  private static func kind(_ code: Int, isReleased: Bool) -> Mouse.Kind? {
    let (button, isMotion, isWheel) = (code & 3, code & 32 != 0, code & 64 != 0)
    guard code < 128 else { return nil }
    if isWheel { return button == 0 ? .wheelUp : button == 1 ? .wheelDown : nil }
    if isMotion { return button == 0 && !isReleased ? .drag : nil }
    switch button {
    case 0: return isReleased ? .release : .press
    case 2: return isReleased ? nil : .rightPress
    case 3: return isReleased ? .release : nil
    default: return nil
    }
  }
}
