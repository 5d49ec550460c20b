"""The commands: one file each, named like the command, with `add(parser)` and the function it runs."""

import argparse
import os
from typing import Any

from hark.config import Config, load
from hark.errors import Misconfigured


def configuration(arguments: argparse.Namespace, **more: Any) -> Config:
    """The configuration with what was given on the command line laid over it."""
    return load(os.environ, data=arguments.data, **more)


def whom(text: str) -> tuple[str, str]:
    """`email:ann@example.com` as kind and value."""
    kind, colon, value = text.partition(":")
    if not colon or not kind or not value:
        raise Misconfigured("person", f"{text!r}: write KIND:VALUE, such as email:ann@example.com or user_id:42")
    return kind, value
