"""Why these are one person: the evidence in the order in which it was believed, what was refused, and by what rule."""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from hark.errors import NotFound
from hark.model import Declared, Identity
from hark.people.evidence import Reader
from hark.people.kinds import Kinds
from hark.store import Queries, Transaction
from hark.store.database import Row

queries = Queries(__file__, "identity.sql")
MOST = 1000  # pieces of evidence told about one person

# Message ids for translation; the names in braces are filled from `Evidence.words`.
SENTENCES = {
    "event": "One event of {source} named both.",
    "alias": "{source} said that both are one person.",
    "hand": "Merged by hand.",
    "match": "Their details are alike ({percent} %), and you chose to join what is so alike.",
    "unique": "Refused: a person has one {kind}, and these are two.",
    "limit": "Refused: a person would have more than {limit} of {kind}.",
    "mappings": "Refused: a person would have too many identities.",
    "merges": "Refused: a person would be made of too many persons.",
    "crowded": "Refused: so many people share one of these that it points to nobody.",
    "component": "Refused: too much is tied together here already.",
    "blocked": "Refused: one of these is blocked and points to nobody.",
    "cut": "Kept apart by hand.",
    "reverted": "Taken back by hand.",
}


class Known(Struct, frozen=True, kw_only=True):
    """An identity of a person, since when, and by whom we first heard of it."""

    id: UUID
    kind: str
    label: str
    value: str
    first_at: datetime
    source: str
    message_id: str


class Evidence(Struct, frozen=True, kw_only=True):
    """One piece: what it ties, what came of it and why. `id` is also the id of the merge where `merged`."""

    id: UUID
    a: Identity
    b: Identity
    a_id: UUID
    b_id: UUID
    other: UUID | None  # the person that it would have joined, where it was refused
    rule: str
    state: str
    because: str
    words: dict[str, str]
    at: datetime
    source: str
    message_id: str
    position: int | None  # of the event in the log
    merged: bool
    weight: float

    @property
    def sentence(self) -> str:
        return self.because.format(**self.words)


class Parting(Struct, frozen=True, kw_only=True):
    """A split by hand, in force until it is reverted."""

    id: UUID
    at: datetime
    stay: tuple[UUID, ...]
    leave: tuple[UUID, ...]
    reverted_at: datetime | None


class Explanation(Struct, frozen=True, kw_only=True):
    person: UUID
    identities: tuple[Known, ...]
    evidence: tuple[Evidence, ...]  # what made them one, and what more agrees with it
    refused: tuple[Evidence, ...]  # what was not believed, or taken back
    partings: tuple[Parting, ...]

    @property
    def merges(self) -> tuple[Evidence, ...]:
        return tuple(piece for piece in self.evidence if piece.merged)


def person_of(tx: Transaction, declared: Declared, kind: str, value: str) -> UUID | None:
    """The person behind any identity as anybody may write it; `id` takes an identity's id or any old id of a person."""
    if kind == "id":
        try:
            id = UUID(value)
        except ValueError:
            return None
    else:
        node = Reader(Kinds(declared.kinds.values()), declared.salt).node(Identity(kind, value))
        if node is None:
            return None
        id = node.id
    person: UUID | None = tx.value(queries.person_of, id=id)
    return person


def explain(tx: Transaction, person: UUID, declared: Declared) -> Explanation:
    """NotFound where there is no such person (any more)."""
    kinds = Kinds(declared.kinds.values())
    rows = tx.all(queries.identities_of, person=person)
    if not rows:
        raise NotFound(f"there is no person {person}")
    members = [row["id"] for row in rows]
    told = [_evidence(row, person, kinds) for row in tx.all(queries.evidence_of, ids=members, most=MOST)]
    return Explanation(
        person=person,
        identities=tuple(_known(row, kinds) for row in rows),
        evidence=tuple(piece for piece in told if piece.state == "joined"),
        refused=tuple(piece for piece in told if piece.state != "joined"),
        partings=tuple(_parting(row) for row in tx.all(queries.cuts_among, ids=members)),
    )


def path_between(evidence: Iterable[Evidence], a: UUID, b: UUID) -> list[Evidence]:
    """The fewest pieces that lead from one identity to another: "these two are one because …"."""
    ties: dict[UUID, list[tuple[UUID, Evidence]]] = {}
    for piece in evidence:
        if piece.state == "joined":
            ties.setdefault(piece.a_id, []).append((piece.b_id, piece))
            ties.setdefault(piece.b_id, []).append((piece.a_id, piece))
    came: dict[UUID, tuple[UUID, Evidence] | None] = {a: None}
    waiting = deque([a])
    while waiting and b not in came:
        here = waiting.popleft()
        for there, piece in ties.get(here, ()):
            if there not in came:
                came[there] = (here, piece)
                waiting.append(there)
    path: list[Evidence] = []
    step = came.get(b)
    while step is not None:
        path.append(step[1])
        step = came[step[0]]
    return path[::-1]


def halves(evidence: Sequence[Evidence], merge: UUID, members: Iterable[UUID]) -> tuple[list[UUID], list[UUID]]:
    """What a merge put together: the two sides as they would be had its evidence never come, as (stay, leave).

    Evidence that came later and agrees with the merge belongs to the merge: it alone would not have parted anybody.
    """
    root = {member: member for member in members}

    def find(identity: UUID) -> UUID:
        while root[identity] != identity:
            identity = root[identity]
        return identity

    ends = next(((piece.a_id, piece.b_id) for piece in evidence if piece.id == merge), None)
    if ends is None:
        return [], []
    # The order of belief: by hand, then what events said as it came, then what is only alike.
    for piece in sorted(evidence, key=lambda piece: (piece.rule != "hand", piece.rule == "match")):
        if piece.id != merge and piece.a_id in root and piece.b_id in root:
            a, b = find(piece.a_id), find(piece.b_id)
            if a != b and {a, b} != {find(ends[0]), find(ends[1])}:
                root[b] = a
    leave = [member for member in root if find(member) == find(ends[1])]
    stay = [member for member in root if find(member) != find(ends[1])]
    return stay, leave


def _known(row: Row, kinds: Kinds) -> Known:
    return Known(
        id=row["id"],
        kind=row["kind"],
        label=kinds.of(row["kind"]).label,
        value=row["value"],
        first_at=row["first_at"],
        source=row["first_source"],
        message_id=row["first_message"],
    )


def _evidence(row: Row, person: UUID, kinds: Kinds) -> Evidence:
    code, _, about = (row["reason"] or row["rule"]).partition(":")
    words = {"source": row["source"], "percent": f"{100 * row['weight']:.0f}"}
    if code in ("unique", "limit"):
        words |= {"kind": kinds.of(about).label, "limit": str(kinds.of(about).limit)}
    other = row["b_person"] if row["a_person"] == person else row["a_person"]
    return Evidence(
        id=row["id"],
        a=Identity(row["a_kind"], row["a_value"]),
        b=Identity(row["b_kind"], row["b_value"]),
        a_id=row["a"],
        b_id=row["b"],
        other=None if other == person else other,
        rule=row["rule"],
        state=row["state"],
        because=SENTENCES.get(code, code),
        words=words,
        at=row["at"],
        source=row["source"],
        message_id=row["message_id"],
        position=row["position"],
        merged=row["merged"],
        weight=row["weight"],
    )


def _parting(row: Row) -> Parting:
    return Parting(
        id=row["id"],
        at=row["at"],
        stay=tuple(row["stay"] or ()),
        leave=tuple(row["leave"] or ()),
        reverted_at=row["revoked_at"],
    )
