"""The console itself, on the guest's serial line."""
import re

from bench import test
from serial_screen import SerialScreen


@test("seed")
def the_console_shows_the_group_and_leaves(bench):
    """Opened on the serial line: the group with its culprits; `q` leaves, and the line is as it was."""
    with SerialScreen(bench.guest) as screen:
        screen.open("viable")
        screen.wait("02:02.0", 30)
        screen.wait("sym53c8xx", 10)
        bench.check("the kernel it runs on", "g5" in screen.text and "02:01.0" in screen.text, screen.text)
        screen.send("/", "02:02.0", "enter")
        screen.wait("02:02.0 SCSI HBA", 10)
        screen.send("q")
        bench.equal("exit", screen.exit_code(30), 0)
        bench.equal("left as it was", screen.not_restored(), [])


def driven_by(driver):
    """The HBA's row in the tree."""
    return re.compile(r"02:02\.0 SCSI HBA .* 1000:0012 +%s " % driver)


@test("seed")
def the_console_follows_the_machine(bench):
    """While it is open the HBA loses its driver and gets it back: no key is pressed."""
    with SerialScreen(bench.guest) as screen:
        screen.open("viable")
        screen.wait(driven_by("sym53c8xx"), 30)
        bench.unbind("0000:02:02.0")
        screen.wait(driven_by("-"), 10)
        bench.to_host("0000:02:02.0")
        screen.wait(driven_by("sym53c8xx"), 10)
        bench.check("followed", True)
        screen.send("q")
        bench.equal("exit", screen.exit_code(30), 0)
