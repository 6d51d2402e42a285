"""What if, on a terminal: changes on paper, answered by the program's worker from registers and scenarios."""


def test_a_change_on_paper_stands_beside_today_and_touches_nothing(bench):
    image = bench.image("seed")
    with bench.open(image, rows=40, columns=120) as session:
        session.send("/02:02.0", "enter", "w")
        session.wait("HYPOTHETICAL, nothing is touched")
        session.wait("switch ACS of")
        bench.check("the first change that can be made is answered", "THEN, ON PAPER" in session.text
                    or "what they are today" in session.text, session.text)
        session.send("y")
        session.pump(0.1)
        copied = session.copied() or ""
        question = "viable --root %s %s why 0000:02:02.0 --what-if " % (image.root, bench.keeping)
        bench.check("the question is a command about this image", copied.startswith(question), copied)
        for _ in range(20):
            session.send("down")
        session.pump(0.2)
        session.send("enter", "backspace")
        session.pump(0.2)
        bench.check("still hypothetical", "HYPOTHETICAL" in session.text, session.text)
        session.escape()
        session.wait_without("HYPOTHETICAL")
        session.send("q")


def test_a_scenario_answers_too(bench):
    with bench.open(None, "--scenario", "nic-and-hba", rows=24, columns=80) as session:
        session.send("/02:01.0", "enter", "w")
        session.wait("THEN, ON PAPER")
        row, _ = session.find("THEN, ON PAPER")
        bench.check("today at the left, then at the right", "group 5" in session.lines[row + 1]
                    and "of group 5" in session.lines[row + 1], session.text)
        session.escape()
        session.send("q")
