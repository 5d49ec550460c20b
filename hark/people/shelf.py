"""Takes the part of the identity graph that a batch is about from its tables and puts back what changed, in sets."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import astuple

from hark.model import Event, Identity
from hark.people.evidence import OWN, Claim, Key
from hark.people.graph import CHANGES, Graph, difference, ids
from hark.people.guards import Caps, Component, Cut, Edge, Group, Member
from hark.people.kinds import Kinds
from hark.store import Queries, Transaction

queries = Queries(__file__, "identity.sql")
IDENTITY_TYPES = ("uuid", "text", "text", "uuid", "uuid", "timestamptz", "text", "text", "int2", "int2")
EDGE_TYPES = (
    *("uuid", "uuid", "uuid", "text", "timestamptz", "text", "text", "float4"),
    *("timestamptz", "text", "text", "bool"),
)


class Shelf:
    """Lives for one batch: `read`, work on `graph`, `write`.

    What is known is read lightly, to answer events that say nothing new; around those that do, everything is read.
    """

    def __init__(self, kinds: Kinds, caps: Caps, tx: Transaction) -> None:
        self.graph = Graph(kinds, caps)
        self._tx = tx
        self._known: dict[UUID, tuple[Any, ...]] = {}  # identity → light row
        self._told: dict[UUID, Key] = {}  # edge → its key
        self._persons: dict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
        self._groups: dict[UUID, Group] = {}
        self._as_read: dict[UUID, tuple[Any, ...]] = {}  # what was read whole, to write only what changed

    def read(self, events: Sequence[Event], claims: Sequence[Claim]) -> list[bool]:
        """Load what the events are about; says of each whether it tells anything new."""
        self._read_known(
            {node.text for claim in claims for node in claim.nodes},
            {tie.text for claim in claims for tie in claim.ties},
        )
        news = [self._is_news(event, claim) for event, claim in zip(events, claims, strict=True)]
        if any(news):
            self._read_around([(events[i], claims[i]) for i, is_news in enumerate(news) if is_news])
        return news

    def group_of(self, identity: UUID) -> Group | None:
        if (group := self.graph.group_of(identity)) is not None:
            return group
        row = self._known.get(identity)
        if row is None:
            return None
        person = row[1]
        group = self._groups.get(person)
        if group is None:
            members = sorted(
                (at, source, message, id, kind, value)
                for id, _, kind, value, at, source, message in self._persons[person]
            )
            group = self._groups[person] = Group(
                person, tuple(row[3] for row in members), tuple(Identity(row[4], row[5]) for row in members)
            )
        return group

    def weigh_again(self, kind: str) -> tuple[Group, ...]:
        """Settle anew whatever the identities of one kind are tied to."""
        self._read_components([row[0] for row in self._tx.packed(queries.find_around_kind, kind=kind)])
        graph = self.graph
        before = _persons_as_read(graph.members.values())
        whole = Component(graph.kinds, graph.caps)
        whole.members, whole.edges, whole.cuts = dict(graph.members), dict(graph.edges), dict(graph.cuts)
        graph.components = dict.fromkeys(whole.members, whole)
        for part in whole.split():
            part.settle()
            graph.components |= dict.fromkeys(part.members, part)
        groups = (graph.components[one].clusters[one].person() for one in graph.members)
        return difference(before, {group.person: group for group in groups})

    def write(self) -> None:
        self._name_components()
        fresh, changed = self._sort_out(astuple(member) for member in self.graph.members.values())
        if fresh:
            self._tx.copy(queries.copy_identities, [(*row[:5], *row[5], *row[6:]) for row in fresh], IDENTITY_TYPES)
        self._update_identities(changed)
        fresh, changed = self._sort_out(astuple(edge) for edge in self.graph.edges.values())
        if fresh:
            self._tx.copy(queries.copy_edges, [(*row[:4], *row[4], *row[5:]) for row in fresh], EDGE_TYPES)
        self._update_edges(changed)
        self._write_cuts([cut for cut in self.graph.cuts.values() if _row(cut) != self._as_read.get(cut.id)])

    def _sort_out(self, rows: Iterable[tuple[Any, ...]]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """What is new, and what is not as it was read."""
        fresh, changed = [], []
        for row in rows:
            before = self._as_read.get(row[0])
            if before is None:
                fresh.append(row)
            elif before != row:
                changed.append(row)
        return fresh, changed

    def forget(self, identities: Sequence[UUID]) -> dict[str, int]:
        """Delete identities and all evidence about them; says how many rows of what. The rest is weighed again."""
        gone, graph = set(identities), self.graph
        others = [row[0] for row in self._tx.packed(queries.find_partners, ids=list(gone))]
        self._read_components([*gone, *others])
        self._take_edges(self._tx.packed(queries.find_edges_about, ids=list(gone)))
        edges = [edge for edge in graph.edges.values() if edge.a in gone or edge.b in gone]
        touched = {id(graph.components[one]): graph.components[one] for one in (*gone, *others) if one in graph.members}
        graph.forget(gone, edges)
        for component in touched.values():
            for part in component.split():
                part.settle()
                graph.components |= dict.fromkeys(part.members, part)
        counts = {
            "edge": self._tx.run(queries.delete_edges, ids=[edge.id for edge in edges]),
            "cut": self._tx.run(queries.delete_cuts, ids=list(gone)),
            "identity": self._tx.run(queries.delete_identities, ids=list(gone)),
        }
        self.write()
        return counts

    def _read_known(self, nodes: set[str], ties: set[str]) -> None:
        if not nodes:
            return
        with self._tx.together():
            persons = self._tx.ask(queries.find_persons_of, ids=_array(nodes))
            edges = self._tx.ask(queries.find_edge_keys, ids=_array(ties))
            for row in persons():
                self._known[row[0]] = row
                self._persons[row[1]].append(row)
            self._told = {id: (at, source, message) for id, at, source, message in edges()}

    def _is_news(self, event: Event, claim: Claim) -> bool:
        """Most events tell nothing new about who is who, and cost no more than this."""
        if event.source == OWN and event.name in CHANGES:
            return True
        key = (event.at, event.source, event.message_id)
        for node in claim.nodes:
            row = self._known.get(node.id)
            if key < row[4:] if row else node.kind != "id":
                return True
        for tie in claim.ties:
            told = self._told.get(tie.id)
            if told is None or key < told:
                return True
        return False

    def _read_around(self, heard: Sequence[tuple[Event, Claim]]) -> None:
        nodes = {node.id for _, claim in heard for node in claim.nodes}
        self._read_components(list(nodes | self._named_by_hand(heard)))
        ties = {tie.id for _, claim in heard for tie in claim.ties}
        if apart := [id for id in ties & self._told.keys() if id not in self.graph.edges]:
            self._take_edges(self._tx.packed(queries.find_edges, ids=apart))

    def _take_member(self, row: tuple[Any, ...]) -> Member:
        id, kind, value, person, component, at, source, message, stronger, companions = row
        member = Member(id, kind, value, person, component, (at, source, message), stronger, companions)
        self.graph.members[id] = member
        self._as_read[id] = astuple(member)
        return member

    def _take_edges(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for id, a, b, rule, at, source, message, weight, revoked_at, state, reason, merged in rows:
            edge = Edge(id, a, b, rule, (at, source, message), weight, revoked_at, state, reason, merged)
            self.graph.edges[id] = edge
            self._as_read[id] = astuple(edge)

    def _take_cuts(self, rows: Iterable[tuple[Any, ...]]) -> None:
        cuts = self.graph.cuts
        for id, identity, side, at, source, message, revoked_at in rows:
            cuts.setdefault(id, Cut(id, (at, source, message), {}, revoked_at)).sides[identity] = side
        self._as_read |= {id: _row(cut) for id, cut in cuts.items()}

    def _named_by_hand(self, heard: Sequence[tuple[Event, Claim]]) -> set[UUID]:
        changes = [event for event, _ in heard if event.source == OWN and event.name in CHANGES]
        named = {one for event in changes for one in ids(event, "a", "b", "identities", "rest")}
        if merges := [one for event in changes for one in ids(event, "merge", "edges")]:
            named |= {one for (one,) in self._tx.packed(queries.find_ends, ids=merges)}
        return named

    def _read_components(self, ids: list[UUID]) -> None:
        """Everything that is tied to these, weighed as it stands."""
        members = [self._take_member(row) for row in self._tx.packed(queries.find_components_of, ids=ids)]
        everyone = [member.id for member in members]
        if everyone:
            self._take_edges(self._tx.packed(queries.find_edges_among, ids=everyone))
            self._take_cuts(self._tx.packed(queries.find_cuts_of, ids=everyone))
            self.graph.gather(members)

    def _name_components(self) -> None:
        """A component is called by its smallest identity, a person by their oldest: nothing else decides it."""
        for component in {id(one): one for one in self.graph.components.values()}.values():
            name = min(component.members)
            for identity, member in component.members.items():
                member.component = name
                member.person = component.clusters[identity].person().person

    def _update_identities(self, rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        ids, _, _, persons, components, firsts, stronger, companions = map(list, zip(*rows, strict=True))
        ats, sources, messages = map(list, zip(*firsts, strict=True))
        self._tx.run(
            queries.update_identities,
            ids=_array(id.hex for id in ids),
            persons=_array(id.hex for id in persons),
            components=_array(id.hex for id in components),
            ats=ats,
            sources=sources,
            messages=messages,
            stronger=stronger,
            companions=companions,
        )

    def _update_edges(self, rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        ids, _, _, _, keys, _, revoked, states, reasons, merged = map(list, zip(*rows, strict=True))
        ats, sources, messages = map(list, zip(*keys, strict=True))
        self._tx.run(
            queries.update_edges,
            ids=_array(id.hex for id in ids),
            ats=ats,
            sources=sources,
            messages=messages,
            revoked=revoked,
            states=states,
            reasons=reasons,
            merged=merged,
        )

    def _write_cuts(self, cuts: Sequence[Cut]) -> None:
        rows = [(cut.id, one, side, *cut.key, cut.revoked_at) for cut in cuts for one, side in cut.sides.items()]
        if not rows:
            return
        ids, identities, sides, ats, sources, messages, revoked = map(list, zip(*rows, strict=True))
        self._tx.run(
            queries.save_cuts,
            ids=ids,
            identities=identities,
            sides=sides,
            ats=ats,
            sources=sources,
            messages=messages,
            revoked=revoked,
        )


def _array(ids: Iterable[str]) -> str:
    return "{" + ",".join(ids) + "}"


def _persons_as_read(members: Iterable[Member]) -> dict[UUID, Group]:
    persons: dict[UUID, list[Member]] = defaultdict(list)
    for member in sorted(members, key=lambda member: (member.first, member.id)):
        persons[member.person].append(member)
    return {
        person: Group(person, tuple(m.id for m in members), tuple(Identity(m.kind, m.value) for m in members))
        for person, members in persons.items()
    }


def _row(cut: Cut) -> tuple[Any, ...]:
    return (cut.revoked_at, len(cut.sides))
