"""The reverse feed: what Hark knows goes on to the systems that a company works with, each at its own pace."""

from hark.destinations.destination import Destination

__all__ = ["Destination"]
