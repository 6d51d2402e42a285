"""The side-by-side demo in a real terminal, and acting on simulated machines."""
import json
import os
import subprocess


def demo(bench, *arguments, **options):
    """`viable demo`, waited for."""
    session = bench.open(None, "demo", *arguments, ready=False, **options)
    session.wait("step 0/")
    return session


def total(session):
    return int(session.lines[0].split("step ")[1].split("/")[1])


def step(session, number):
    session.send("l")
    session.wait("step %d/" % number)


def test_seed_story_step_by_step(bench):
    with demo(bench) as session:
        bench.check("the lesson stands before the first call", "l makes the first call" in session.text, session.text)
        last = total(session)
        seen = []
        for number in range(1, last + 1):
            step(session, number)
            seen.append(session.text)
        for words in ("VFIO_GROUP_SET_CONTAINER", "JOIN_IOASID_FD", "EPERM", "DMA possible: yes", "ALARM explicit"):
            bench.check("on the way: %s" % words, any(words in text for text in seen))
        for number in range(last - 1, 0, -1):
            session.send("h")
            session.wait("step %d/" % number)
            bench.check("step %d is as it was" % number, session.text == seen[number - 1], session.text)
        session.send("q")
        bench.check("q ends it", session.ended() == 0)


def test_flag_raises_the_alarm(bench):
    with demo(bench) as session:
        session.send("end")
        session.wait("ALARM implicit")
        bench.check("the alarm names both", "access to the HBA" in session.text, session.text)
        session.send("F")
        session.wait("may not stay unused")
        session.send("end")
        session.wait_without("ALARM implicit")
        session.send("F", "end")
        session.wait("ALARM implicit")
        session.send("x")
        session.wait("asked for now: HBA")
        bench.check("the other device is asked for", "02:02.0" in session.text, session.text)


def test_a_story_that_deviates(bench):
    path = bench.path("lies.toml")
    with open(path, "w") as file:
        file.write("""name = "lies"
title = "A story that lies"
extends = "nic-and-hba"
models = ["explicit", "implicit"]
[[act]]
title = "the VM asks"
attach = "NIC"
expect.explicit = "SET_CONTAINER=0"
""")
    with demo(bench, path) as session:
        session.send("end")
        session.wait("DEVIATES explicit, act 1: SET_CONTAINER=-1 EPERM, not SET_CONTAINER=0")
        session.send("q")
        bench.check("it ends with 1", session.ended() == 1)


def test_plays_by_itself(bench):
    with demo(bench) as session:
        session.send("space")
        session.wait("step 2/", 5)
        session.send("space")
        session.wait("stopped")
        bench.check("Space plays and stops", True)


def test_lists_and_words(bench):
    with demo(bench, rows=40, columns=120) as session:
        session.send("n")
        session.wait("Scenarios")
        session.send("down", "enter")
        session.wait("step 0/")
        session.wait_without("Scenarios")
        session.send("n", "home", "enter")
        session.wait_without("Scenarios")
        session.send("m")
        session.wait("Two to four models")
        session.send("G", "space", "enter", "l")
        session.wait("IOMMUFD (Linux)")
        session.send("w")
        session.wait("Words of the thread")
        bench.check("words have author and date", "2021" in session.text and "Gunthorpe" in session.text, session.text)
        session.escape()
        session.wait_without("Words of the thread")
        session.send("?")
        session.wait("Help: side by side")
        session.escape()
        session.wait_without("Help: side by side")


def test_every_story_comes_to_its_end(bench):
    listed = subprocess.run([bench.binary, "scenarios", "--json"], capture_output=True, check=True).stdout
    names = [entry["name"] for entry in json.loads(listed)["scenarios"]]
    bench.check("there are stories", len(names) >= 22, names)
    for name in names:
        with demo(bench, name, "--models", "explicit,implicit,auto-unbind,iommufd", rows=40, columns=160) as session:
            session.send("end")
            session.wait("step %d/" % total(session))
            session.send("home")
            session.wait("step 0/")
            session.send("q")
            bench.check(name, session.ended() == 0)


def test_saves_the_run(bench):
    with demo(bench) as session:
        session.send("end", "S")
        session.wait("saved as")
        folder = bench.path("state")
        lines = [name for name in os.listdir(folder) if name.endswith(".jsonl")]
        bench.check("JSON lines are there", len(lines) == 1, os.listdir(folder))
        records = [json.loads(line) for line in open(os.path.join(folder, lines[0]))]
        bench.check("every line is a call", records and all("call" in record for record in records))
        bench.check("a refusal is named", any(record["errno"] == "EPERM" for record in records))


def test_sizes(bench):
    with demo(bench, rows=24, columns=80) as session:
        session.send("end")
        for rows, columns in ((60, 200), (16, 60), (5, 20), (1, 1), (40, 120)):
            session.resize(rows, columns)
            session.pump(0.1)
        session.wait("DMA possible")
        bench.check("the picture is back", "ALARM" in session.text, session.text)
    for extra in (["--ascii"], ["--color", "never"]):
        with demo(bench, *extra) as session:
            session.send("end")
            session.wait("ALARM")
            bench.check("with %s" % " ".join(extra), "DMA possible" in session.text, session.text)


def test_from_the_console_and_back(bench):
    with bench.open(bench.image()) as session:
        session.wait("02:02.0")
        session.send("d")
        session.wait("step 0/")
        session.send("l")
        session.wait("step 1/")
        session.send("q")
        session.wait("GRP")
        session.send("j")
        bench.check("the console goes on", session.process.poll() is None and "02:02.0" in session.text, session.text)


def test_acting_is_refused_on_an_image(bench):
    with bench.open(bench.image()) as session:
        session.send("t")
        session.wait("--rehearse makes one")
        bench.check("the reason is told", "only on a simulated machine" in session.text, session.text)


def test_acting_on_a_scenario(bench):
    with bench.open(None, "--scenario", "nic-and-hba", rows=40, columns=120) as session:
        session.wait("as qemu")
        session.send("/", "02:01.0", "enter", "t")
        session.wait("EPERM")
        bench.check("the refusal is in the log with its reason", "not viable" in session.text, session.text)
        session.send("/", "02:02.0", "enter", "x")
        session.wait("Type 5 to enable Run")
        session.send("5", "right", "enter")
        session.wait("Done.")
        session.send("enter")
        session.send("/", "02:01.0", "enter", "t")
        session.wait("GET_DEVICE_FD")
        session.wait("owned")
        bench.check("the group is owned and the device open", "open" in session.text, session.text)
        session.send("U")
        session.wait("as qemu-b")
        session.send("t")
        session.wait("EBUSY")
        bench.check("a second user is kept out", True)
        session.send("W")
        session.wait("end it first")
        bench.check("rules do not change under open descriptors", True)


def test_rehearsing_an_image(bench):
    with bench.open(bench.image(), "--rehearse", rows=40, columns=120) as session:
        session.wait("as qemu")
        session.send("/", "02:02.0", "enter", "b")
        session.wait("NOT YET DONE")
        bench.check("what the image does not tell is not known", "what is mounted from 02:02.0 is unknown" in session.text)
        session.send("right", "enter")
        session.wait("Type 5 to enable Run")
        session.send("5", "enter")
        session.wait("Done.")
        session.send("enter")
        session.wait(lambda s: any("02:02.0" in line and "vfio-pci" in line for line in s.lines), why="vfio-pci on the HBA")
        session.send("r")
        session.wait("NOT YET DONE")
        session.send("right", "enter")
        session.wait("Done.")
        session.send("enter")
        session.wait(lambda s: any("02:02.0" in line and "sym53c8xx" in line for line in s.lines), why="its host driver")
        bench.check("bound and given back", True)


def test_rehearsing_this_machine(bench):
    with bench.open(None, "--rehearse") as session:
        session.wait("as qemu", 10)
        session.send("x")
        session.wait(lambda s: "Preview" in s.text or "nothing is selected" in s.text, 10, "a preview")
        session.escape()
        session.send("q")
        bench.check("it opens, takes a key and ends", session.ended() == 0)
