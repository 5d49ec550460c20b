"""Fixtures for every test of the project, those of the plug-ins too."""

from hypothesis import settings

pytest_plugins = ["hark.testing.fixtures"]

# How long an example takes says something of the machine, not of the program.
settings.register_profile("hark", deadline=None)
settings.load_profile("hark")
