"""Where the office is, and the folder that is watched."""

from msgspec import Struct


class Config(Struct, frozen=True, kw_only=True):
    url: str = ""
    folder: str = ""
