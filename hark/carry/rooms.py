"""The rooms that keep rows of a person besides the log and people: what they export and how they forget."""

from collections.abc import Callable
from typing import Any

from hark.cases import carry as cases
from hark.conversations import carry as conversations
from hark.destinations import carry as destinations
from hark.model import Subject
from hark.orders import carry as orders
from hark.store import Transaction
from hark.web import carry as web
from hark.work import carry as work

Export = Callable[[Subject, Transaction], dict[str, Any]]
Forget = Callable[[Subject, Transaction], dict[str, int]]  # rows that are gone, by table

EXPORT: tuple[Export, ...] = (orders.export, conversations.export, cases.export, web.export, work.export)
# The destinations last: they queue jobs that name the person, so that others forget too.
FORGET: tuple[Forget, ...] = (
    orders.forget,
    conversations.forget,
    cases.forget,
    web.forget,
    work.forget,
    destinations.forget,
)
# Rooms whose rows are concluded from events alone: others' rows may be taken away and made again.
CONCLUDED: tuple[Forget, ...] = (orders.forget,)
