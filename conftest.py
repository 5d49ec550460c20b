"""Fixtures for every test of the project, those of the plug-ins too."""

pytest_plugins = ["hark.testing.fixtures"]
