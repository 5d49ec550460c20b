"""What one event says about who is who: its identities in their one spelling, strongest first, and the ties of them.

Pure and remembered: the same identities always say the same, so a known visitor costs one look into a dictionary.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from hark.kit.ids import derived
from hark.model import Event, Identity
from hark.people.kinds import Kinds

OWN = "hark"  # the source of what is done by hand; only its events may merge, split or refer to a person by id
MOST_IDENTITIES = 50  # of one event; the strongest are kept
_REMEMBERED = 20_000

Key = tuple[datetime, str, str]  # (at, source, message id): the order of all evidence


class Node(Struct, frozen=True):
    """An identity that an event names."""

    id: UUID
    kind: str
    value: str
    priority: int
    text: str = ""  # the id as PostgreSQL reads it: made once, sent with every batch


class Tie(Struct, frozen=True):
    """An event names `strong` and `weak` together. `id` is the edge's."""

    id: UUID
    strong: UUID
    weak: UUID
    unequal: bool  # `strong` is of a stronger kind, not only the first of two alike
    text: str = ""


class Claim(Struct, frozen=True):
    """What an event says: the first node is the anchor, which every other node is tied to."""

    nodes: tuple[Node, ...] = ()
    ties: tuple[Tie, ...] = ()
    rule: str = "event"


def key_of(event: Event) -> Key:
    return (event.at, event.source, event.message_id)


def edge_id(a: UUID, b: UUID, rule: str) -> UUID:
    first, second = (a, b) if a < b else (b, a)
    return derived("edge", first.hex, second.hex, rule)


class Reader:
    """Reads events into claims with the kinds in force; `salt` keys the ids so that they tell nothing of the values."""

    def __init__(self, kinds: Kinds, salt: bytes) -> None:
        self.kinds = kinds
        self._salt = salt
        self._claims: dict[tuple[Identity, ...], Claim] = {}
        self._aliases: dict[tuple[Identity, ...], Claim] = {}

    def claim(self, event: Event) -> Claim:
        if event.source == OWN:
            return self._own(event.identities)
        alias = event.type == "alias"
        remembered = self._aliases if alias else self._claims
        claim = remembered.get(event.identities)
        if claim is None:
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            claim = remembered[event.identities] = self._read(event.identities, "alias" if alias else "event")
        return claim

    def node(self, identity: Identity) -> Node | None:
        """None where the value points to nobody."""
        spelling = self.kinds.spelled(identity.kind, identity.value)
        if spelling is None:
            return None
        id = derived(identity.kind, spelling, salt=self._salt)
        return Node(id, identity.kind, spelling, self.kinds.of(identity.kind).priority, id.hex)

    def _read(self, identities: tuple[Identity, ...], rule: str) -> Claim:
        nodes = {node.id: node for identity in identities if (node := self.node(identity))}
        # Stable: of two alike the one that the sender wrote first is the stronger.
        ranked = sorted(nodes.values(), key=lambda node: (node.priority, node.kind))[:MOST_IDENTITIES]
        if not ranked:
            return Claim()
        anchor = ranked[0]
        return Claim(tuple(ranked), tuple(_tie(anchor, node, rule) for node in ranked[1:]), rule)

    def _own(self, identities: tuple[Identity, ...]) -> Claim:
        """Our own events say whom they are about and are no evidence; they may name an identity by its id."""
        for identity in identities:
            if identity.kind == "id":
                try:
                    id = UUID(identity.value)
                    return Claim((Node(id, "id", identity.value, 0, id.hex),))
                except ValueError:
                    continue
        return Claim(self._read(identities, "event").nodes[:1])


def _tie(strong: Node, weak: Node, rule: str) -> Tie:
    id = edge_id(strong.id, weak.id, rule)
    return Tie(id, strong.id, weak.id, strong.priority < weak.priority, id.hex)
