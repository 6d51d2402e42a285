"""The console on the guest's serial line: it takes groups itself, and runs beside processes and slots that do as they
please."""
import re

from acts import HBA, NIC, act, copy, entries, same
from bench import DEVICES, test
from serial_screen import SerialScreen
from test_console import driven_by
from test_held import holding
from test_waiting import effects


def go(screen, address):
    screen.send("/", address, "enter")
    screen.wait(re.compile(r"▶.*%s|%s" % (address, address)), 10)


def agree(screen):
    """The second button of the preview."""
    screen.send("right", "enter")


def leave(screen):
    """Closes what lies on top. A key right behind Esc would be read as one with Alt."""
    screen.send("escape")
    screen.pump(0.5)


def attached(bench, screen, node):
    screen.send("t")
    screen.wait("NOT YET DONE", 30)
    screen.wait("Copy as CLI", 10)
    bench.check("it is shown through %s first" % node, "through %s" % node in screen.text, screen.text)
    agree(screen)
    screen.wait(re.compile(r"─ ATTACHED"), 60)
    screen.wait("[ Close ]", 10)
    bench.check("every call is ok", "FAIL" not in screen.text, screen.text)
    leave(screen)
    screen.wait("T gives it back", 10)


def holders(bench):
    """The commands that have group 5 open."""
    result = bench.guest.viable("check", "group:5", "--json").json()["results"][0]
    return [blocker.get("command") for blocker in result["blockers"]]


def default_node(bench):
    return "/dev/iommu" if bench.kernel.iommufd else "a container"


@test("seed")
def the_console_attaches_and_gives_back(bench):
    """`t` with the HBA on its driver is refused by the kernel, and names it; without, the group is owned by viable
    until `T`; no host driver gets at it meanwhile; a second interface is as good."""
    bench.to_vfio(NIC)
    with SerialScreen(bench.guest) as screen:
        screen.open("viable")
        screen.wait(driven_by("sym53c8xx"), 30)
        go(screen, "02:01.0")
        screen.send("t")
        screen.wait("REFUSAL EXPECTED", 30)
        screen.wait("Try it", 10)
        bench.check("the culprit is known before", "sym53c8xx" in screen.text and "EPERM" in screen.text, screen.text)
        agree(screen)
        screen.wait(re.compile("─ REFUSED"), 60)
        screen.wait("[ Close ]", 10)
        bench.check("the kernel's own answer", "FAIL EPERM" in screen.text and "answered EPERM" in screen.text,
                    screen.text)
        bench.check("nothing is held", "viable" not in holders(bench), holders(bench))
        screen.send("escape")
        bench.unbind(HBA)
        screen.wait(driven_by("-"), 10)
        for node in [default_node(bench)] + (["a container"] if bench.kernel.iommufd else []):
            if node == default_node(bench):
                attached(bench, screen, node)
            else:
                screen.send("t")
                screen.wait("NOT YET DONE", 30)
                screen.send("W")
                screen.wait("through a container", 30)
                agree(screen)
                screen.wait(re.compile(r"─ ATTACHED"), 60)
                leave(screen)
            bench.check("%s: who has it" % node, "viable" in holders(bench), holders(bench))
            bound = bench.guest.sh("echo %s >/sys/bus/pci/drivers/sym53c8xx/bind" % HBA)
            bench.check("%s: no host driver gets at it" % node, bound.code and "busy" in bound.err, bound)
            screen.send("T")
            screen.wait("Detach group 5", 30)
            screen.wait("[ Cancel ]", 10)
            agree(screen)
            screen.wait(re.compile(r"─ DETACHED"), 60)
            leave(screen)
            bench.equal("%s: given back" % node, bench.guest.viable("check", "02:01.0").code, 0)
        screen.send("q")
        bench.equal("exit", screen.exit_code(30), 0)
        bench.equal("left as it was", screen.not_restored(), [])
    bench.to_host(NIC)
    bench.to_host(HBA)


@test("seed")
def an_act_on_an_attached_group_gives_it_back_first(bench):
    """`x` on a member of a group that the console holds: detach is previewed, then the release; quitting with the group
    attached is asked once, and gives it back."""
    bench.to_vfio(NIC)
    bench.unbind(HBA)
    with SerialScreen(bench.guest) as screen:
        screen.open("viable")
        screen.wait(driven_by("-"), 30)
        go(screen, "02:01.0")
        attached(bench, screen, default_node(bench))
        screen.send("x")
        screen.wait("Detach group 5", 30)
        bench.check("why is said", "is given back first" in screen.text, screen.text)
        agree(screen)
        screen.wait("drivers/vfio-pci/unbind", 60)
        bench.check("then the act is previewed", "NOT YET DONE" in screen.text, screen.text)
        screen.send("escape")
        screen.wait("nothing was changed", 10)
        attached(bench, screen, default_node(bench))
        screen.send("q")
        screen.wait("q again gives it back and quits", 10)
        screen.send("q")
        bench.equal("exit", screen.exit_code(30), 0)
        said = screen.raw.decode(errors="replace")
        bench.check("the farewell says so", "group 5 was attached, and is given back" in said, said[-300:])
        bench.equal("left as it was", screen.not_restored(), [])
    bench.equal("given back", bench.guest.viable("check", "02:01.0").code, 0)
    bench.to_host(NIC)
    bench.to_host(HBA)


@test("seed")
def a_device_held_by_another_keeps_the_console_alive(bench):
    """Another process has the group open: `x` is refused with its name; waiting for it holds nothing up, and quitting
    leaves the child, which ends when the holder lets go."""
    before = copy(bench)
    act(bench, "assign", NIC, "--only-named", "--yes")
    act(bench, "release", HBA, "--only-named", "--yes")
    pid = holding(bench, "group", "5", NIC)
    with SerialScreen(bench.guest) as screen:
        screen.open("viable")
        screen.wait(driven_by("-"), 30)
        go(screen, "02:01.0")
        for key in ("r", "x"):
            screen.send(key)
            screen.wait("REFUSED", 30)
            bench.check("%s: who holds it" % key, "hold" in screen.text and str(pid) in screen.text, screen.text)
            if key == "r":
                screen.send("escape")
        agree(screen)
        screen.wait("Type 5 to enable Run", 30)
        screen.send("5", "right", "enter")
        screen.wait("WAITING", 60)
        screen.wait(re.compile(r"Waiting for [1-9]"), 20)
        said = " ".join(screen.text.split())
        bench.check("the dialog names who holds it", "hold (process %d)" % pid in said, said)
        screen.send("escape")
        screen.wait("the act goes on", 10)
        screen.send("j")
        screen.send("q")
        screen.wait("q again leaves it", 10)
        screen.send("q")
        bench.equal("exit", screen.exit_code(30), 0)
        bench.check("the farewell names the child", "goes on by itself" in screen.raw.decode(errors="replace"))
        bench.equal("left as it was", screen.not_restored(), [])
    bench.equal("the child waits on", len(effects(bench)), 1)
    bench.let_go(pid)
    bench.guest.must("for n in $(seq 100); do grep -q viable-effect /proc/[0-9]*/comm || exit 0; usleep 100000; "
                     "done; exit 1")
    bench.equal("it did it", bench.drivers()[NIC], None)
    act(bench, "restore", "--all", "--yes")
    bench.appears("/dev/sda")
    same(bench, "equals its copy", copy(bench), before)
    bench.equal("nothing is on record", entries(bench), [])


@test("hotplug")
def devices_come_and_go_while_the_console_runs(bench):
    """A NIC is plugged into an empty slot and pulled again: its row comes and goes without a key."""
    with SerialScreen(bench.guest) as screen:
        screen.open("viable")
        screen.wait("02:00.0", 30)
        bench.guest.monitor("device_add", driver="e1000e", bus="rp1", id="new")
        screen.wait(re.compile(r"01:00\.0 .* e1000e"), 40)
        bench.check("plugged", True)
        bench.guest.monitor("device_del", id="new")
        screen.wait(lambda s: not re.search(r"01:00\.0 .* 8086:10d3", s.text), 60, "the row goes")
        bench.check("pulled", True)
        screen.send("q")
        bench.equal("exit", screen.exit_code(30), 0)
        bench.equal("left as it was", screen.not_restored(), [])


@test("hotplug", alone=True)
def a_device_that_is_pulled_while_attached_waits_for_the_console(bench):
    """The kernel keeps what is pulled until its user lets go: the console stays alive, and `T` lets it go."""
    nic = "0000:02:00.0"
    bench.to_vfio(nic)
    with SerialScreen(bench.guest) as screen:
        screen.open("viable")
        screen.wait(re.compile(r"02:00\.0 .* vfio-pci"), 30)
        go(screen, "02:00.0")
        attached(bench, screen, default_node(bench))
        bench.guest.monitor("device_del", id="nic")
        screen.pump(2.0)
        bench.guest.sh("sleep 8", 30)
        bench.equal("it is kept", bench.guest.sh("[ -e %s/%s ]" % (DEVICES, nic)).code, 0)
        screen.send("k", "j")
        screen.pump(0.5)
        screen.send("T")
        screen.wait("Detach group", 30)
        agree(screen)
        screen.wait(re.compile(r"─ DETACHED"), 60)
        # The kernel takes it away as soon as it is let go; the console looks until it has.
        screen.wait(re.compile(r"%s is gone\." % nic), 10)
        leave(screen)
        bench.guest.must("for n in $(seq 300); do [ -e %s/%s ] || exit 0; usleep 100000; done; exit 1"
                         % (DEVICES, nic), 60)
        bench.check("and goes once it is let go", True)
        screen.send("q")
        bench.equal("exit", screen.exit_code(30), 0)
