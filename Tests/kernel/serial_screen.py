"""The guest's console line as a terminal: a program started on it, typed at, and looked at as a person would."""
import os
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tty"))

from guest import PATIENCE  # noqa: E402
from emulator import Screen, Stream  # noqa: E402
from terminal import KEYS, Failure, Session  # noqa: E402


class SerialScreen(Session):
    """A terminal session whose process runs in the guest. The kernel keeps silent on the line meanwhile."""

    def __init__(self, guest, rows=40, columns=120, term="linux"):
        self.guest, self.rows, self.columns, self.term = guest, rows, columns, term
        self.raw, self.screen, self.process = bytearray(), Screen(columns, rows), guest.process
        self.stream = Stream(self.screen)

    def __enter__(self):
        self.level = self.guest.must("cut -f1 /proc/sys/kernel/printk; dmesg -n 1").split()[0]
        self.guest.must("stty -F /dev/ttyS0 rows %d cols %d" % (self.rows, self.columns))
        self.guest.pump(0.2)
        self.guest.followers.append(self._hear)
        return self

    def __exit__(self, *_):
        self.guest.followers.remove(self._hear)
        self.guest.sh("[ ! -e /run/screen.pid ] || kill -KILL $(cat /run/screen.pid); dmesg -n %s" % self.level)

    def _hear(self, data):
        self.raw += data
        self.stream.feed(data)

    def open(self, command):
        """Starts a command on the line, which becomes its controlling terminal."""
        self.before = self.guest.must("stty -F /dev/ttyS0 -g")
        self.guest.must("rm -f /run/screen.*; cat >/run/screen.sh <<'END'\n"
                        "echo $$ >/run/screen.pid\nexport TERM=%s LANG=C.UTF-8 VIABLE_TEST=1\n%s\n"
                        "echo $? >/run/screen.code; rm /run/screen.pid\nEND\n"
                        "setsid -c sh /run/screen.sh </dev/ttyS0 >/dev/ttyS0 2>&1 &" % (self.term, command))

    def wait(self, what, seconds=5.0, why=""):
        super().wait(what, seconds * PATIENCE, why)

    def pump(self, seconds=0.0):
        """Takes what the guest writes until it has been silent for `seconds`, at most five times as long."""
        end = time.monotonic() + 5 * seconds
        while self.guest.pump(seconds) and time.monotonic() < end:
            pass

    def send(self, *keys):
        self.guest.lines["console"].sendall("".join(KEYS.get(key, key) for key in keys).encode())

    def exit_code(self, seconds=10):
        """What the program ended with; fails when it does not end."""
        end = time.monotonic() + seconds * PATIENCE
        while time.monotonic() < end:
            said = self.guest.sh("cat /run/screen.code")
            if said.code == 0 and said.out:
                return int(said.out)
            self.pump(0.1)
        raise Failure("the program did not end within %d s\n%s" % (seconds, self.text))

    def not_restored(self):
        """What the program left changed: modes of the terminal, modes of the line."""
        self.pump(0.1)
        after = self.guest.must("stty -F /dev/ttyS0 -g")
        return self.screen.leftovers() + (["modes of the line"] if after != self.before else [])
