"""A guest: a kernel on a machine in QEMU, told what to do over its second serial line.

The first serial line is the kernel's console (and, for tests of the screen, a terminal). Nothing here waits for ever:
a guest that does not answer is `Hung`, and says the end of its console.
"""
import base64
import gzip
import io
import json
import os
import select
import shlex
import shutil
import socket
import subprocess
import tarfile
import time

import scenes

BOOT_SECONDS = 400
# Added to what a script may take: the line, the agent, and a machine that is busy with something else.
GRACE_SECONDS = 60
# Every wait is for something that comes: it may take this much longer where others want the processor too. Only a test
# that fails waits for the whole of it.
PATIENCE = 4


class Hung(Exception):
    """The guest did not answer in time, or ended."""


class Ran:
    """What a script in the guest ended with and said."""

    def __init__(self, script, code, out, err):
        self.script, self.code, self.out, self.err = script, code, out, err

    def json(self):
        try:
            return json.loads(self.out)
        except ValueError:
            raise AssertionError("no JSON, %s" % self) from None

    def jsons(self):
        """One value a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    def __str__(self):
        return "%r ended with %d\n%s%s" % (self.script, self.code, self.out[-2000:], self.err[-2000:])


class Guest:
    """Boots on entering the `with`, and is switched off on leaving it."""

    def __init__(self, kernel, scene, initramfs, folder, disk=None, root=None):
        self.kernel, self.scene, self.folder = kernel, scene, folder
        self.initramfs, self.disk, self.root = initramfs, disk, root
        self.followers, self.took, self.process = [], 0.0, None

    # booting

    def __enter__(self):
        self.log, self.heard, self.number, self.lines = bytearray(), bytearray(), 0, {}
        os.makedirs(self.folder)
        doors = {name: self._door(name) for name in ("console", "control", "monitor")}
        began = time.monotonic()
        self.errors = open(os.path.join(self.folder, "qemu.log"), "w+")
        # However the tests end, no guest outlives them.
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *self._command()], stdin=subprocess.DEVNULL,
                                        stdout=self.errors, stderr=self.errors, start_new_session=True)
        try:
            for name, door in doors.items():
                self.lines[name] = self._come_in(name, door)
            self._monitor_line()
            self._wait(b"\n", BOOT_SECONDS, "boot")
            ready = self.heard.decode(errors="replace").split()
            if ready[:1] != ["ready"] or ready[1] != self.kernel.release:
                raise Hung("%s booted something else: %s\n%s" % (self, ready, self.tail()))
            self.heard.clear()
            self.took = time.monotonic() - began
        except BaseException:
            self.__exit__()
            raise
        return self

    def _door(self, name):
        door = socket.socket(socket.AF_UNIX)
        door.bind(os.path.join(self.folder, name))
        door.listen(1)
        door.settimeout(20)
        return door

    def _come_in(self, name, door):
        try:
            return door.accept()[0]
        except socket.timeout:
            self.errors.seek(0)
            raise Hung("QEMU did not open its %s:\n%s" % (name, self.errors.read())) from None
        finally:
            door.close()

    def _command(self):
        command = ["qemu-system-x86_64", *scenes.MACHINE, "-kernel", self.kernel.image, "-initrd", self.initramfs,
                   "-smp", str(self.scene.processors), "-m", str(self.scene.megabytes)]
        if self.scene.iommu:
            command += ["-device", self.scene.iommu]
        append = [scenes.COMMAND_LINE, "viable.modules=" + ",".join(self.scene.modules), self.scene.append]
        append += ["viable.start=" + self.scene.start] if self.scene.start else []
        command += ["-append", " ".join(word for word in append if word)]
        for name in ("console", "control", "monitor"):
            command += ["-chardev", "socket,id=%s,path=%s" % (name, os.path.join(self.folder, name))]
        command += ["-serial", "chardev:console", "-serial", "chardev:control", "-mon", "chardev=monitor,mode=control"]
        if self.disk:
            command += ["-drive", "id=disk,if=none,format=raw,file=" + self.disk]
        if self.root:
            snapshot = "off" if self.scene.keeps else "on"
            command += ["-drive", "id=root,if=none,format=raw,snapshot=%s,file=%s" % (snapshot, self.root),
                        "-device", scenes.ROOT]
        for device in self.scene.devices:
            command += ["-device", device]
        return command

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
        for line in self.lines.values():
            line.close()
        self.errors.close()

    def reboot(self, scene=None):
        """Boots anew with the same disks; in another scene, if one is given."""
        self.must("sync; mount -o remount,ro / || sync")
        self.__exit__()
        self.folder, self.scene = self.folder + "+", scene or self.scene
        self.__enter__()

    def __str__(self):
        return "%s/%s" % (self.kernel.name, self.scene.name)

    # listening

    def pump(self, seconds=0.0):
        """Takes what the guest says on its lines; returns whether it said anything."""
        places = [self.lines["console"], self.lines["control"]]
        said = False
        for line in select.select(places, [], [], seconds)[0]:
            data = line.recv(65536)
            if not data:
                raise Hung("%s ended\n%s" % (self, self.tail()))
            said = True
            if line is self.lines["control"]:
                self.heard += data
            else:
                self.log += data
                for follower in self.followers:
                    follower(data)
        return said

    def _wait(self, what, seconds, why):
        end = time.monotonic() + seconds
        while what not in self.heard:
            if time.monotonic() > end:
                raise Hung("%s: %s took more than %d s\n%s" % (self, why, seconds, self.tail()))
            self.pump(0.5)

    def tail(self, lines=40):
        """The end of the console: what a hung guest said last."""
        text = self.log.decode(errors="replace").replace("\r", "")
        return "console of %s:\n%s" % (self, "\n".join(text.splitlines()[-lines:]))

    # telling

    def sh(self, script, seconds=60):
        """Runs a shell script in the guest as root; `seconds` is what an idle machine may need for it."""
        self.number += 1
        seconds *= PATIENCE
        request = "%d %d %s\n" % (self.number, seconds, base64.b64encode(script.encode()).decode())
        self.lines["control"].sendall(request.encode())
        end = b"end %d\n" % self.number
        self._wait(end, seconds + GRACE_SECONDS, repr(script))
        answer = bytes(self.heard[:self.heard.index(end)])
        del self.heard[:self.heard.index(end) + len(end)]
        head, _, rest = answer.partition(b"\n")
        _, number, code = head.split()
        if int(number) != self.number:
            raise Hung("%s answered %r to request %d\n%s" % (self, head, self.number, self.tail()))
        out, err = (gzip.decompress(base64.b64decode(part)) for part in rest.split(b"errors\n"))
        return Ran(script, int(code), out.decode(errors="replace"), err.decode(errors="replace"))

    def must(self, script, seconds=60):
        """As `sh`, for what a test needs rather than tests; what it printed."""
        ran = self.sh(script, seconds)
        if ran.code:
            raise AssertionError(str(ran))
        return ran.out

    def viable(self, *words, seconds=60, user=None):
        """Runs the program, as root or as a user."""
        command = shlex.join(["viable", *words])
        return self.sh(command if user is None else "su %s -c %s" % (user, shlex.quote(command)), seconds)

    def fetch(self, path, into):
        """Brings a directory of the guest out into a new one."""
        packed = base64.b64decode(self.must("tar -cz -C %s . | base64" % shlex.quote(path), 120))
        shutil.rmtree(into, ignore_errors=True)
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(into)

    # the machine from outside

    def _monitor_line(self):
        self.replies = self.lines["monitor"].makefile("r")
        self.lines["monitor"].settimeout(30)
        self.replies.readline()
        self.monitor("qmp_capabilities")

    def monitor(self, command, **arguments):
        """A command of QEMU's monitor, such as device_add."""
        self.lines["monitor"].sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while True:
            line = self.replies.readline()
            if not line:
                raise Hung("%s: QEMU ended at %s\n%s" % (self, command, self.tail()))
            reply = json.loads(line)
            if "error" in reply:
                raise AssertionError("%s: %s" % (command, reply["error"]["desc"]))
            if "return" in reply:
                return reply["return"]
