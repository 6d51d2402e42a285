"""A program on a terminal of its own: typed at, resized, hung up, and looked at as a person would."""
import base64
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from emulator import Screen, Stream

KEYS = {
    "up": "\033[A", "down": "\033[B", "right": "\033[C", "left": "\033[D", "home": "\033[H", "end": "\033[F",
    "page-up": "\033[5~", "page-down": "\033[6~", "back-tab": "\033[Z", "tab": "\t", "enter": "\r", "escape": "\033",
    "backspace": "\x7f", "delete": "\033[3~", "f1": "\033OP", "f2": "\033OQ", "f3": "\033OR", "f4": "\033OS",
    "f5": "\033[15~", "f6": "\033[17~", "f7": "\033[18~", "f8": "\033[19~", "f9": "\033[20~", "f10": "\033[21~",
    "ctrl-c": "\x03", "ctrl-n": "\x0e", "ctrl-l": "\x0c", "ctrl-z": "\x1a", "ctrl-q": "\x11", "ctrl-s": "\x13", "space": " ",
}


class Failure(Exception):
    """A check that did not hold, with the screen of that moment."""


class Session:
    """One process on one pty, with an environment of its own: nothing of the caller's locale, size or home."""

    def __init__(self, arguments, rows=24, columns=80, term="xterm-256color", env=None, home="/tmp", errors=None,
                 output=None, stdin=None):
        self.rows, self.columns = rows, columns
        self.master, self.slave = pty.openpty()
        os.set_blocking(self.master, False)
        self._set_size(rows, columns)
        self.modes_before = termios.tcgetattr(self.slave)
        self.raw = bytearray()
        self.screen = Screen(columns, rows)
        self.stream = Stream(self.screen)
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "TZ": "UTC",
                       "HOME": home, "VIABLE_TEST": "1"}
        if term is not None:
            environment["TERM"] = term
        environment.update(env or {})
        environment = {key: value for key, value in environment.items() if value is not None}
        slave = self.slave

        def become_session_leader():
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGTSTP):
                signal.signal(number, signal.SIG_DFL)

        self.process = subprocess.Popen(
            arguments, stdin=slave if stdin is None else stdin, stdout=slave if output is None else output,
            stderr=slave if errors is None else errors, env=environment, preexec_fn=become_session_leader,
            close_fds=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for fd in (self.master, self.slave):
            try:
                os.close(fd)
            except OSError:
                pass

    # looking

    def pump(self, seconds=0.0):
        """Takes what the program writes until it has been silent for `seconds`, at most five times as long; never
        stops inside a frame."""
        end = time.monotonic() + 5 * seconds
        while True:
            ready, _, _ = select.select([self.master], [], [], 1.0 if self.screen.is_drawing else seconds)
            if not ready:
                return
            try:
                data = os.read(self.master, 65536)
            except OSError as error:
                if error.errno in (errno.EIO, errno.EBADF):
                    return
                if error.errno == errno.EAGAIN:
                    continue
                raise
            if not data:
                return
            self.raw += data
            self.stream.feed(data)
            if seconds and time.monotonic() > end and not self.screen.is_drawing:
                return

    @property
    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self):
        return "\n".join(self.lines)

    def row_of(self, text):
        """Index of the first line that holds a text; None when no line does."""
        return next((index for index, line in enumerate(self.lines) if text in line), None)

    def find(self, text):
        """Row and column of a text."""
        row = self.row_of(text)
        if row is None:
            raise Failure("%r is not on the screen:\n%s" % (text, self.text))
        return row, self.lines[row].index(text)

    def generation(self):
        """How many looks at the machine the screen has taken in; None before the first."""
        found = re.search(r"gen=(\d+)", self.lines[0])
        return int(found.group(1)) if found else None

    def wait(self, what, seconds=5.0, why=""):
        """Waits for a text, a compiled pattern, or a function of this session to hold; fails with the screen."""
        end = time.monotonic() + seconds
        while True:
            self.pump(0.01)
            if self._holds(what):
                return
            if time.monotonic() > end:
                break
            if self.process.poll() is not None:
                self.pump(0.05)
                if self._holds(what):
                    return
                break
        name = what if isinstance(what, str) else getattr(what, "pattern", why or "the condition")
        state = "" if self.process.poll() is None else " (the process ended: %s)" % self.process.returncode
        raise Failure("no %r within %.1f s%s\n%s" % (name, seconds, state, self.text))

    def _holds(self, what):
        if isinstance(what, str):
            return what in self.text
        if hasattr(what, "search"):
            return what.search(self.text) is not None
        return bool(what(self))

    def wait_without(self, text, seconds=5.0):
        self.wait(lambda session: text not in session.text, seconds, "screen without %r" % text)

    def wait_generation(self, above, seconds=5.0):
        """Waits until the machine was read again after `above`."""
        self.wait(lambda session: (session.generation() or 0) > above, seconds, "generation above %d" % above)

    def copied(self):
        """What was put on the clipboard last, by OSC 52."""
        found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)", bytes(self.raw))
        return base64.b64decode(found[-1]).decode() if found else None

    def colours(self):
        """Every colour that was ever asked for by SGR."""
        used = set()
        for parameters in re.findall(rb"\x1b\[([0-9;]*)m", bytes(self.raw)):
            numbers = [int(number or 0) for number in parameters.split(b";")]
            used |= {n for n in numbers[:1] if n in (38, 48)}
            used |= {n for n in numbers if 30 <= n <= 37 or 40 <= n <= 47 or 90 <= n <= 107}
        return used

    # typing

    def send(self, *keys):
        """Types names of KEYS, or texts as they are."""
        data = "".join(KEYS.get(key, key) for key in keys).encode()
        while data:
            try:
                data = data[os.write(self.master, data):]
            except BlockingIOError:
                self.pump(0.01)

    def escape(self):
        """Escape alone: what follows must not be taken for its rest."""
        self.send("escape")
        self.pump(0.15)

    def mouse(self, kind, row, column):
        """press, release, drag, right, wheel-up or wheel-down at a cell, as SGR reports it."""
        button, end = {"press": (0, "M"), "release": (0, "m"), "drag": (32, "M"), "right": (2, "M"),
                       "wheel-up": (64, "M"), "wheel-down": (65, "M")}[kind]
        self.send("\033[<%d;%d;%d%s" % (button, column + 1, row + 1, end))

    def click(self, row, column):
        self.mouse("press", row, column)
        self.mouse("release", row, column)

    def paste(self, text):
        self.send("\033[200~", text, "\033[201~")

    # the terminal

    def _set_size(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns):
        """As dragging a window does: the kernel sends SIGWINCH."""
        self.pump(0)
        self.rows, self.columns = rows, columns
        self.screen.resize(rows, columns)
        self._set_size(rows, columns)

    def hang_up(self):
        """The window is closed."""
        os.close(self.slave)
        os.close(self.master)

    def signal(self, number):
        self.process.send_signal(number)

    def ended(self, seconds=5.0):
        """The exit status, negative for a signal; fails when the process does not end."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > end:
                raise Failure("the process did not end within %.1f s\n%s" % (seconds, self.text))
            try:
                self.pump(0.01)
            except (ValueError, OSError):
                time.sleep(0.01)
        try:
            self.pump(0.02)
        except (ValueError, OSError):
            pass
        return self.process.returncode

    def not_restored(self):
        """What the program left changed: modes of the emulator, modes of the line."""
        self.pump(0.02)
        left = self.screen.leftovers()
        names = ("input", "output", "control", "local")
        now = termios.tcgetattr(self.slave)
        left += ["%s modes" % name for name, a, b in zip(names, self.modes_before, now) if a != b]
        return left
