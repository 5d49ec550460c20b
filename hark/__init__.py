"""Hark hears every signal of a customer, knows whose it is, and decides what would help. Start reading at flow.py."""

__version__ = "0.1.0"
