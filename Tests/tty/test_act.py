"""Acts from the console: previewed, agreed to, run, undone, on simulated machines; and what is only shown elsewhere."""
import re


def driver(session, address, name):
    """Waits until the list shows a device with a driver."""
    session.wait(lambda s: any(address in line and name in line for line in s.lines), why="%s at %s" % (name, address))


def go(session, address):
    session.send("/", address, "enter")


def take(session, title):
    """Takes the line of the action menu that holds a title."""
    session.send("a", "g", "g")
    for _ in range(80):
        session.pump(0.05)
        if title in session.lines[session.screen.cursor.y]:
            session.send("enter")
            return
        session.send("j")
    session.find(title)


def preview(session, key):
    session.send(key)
    session.wait("NOT YET DONE")


def hold_and_release(session):
    """Hands both cards to vfio-pci, has qemu open the NIC, and asks to release it."""
    go(session, "02:02.0")
    preview(session, "b")
    session.send("right", "enter")
    session.wait("Done.")
    session.send("enter")
    go(session, "02:01.0")
    session.send("t")
    session.wait("owned")
    session.send("x")
    session.wait("REFUSED")


def test_bind_undo_and_redo(bench):
    with bench.open(None, "--scenario", "nic-and-hba", rows=40, columns=120) as session:
        go(session, "02:02.0")
        preview(session, "b")
        for words in ('write "vfio-pci\\n" > /sys/bus/pci/devices/0000:02:02.0/driver_override', "CONSEQUENCES",
                      "sda leaves the host", "UNDO", "viable --scenario nic-and-hba --state-dir", "[ Cancel ]"):
            bench.check("the preview says %s" % words, words in session.text, session.text)
        session.send("enter")
        session.wait("cancelled: nothing was changed")
        driver(session, "02:02.0", "sym53c8xx")
        preview(session, "b")
        session.send("right", "enter")
        session.wait("Done. It is kept as journal entry 1.")
        bench.check("every step is ok", session.text.count(" ok ") >= 3, session.text)
        session.send("enter")
        driver(session, "02:02.0", "vfio-pci")
        session.wait("viable")
        preview(session, "u")
        bench.check("undo is a preview", "Give back" in session.text, session.text)
        session.send("right", "enter")
        session.wait("Done.")
        session.send("enter")
        driver(session, "02:02.0", "sym53c8xx")
        session.send("u")
        session.wait("there is no undo")
        preview(session, "\x12")
        session.send("right", "enter")
        session.wait("Done.")
        session.send("enter")
        driver(session, "02:02.0", "vfio-pci")
        session.send("4")
        session.wait(re.compile(r"call +write .*= ok"))
        bench.check("the log has the steps", True)


def test_consent_is_typed_and_a_held_device_is_waited_for(bench):
    with bench.open(None, "--scenario", "nic-and-hba", rows=40, columns=120) as session:
        hold_and_release(session)
        bench.check("who holds it is named", "qemu" in session.text and "/dev/vfio/5" in session.text, session.text)
        session.send("right", "enter")
        session.wait("Type 5 to enable Run")
        session.send("7", "right", "enter")
        session.wait("type 5 first")
        row, column = session.find("Run (disabled)")
        session.send("backspace", "5")
        session.wait_without("Run (disabled)")
        session.click(row, column + 1)
        session.wait("never with the mouse")
        session.send("enter")
        session.wait("WAITING")
        bench.check("what waits, on what", "Waiting for" in session.text and "unbind vfio-pci" in session.text, session.text)
        session.send("escape")
        session.wait("the act goes on")
        session.send("q")
        session.wait("q again leaves it")
        bench.check("the console stays alive", True)
        take(session, "End qemu")
        session.wait("Done. It is kept as journal entry 2.")
        driver(session, "02:01.0", "free")
        bench.check("the act went on once it was let go", True)


def test_quitting_leaves_what_waits(bench):
    with bench.open(None, "--scenario", "nic-and-hba", rows=40, columns=120) as session:
        hold_and_release(session)
        session.send("right", "enter")
        session.wait("Type 5")
        session.send("5", "right", "enter")
        session.wait("WAITING")
        session.escape()
        session.wait("the act goes on")
        session.send("q")
        session.wait("q again leaves it")
        session.send("q")
        bench.check("it ends", session.ended() == 0)
        bench.check("and says what brings it back", "viable --scenario nic-and-hba" in session.text
                    and "restore --all" in session.text, session.text)


def test_resizing_while_a_preview_is_open(bench):
    with bench.open(None, "--scenario", "nic-and-hba") as session:
        go(session, "02:02.0")
        preview(session, "b")
        for rows, columns in ((16, 60), (60, 200), (5, 20), (24, 80)):
            session.resize(rows, columns)
            session.wait("too small" if rows < 16 else "[ Cancel ]")
            bench.check("at %dx%d" % (columns, rows), True)
        session.send("page-down", "page-down", "page-down")
        session.wait("viable --scenario")
        session.escape()
        session.wait("cancelled")


def test_read_only_and_images_show_and_copy(bench):
    for where in (["--scenario", "nic-and-hba", "--read-only"], None):
        opened = bench.open(None, *where) if where else bench.open(bench.image())
        with opened as session:
            go(session, "02:02.0")
            preview(session, "p")
            bench.check("no Run", "Run" not in session.text.replace("RUNNING", ""), session.text)
            bench.check("why", "Nothing is run here" in session.text, session.text)
            session.send("right", "enter")
            session.wait("copy.txt")
            machine = "--scenario nic-and-hba " if where else ""
            command = "viable %s%s assign group:5" % (machine, bench.keeping)
            bench.check("the command line", command in (session.copied() or ""), session.copied())


def lines(bench, *options):
    return bench.open(None, "--scenario", "nic-and-hba", "--line", *options, ready=False, rows=60, columns=110)


def say(session, words, answer):
    session.send(words + "\r")
    session.wait(answer)


def test_line_mode_acts(bench):
    """The same acts in plain lines: the preview is told, consent is typed, each step is a line."""
    with lines(bench) as session:
        session.wait("viable>", 5.0)
        say(session, "assign g 5", "Anything else cancels.")
        for words in ('write "vfio-pci', "sda leaves the host", "viable --scenario nic-and-hba --state-dir", "UNDO"):
            bench.check("the preview says %s" % words, words in session.text, session.text)
        say(session, "no", "Cancelled: nothing was changed.")
        session.send("assign g 5\r")
        session.send("yes\r")
        session.wait("Say undo to take it back.")
        bench.check("typed ahead, consent waits for its preview", "= ok" in session.text, session.text)
        bench.check("what became of it is told", "driver is now vfio-pci" in session.text, session.text)
        say(session, "undo", "Anything else cancels.")
        say(session, "yes", "driver is now sym53c8xx")
        say(session, "undo", "there is no undo")
        say(session, "redo", "Hand 02:02.0")
        session.wait("Anything else cancels.")
        session.send("yes\r")
        session.wait(lambda s: s.text.count("Say undo to take it back.") >= 1, why="done again")
        say(session, "attach 02:01.0", "VFIO_GROUP_GET_DEVICE_FD")
        say(session, "release 02:01.0", "Say wait")
        bench.check("who holds it is named", "qemu" in session.text, session.text)
        say(session, "wait", "Type 5 to go ahead")
        say(session, "yes", "Cancelled: nothing was changed.")
        say(session, "detach 02:01.0", "close(")
        session.send("quit\r")
        bench.check("quit ends it", session.ended() == 0)
        bench.check("no escape sequence", b"\033" not in session.raw, bytes(session.raw[:400]))


def prompted(session, words, answer):
    """Says something, and waits for its answer and for the prompt below it."""
    before = len(session.raw)
    session.send(words + "\r")

    def is_through(s):
        said = bytes(s.raw[before:])
        return answer.encode() in said and said.endswith(b"viable> ")
    session.wait(is_through, why="%s, and a prompt after %s" % (answer, words))


def test_line_mode_prompts_after_every_answer(bench):
    with lines(bench) as session:
        session.wait("viable>", 5.0)
        prompted(session, "why g 5", "Splits it:")
        prompted(session, "undo", "there is no undo")
        prompted(session, "assign 01:00.0", "Refused:")
        prompted(session, "assign g 5", "Anything else cancels.")
        prompted(session, "no", "Cancelled")
        prompted(session, "attach g 5", "stays open")
        prompted(session, "detach g 5", "close(")
        prompted(session, "assign g 5", "Anything else cancels.")
        prompted(session, "yes", "Say undo to take it back.")
        prompted(session, "attach g 5", "VFIO_GROUP_GET_DEVICE_FD")
        prompted(session, "end qemu", "exit qemu = ok")
        prompted(session, "end", "Nobody has anything open.")
        bench.check("every answer from the worker is followed by a prompt", True)
        session.send("quit\r")
        bench.check("quit ends it", session.ended() == 0)


def test_line_mode_explains(bench):
    with lines(bench) as session:
        session.wait("viable>", 5.0)
        say(session, "why g 5", "Splits it:")
        bench.check("the bridge is named", "01:00.0" in session.text, session.text)
        say(session, "why", "Which?")
        session.send("quit\r")
        bench.check("quit ends it", session.ended() == 0)


def test_line_mode_shows_and_does_not_act_read_only(bench):
    with lines(bench, "--read-only") as session:
        session.wait("viable>", 5.0)
        say(session, "assign g 5", "Nothing is run here")
        bench.check("the command line is told", "viable --scenario nic-and-hba --state-dir" in session.text, session.text)
        say(session, "attach g 5", "it was started with --read-only")
        session.send("quit\r")
        bench.check("quit ends it", session.ended() == 0)
