"""The commands: one file each, named like the command, with `add(parser)` and the function it runs."""

import argparse
import os
from typing import Any

from hark.config import Config, load


def configuration(arguments: argparse.Namespace, **more: Any) -> Config:
    """The configuration with what was given on the command line laid over it."""
    return load(os.environ, data=arguments.data, **more)
