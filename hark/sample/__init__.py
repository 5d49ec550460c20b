"""The sample company: a small simulation of an appliance maker's customers that sends what real systems would send.

It is an outsider that happens to be carried with Hark: it imports nothing of Hark, knows write keys and paths, and
speaks to the public door alone (docs/decisions/0040-sample-company.md). Read `story.py` first, then `send.py`.
"""

from hark.sample.send import SOURCES, Progress, run, run_live, sender
from hark.sample.wishes import SEGMENTS, TRAITS

__all__ = ["SEGMENTS", "SOURCES", "TRAITS", "Progress", "run", "run_live", "sender"]
