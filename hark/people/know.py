"""What we now know of the people behind a batch of events: whose each event is, and their profile after it."""

from hark.model import Context, Declared
from hark.store import Transaction


def know(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
    return contexts


def clear(tx: Transaction) -> None:
    """Empty what this step derives from the log."""
