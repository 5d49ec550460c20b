"""The part of the identity graph that one batch touches, in memory, while its events are heard in their order. No I/O."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from hark.kit.ids import derived
from hark.model import Event
from hark.people.evidence import OWN, Claim, Key, Tie, edge_id, key_of
from hark.people.guards import BY_HAND, Caps, Cluster, Component, Cut, Edge, Group, Member, crowded
from hark.people.kinds import Kinds

CHANGES = frozenset({"person.merged", "person.split", "merge.reverted"})


class Graph:
    """Lives for one batch, and holds whole components: each that an event with something new to say is about."""

    def __init__(self, kinds: Kinds, caps: Caps) -> None:
        self.kinds = kinds
        self.caps = caps
        self.members: dict[UUID, Member] = {}
        self.edges: dict[UUID, Edge] = {}
        self.cuts: dict[UUID, Cut] = {}
        self.components: dict[UUID, Component] = {}  # of each identity that is worked on

    def group_of(self, identity: UUID) -> Group | None:
        component = self.components.get(identity)
        return component.clusters[identity].person() if component else None

    def gather(self, members: Iterable[Member]) -> None:
        """Work on the components of these identities; all of their members, edges and cuts are loaded."""
        gathered: dict[UUID, Component] = {}
        for member in members:
            component = gathered.setdefault(member.component, Component(self.kinds, self.caps))
            component.members[member.id] = member
            self.components[member.id] = component
        for edge in self.edges.values():
            self._place(edge)
        for cut in self.cuts.values():
            for identity in cut.sides.keys() & self.components.keys():
                self.components[identity].cuts[cut.id] = cut
        for component in gathered.values():
            component.settle()

    def hear(self, event: Event, claim: Claim) -> tuple[Group, ...]:
        """Take in one event that tells something new; gives the persons whose members it changed."""
        key = key_of(event)
        by_hand = event.source == OWN and event.name in CHANGES
        about = {node.id for node in claim.nodes} | (self._named(event) if by_hand else set())
        touched = {id(component): component for one in about if (component := self.components.get(one))}
        reshapes = by_hand or self._reshapes(claim, key, touched.values())
        if reshapes:
            about = about.union(*(component.members for component in touched.values()))
        before = self._groups_of(about)
        fresh = self._note(claim, key)
        if by_hand:
            self._change(event, key)
        self._connect(fresh)
        if reshapes:
            self.settle_again(about)
        else:
            self._append(fresh)
        return difference(before, self._groups_of(about))

    def settle_again(self, about: Iterable[UUID]) -> None:
        """Weigh the components of these identities from the start; what is no longer tied parts into its own."""
        components = {id(self.components[one]): self.components[one] for one in about if one in self.components}
        for component in components.values():
            for part in component.parts():
                part.settle()
                self.components |= dict.fromkeys(part.members, part)

    def forget(self, gone: set[UUID], edges: Iterable[Edge]) -> None:
        """Take identities and the evidence about them out, as if it had never come."""
        for edge in edges:
            self._uncount(edge, gone)
            self.edges.pop(edge.id, None)
            for one in (edge.a, edge.b):
                if one in self.components:
                    self.components[one].edges.pop(edge.id, None)
        for cut in list(self.cuts.values()):
            cut.sides = {one: side for one, side in cut.sides.items() if one not in gone}
            if len(set(cut.sides.values())) < 2:
                self.cuts.pop(cut.id)
                for one in cut.sides.keys() | gone:
                    if one in self.components:
                        self.components[one].cuts.pop(cut.id, None)
        for one in gone & self.members.keys():
            self.members.pop(one)
            self.components.pop(one).members.pop(one)

    def _uncount(self, edge: Edge, gone: set[UUID]) -> None:
        """What is crowded stays so: how far above the cap it was is not known."""
        one, other = (edge.a, edge.b) if edge.b in gone else (edge.b, edge.a)
        if one in gone or edge.rule not in ("event", "alias") or crowded(self.members[one], self.caps):
            return
        member, forgotten = self.members[one], self.members[other]
        member.companions -= 1
        if self.kinds.of(forgotten.kind).priority < self.kinds.of(member.kind).priority:
            member.stronger -= 1

    def _groups_of(self, ids: Iterable[UUID]) -> dict[UUID, Group]:
        groups = (self.group_of(one) for one in ids)
        return {group.person: group for group in groups if group}

    # What an event says

    def _reshapes(self, claim: Claim, key: Key, touched: Iterable[Component]) -> bool:
        """Whether this bears on what was concluded before: it is older than something known, or makes a crowd."""
        if not all(component.is_followed_by(key) for component in touched):
            return True
        known = (self.members.get(node.id) for node in claim.nodes)
        if any(key < member.first for member in known if member):
            return True
        fresh = [tie for tie in claim.ties if tie.id not in self.edges]
        return any(self._crowds(tie, len(fresh)) for tie in fresh)

    def _crowds(self, tie: Tie, most: int) -> bool:
        caps = self.caps
        strong, weak = self.members.get(tie.strong), self.members.get(tie.weak)
        if strong and caps.companions - most < strong.companions <= caps.companions:
            return True
        return weak is not None and (
            weak.companions == caps.companions or (tie.unequal and weak.stronger == caps.crowd)
        )

    def _note(self, claim: Claim, key: Key) -> list[Edge]:
        for node in claim.nodes:
            member = self.members.get(node.id)
            if member is None and node.kind != "id":
                self._welcome(Member(node.id, node.kind, node.value, node.id, node.id, key))
            elif member is not None and key < member.first:
                member.first = key
        fresh = []
        for tie in claim.ties:
            edge = self.edges.get(tie.id)
            if edge is None:
                fresh.append(self._tie(tie, claim.rule, key))
            elif key < edge.key:
                edge.key = key
        return fresh

    def _welcome(self, member: Member) -> None:
        self.members[member.id] = member
        component = self.components[member.id] = Component(self.kinds, self.caps)
        component.members[member.id] = member
        component.clusters[member.id] = Cluster(member)

    def _tie(self, tie: Tie, rule: str, key: Key) -> Edge:
        a, b = sorted((tie.strong, tie.weak))
        edge = self.edges[tie.id] = Edge(tie.id, a, b, rule, key)
        strong, weak = self.members[tie.strong], self.members[tie.weak]
        # Counted to just above the cap: beyond it nothing more follows from a higher number.
        strong.companions = min(strong.companions + 1, self.caps.companions + 1)
        weak.companions = min(weak.companions + 1, self.caps.companions + 1)
        if tie.unequal:
            weak.stronger = min(weak.stronger + 1, self.caps.crowd + 1)
        return edge

    def _connect(self, fresh: Sequence[Edge]) -> None:
        for edge in fresh:
            a, b = self.components[edge.a], self.components[edge.b]
            fits = a is b or len(a.members) + len(b.members) <= self.caps.component
            if fits and a.connects(edge, self.members[edge.a], self.members[edge.b]):
                self._link(edge.a, edge.b)
        for edge in fresh:
            if not self._place(edge):
                self.components[edge.a].stands_apart(edge, self.members[edge.a], self.members[edge.b])

    def _place(self, edge: Edge) -> bool:
        component = self.components.get(edge.a)
        if component is None or component is not self.components.get(edge.b):
            return False
        component.edges[edge.id] = edge
        return True

    def _append(self, fresh: Sequence[Edge]) -> None:
        news: dict[int, tuple[Component, list[Edge]]] = {}
        for edge in fresh:
            component = self.components[edge.a]
            if edge.id in component.edges:
                news.setdefault(id(component), (component, []))[1].append(edge)
        for component, edges in news.values():
            component.append(edges)

    def _link(self, a: UUID, b: UUID) -> None:
        large, small = self.components[a], self.components[b]
        if large is small:
            return
        if len(large.members) < len(small.members):
            large, small = small, large
        large.absorb(small)
        self.components |= dict.fromkeys(small.members, large)

    # What is done by hand

    def _named(self, event: Event) -> set[UUID]:
        named = set(ids(event, "a", "b", "identities", "rest"))
        for merge in ids(event, "merge"):
            if edge := self.edges.get(merge):
                named |= {edge.a, edge.b}
            if cut := self.cuts.get(merge):
                named |= cut.sides.keys()
        return named & self.members.keys()

    def _change(self, event: Event, key: Key) -> None:
        if event.name == "person.merged":
            self._merge(event, key)
            return
        cuts = self._cut(event, key)
        for one in ids(event, "merge", "edges"):
            work = self.edges.get(one) or self.cuts.get(one)
            if isinstance(work, Edge) and cuts and work.rule not in BY_HAND:
                continue  # the cut holds it down, and taking the cut back sets it free
            if work is not None and (work.revoked_at is None or work.revoked_at < event.at):
                work.revoked_at = event.at

    def _merge(self, event: Event, key: Key) -> None:
        ends = sorted(set(ids(event, "a", "b")) & self.members.keys())
        if len(ends) != 2:
            return  # one of them was erased since
        a, b = ends
        rule = "match" if event.properties.get("by") == "match" else "hand"
        id = edge_id(a, b, rule)
        edge = self.edges.get(id)
        if edge is None:
            edge = self.edges[id] = Edge(id, a, b, rule, key, _score(event.properties))
        elif rule == "hand":
            edge.key = max(edge.key, key)
        self._link(a, b)
        self.components[a].edges[id] = edge

    def _cut(self, event: Event, key: Key) -> bool:
        sides = dict.fromkeys(ids(event, "rest"), 0) | dict.fromkeys(ids(event, "identities"), 1)
        sides = {one: side for one, side in sides.items() if one in self.members}
        if len(set(sides.values())) != 2:
            return False
        cut = Cut(derived("cut", event.source, event.message_id), key, sides)
        self.cuts[cut.id] = cut
        for one in sides:
            self._link(one, next(iter(sides)))
        self.components[next(iter(sides))].cuts[cut.id] = cut
        return True


def ids(event: Event, *names: str) -> list[UUID]:
    """The ids that an own event names in these properties; what is no id is left out."""
    found = []
    for name in names:
        value = event.properties.get(name)
        for text in value if isinstance(value, list) else [value]:
            try:
                found.append(UUID(text))
            except (ValueError, TypeError, AttributeError):
                continue
    return found


def difference(before: dict[UUID, Group], after: dict[UUID, Group]) -> tuple[Group, ...]:
    changed = [group for person, group in after.items() if before.get(person) != group]
    changed += [Group(person) for person in before.keys() - after.keys()]
    return tuple(sorted(changed, key=lambda group: group.person))


def _score(properties: dict[str, Any]) -> float:
    score = properties.get("score")
    return float(score) if isinstance(score, int | float) else 1.0
