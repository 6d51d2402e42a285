"""Devices written down for somebody else, from the console."""
import os


def test_export_is_shown_copied_and_saved(bench):
    with bench.open(bench.image(), rows=40, columns=120) as session:
        session.send("/", "02:02.0", "enter")
        session.send("E")
        session.wait("-device vfio-pci,host=0000:02:01.0")
        bench.check("every endpoint", "-device vfio-pci,host=0000:02:02.0" in session.text, session.text)
        bench.check("and no bridge", "host=0000:01:00.0" not in session.text, session.text)
        session.send("right")
        session.wait("<hostdev mode='subsystem' type='pci'")
        session.send("y")
        session.wait(lambda s: s.copied(), why="OSC 52")
        file = bench.path("state", "copy.txt")
        bench.check("copied, and in copy.txt", "<hostdev" in session.copied() and "<hostdev" in open(file).read(), file)
        session.send("right", "right")
        session.wait("spdk has no use for")
        session.send("right")
        session.wait("#!/bin/sh")
        session.send("right", "right")
        session.wait("<svg xmlns=")
        session.send("S")
        session.wait("group-5.svg")
        bench.check("saved", os.path.exists(bench.path("state", "group-5.svg")))
        session.send("escape")
        session.wait(lambda s: "Export group" not in s.text, why="closed")
