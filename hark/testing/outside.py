"""The guarded HTTP client as a plug-in is handed it, with the private hosts that a test allows."""

from hark.net import Allowed, Guard, Http


def http(*allowed: str) -> Http:
    """`http("127.0.0.1")` reaches a server of the test; `http()` reaches public addresses alone, as by default."""
    return Http(Guard(Allowed(allowed)))
