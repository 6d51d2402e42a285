"""Job control under a real shell in tmux: Ctrl-Z, fg, bg, kill; and what tmux says of the terminal afterwards."""
import os
import shlex
import subprocess
import time

from terminal import Failure


class Tmux:
    """A tmux server of its own with one shell."""

    def __init__(self, folder, rows=24, columns=80):
        # A server that was told to end may still hold its socket.
        Tmux.count = getattr(Tmux, "count", 0) + 1
        self.socket = os.path.join(folder, "tmux%d" % Tmux.count)
        env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": folder, "TERM": "xterm-256color",
               "VIABLE_TEST": "1", "TZ": "UTC"}
        with open(os.path.join(folder, "bashrc"), "w") as file:
            file.write("PS1='ready> '\n")
        subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", "-u", "new-session", "-d", "-x", str(columns),
                        "-y", str(rows), "bash --rcfile %s" % shlex.quote(os.path.join(folder, "bashrc"))], env=env, check=True)
        self("set-option", "-g", "set-clipboard", "on")

    def __call__(self, *arguments):
        return subprocess.run(["tmux", "-S", self.socket, "-u", *arguments], check=True, capture_output=True,
                              text=True).stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True)

    def keys(self, *keys):
        self("send-keys", *keys)

    def type(self, text):
        self("send-keys", "-l", text)
        self("send-keys", "Enter")

    @property
    def text(self):
        return self("capture-pane", "-p")

    def ask(self, name):
        return self("display-message", "-p", "#{%s}" % name).strip()

    def wait(self, what, seconds=8.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if what(self) if callable(what) else what in self.text:
                return
            time.sleep(0.05)
        raise Failure("no %r within %.1f s:\n%s" % (what, seconds, self.text))


def start(bench, tmux):
    image = bench.image()
    tmux.wait("ready>")
    tmux.type("stty -a > %s" % shlex.quote(bench.path("before")))
    tmux.wait(lambda t: os.path.exists(bench.path("before")))
    tmux.type("VIABLE_PCIIDS=%s %s --root %s --state-dir %s" % tuple(shlex.quote(x) for x in (
        image.path("pci.ids"), bench.binary, image.root, bench.path("state"))))
    tmux.wait("02:02.0")
    return image


def modes_are_as_before(bench, tmux, name):
    file = bench.path("after-" + name.replace(" ", "-"))
    tmux.type("stty -a > %s" % shlex.quote(file))
    tmux.wait(lambda t: os.path.exists(file) and os.path.getsize(file) > 0)
    strip = lambda path: open(path).read().split(";", 3)[3]
    bench.check("%s: stty is as before" % name, strip(file) == strip(bench.path("before")), open(file).read())
    bench.check("%s: normal screen" % name, tmux.ask("alternate_on") == "0", tmux.text)
    bench.check("%s: cursor shows" % name, tmux.ask("cursor_flag") == "1")
    bench.check("%s: no mouse reports" % name, tmux.ask("mouse_any_flag") == "0")


def test_stop_and_continue(bench):
    with Tmux(bench.folder) as tmux:
        image = start(bench, tmux)
        bench.check("alternate screen while it runs", tmux.ask("alternate_on") == "1")
        tmux.keys("j", "j")
        tmux.keys("C-z")
        tmux.wait("Stopped")
        modes_are_as_before(bench, tmux, "stopped")
        tmux("resize-window", "-x", "120", "-y", "40")
        image.bind("0000:02:01.0", "vfio-pci")
        tmux.type("fg")
        tmux.wait("Actions")
        bench.check("continues at the new size", tmux.ask("alternate_on") == "1" and "Actions" in tmux.text, tmux.text)
        tmux.wait("BLOCKS")
        bench.check("shows what changed meanwhile", "BLOCKS" in tmux.text, tmux.text)
        tmux.keys("C-z")
        tmux.wait("Stopped")
        tmux.type("fg")
        tmux.wait("Actions")
        tmux.keys("q")
        tmux.wait(lambda t: t.ask("alternate_on") == "0")
        modes_are_as_before(bench, tmux, "after q")


def test_killed_while_stopped(bench):
    with Tmux(bench.folder) as tmux:
        start(bench, tmux)
        tmux.keys("C-z")
        tmux.wait("Stopped")
        tmux.type("kill %1; wait; echo all-gone")
        tmux.wait("all-gone\n", 8.0)
        modes_are_as_before(bench, tmux, "killed while stopped")


def test_signals_under_a_shell(bench):
    for signal in ("TERM", "HUP", "SEGV", "ABRT"):
        with Tmux(bench.folder) as tmux:
            start(bench, tmux)
            tmux("run-shell", "-b", "kill -%s $(pgrep -P %s)" % (signal, tmux.ask("pane_pid")))
            tmux.wait(lambda t: t.ask("alternate_on") == "0", 30.0)
            tmux.keys("Enter")
            tmux.wait(lambda t: t.text.rstrip().endswith("ready>"), 60.0)
            modes_are_as_before(bench, tmux, signal)
            for file in os.listdir(bench.folder):
                if file.startswith(("before", "after")):
                    os.unlink(bench.path(file))


def test_tmux_killed(bench):
    tmux = Tmux(bench.folder)
    start(bench, tmux)
    shell = tmux.ask("pane_pid")
    child = subprocess.run(["pgrep", "-P", shell], capture_output=True, text=True).stdout.split()
    tmux.__exit__()
    end = time.monotonic() + 3
    while time.monotonic() < end and os.path.exists("/proc/%s" % child[0]):
        time.sleep(0.05)
    bench.check("ends with its terminal", not os.path.exists("/proc/%s" % child[0]))
