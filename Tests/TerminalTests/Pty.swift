import Glibc

/// A terminal without a person: a pty whose other side a thread drains, so that writers never wait for it.
final class Pty {
  /// The side that a program is given.
  let terminal: Int32
  private let master: Int32
  private var thread: pthread_t?
  private let drained: Drained

  /// What the thread collects; it alone writes until it has been joined.
  private final class Drained: @unchecked Sendable {
    let master: Int32
    var bytes: [UInt8] = []
    init(_ master: Int32) { self.master = master }
  }

  /// A pty of a size; nil when the system has none left.
  init?(rows: Int, columns: Int) {
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    var (master, terminal): (Int32, Int32) = (-1, -1)
    guard unsafe openpty(&master, &terminal, nil, nil, &size) == 0 else { return nil }
    self.master = master
    self.terminal = terminal
    drained = Drained(master)
  }

  /// Begins to drain.
  func start() {
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(drained).toOpaque()
    let status = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        let drained = unsafe Unmanaged<Drained>.fromOpaque(context).takeRetainedValue()
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
          let count = unsafe read(drained.master, &buffer, buffer.count)
          if count <= 0 { break }
          drained.bytes += buffer[..<count]
        }
        return nil
      }, context)
    if status == 0 { self.thread = thread }
  }

  /// Types bytes.
  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe write(master, bytes, bytes.count)
  }

  /// The modes that the terminal has now, in a form that can be compared.
  var modes: [UInt32] {
    var modes = termios()
    unsafe tcgetattr(terminal, &modes)
    return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
  }

  /// Changes the size as a window would.
  func resize(rows: Int, columns: Int) {
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// Closes the program's side and returns all that was written to it.
  func finish() -> [UInt8] {
    close(terminal)
    if let thread { pthread_join(thread, nil) }
    close(master)
    return drained.bytes
  }
}
