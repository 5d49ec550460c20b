"""A command beside the server: started when due, never twice at a time, ended with the server."""

import time

from hark.work import Aside


def turned_until(aside: Aside, done) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        aside.turn()
        if done():
            return True
        time.sleep(0.05)
    return False


def test_it_runs_when_it_is_due_and_rests_after():
    asked = []
    aside = Aside(["--help"], {}, lambda: asked.append(1) is None, rest=0.0)

    assert turned_until(aside, lambda: len(asked) == 2)

    aside.stop()

    assert not Aside(["--help"], {}, lambda: asked.append(1) is None, rest=60.0).turn()
    assert len(asked) == 2


def test_it_ends_with_the_server(tmp_path):
    aside = Aside(["serve", "--data", str(tmp_path), "--port", "0"], {}, lambda: True, rest=0.0)
    aside.turn()
    started = time.monotonic()
    aside.stop()

    assert time.monotonic() - started < 12
