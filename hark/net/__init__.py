"""The one way out: a guarded HTTP client. Nothing else in Hark connects to an address that somebody entered."""

from hark.net.addresses import Allowed
from hark.net.guard import Guard
from hark.net.http import Answer, Http

__all__ = ["Allowed", "Answer", "Guard", "Http"]
