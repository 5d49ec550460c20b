"""What we now know of the people behind a batch of events: whose each event is, and their profile after it."""

from hark.model import Context, Declared
from hark.people import identity, profile
from hark.people.living import Setting
from hark.people.segments import Definitions
from hark.store import Queries, Transaction

queries = Queries(__file__)


def know(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
    joined = identity.join([context.event for context in contexts], tx, declared)
    setting = Setting(declared.purposes, dict(tx.tuples(queries.read_mapping)))
    profile.fold(contexts, joined, tx, setting, Definitions())
    return contexts


def clear(tx: Transaction) -> None:
    """Empty what this step derives from the log."""
    tx.run(queries.clear)
