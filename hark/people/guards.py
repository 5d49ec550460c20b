"""Which evidence makes one person: guards weighed over all that is tied together, in the order of the evidence.

A component holds identities, the edges between them and the cuts made by hand. What it concludes depends on these
alone and never on the order or the number of times that events arrived. What was done by hand comes first, newest
first, and overrules every guard; then what events say, oldest first; then what was only found to be alike.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from hark.model import Identity, IdentityKind
from hark.people.evidence import Key
from hark.people.kinds import Kinds

BY_HAND = ("hand",)
JOINED, REFUSED, REVOKED = "joined", "refused", "revoked"
Order = tuple[bool, Key, int, UUID]  # only found to be alike?, when, priority of the weaker end, edge


class Caps(Struct, frozen=True):
    """mappings, merges: of one person. crowd: an identity seen with more stronger ones (a shop's tablet, test@test.com)
    points to nobody. companions: the same for identities of any strength (a user id that every guest is given).
    component: no more is weighed together, so that a chain of shared devices, or somebody who makes one, stops nobody's
    work; this cap alone goes by the order of arrival."""

    mappings: int = 1000
    merges: int = 100
    crowd: int = 50
    companions: int = 2000
    component: int = 20_000


class Group(Struct, frozen=True):
    """A person and their identities, oldest first; no members: this id is nobody's any more."""

    person: UUID
    members: tuple[UUID, ...] = ()
    identities: tuple[Identity, ...] = ()


class Member(Struct):
    """An identity while it is worked on."""

    id: UUID
    kind: str
    value: str
    person: UUID
    component: UUID
    first: Key
    stronger: int = 0
    companions: int = 0


class Edge(Struct):
    """Evidence while it is worked on: a < b."""

    id: UUID
    a: UUID
    b: UUID
    rule: str
    key: Key
    weight: float = 1.0
    revoked_at: datetime | None = None
    state: str = REFUSED
    reason: str | None = None
    merged: bool = False


class Cut(Struct):
    """A split by hand: identity → side."""

    id: UUID
    key: Key
    sides: dict[UUID, int]
    revoked_at: datetime | None = None


class Cluster:
    """The identities that are one person so far, with what the guards ask of them."""

    __slots__ = ("group", "members", "merges", "oldest", "sides", "values")

    def __init__(self, member: Member) -> None:
        self.members = [member]
        self.values = {member.kind: [member]}
        self.oldest = (member.first, member.id)
        self.merges = 0
        self.sides: dict[UUID, int] = {}  # cut → bits of the sides that are in here
        self.group: Group | None = None

    def take(self, other: "Cluster") -> None:
        self.members += other.members
        for kind, members in other.values.items():
            self.values[kind] = self.values.get(kind, []) + members
        for cut, bits in other.sides.items():
            self.sides[cut] = self.sides.get(cut, 0) | bits
        self.oldest = min(self.oldest, other.oldest)
        self.merges += other.merges
        self.group = None

    def person(self) -> Group:
        if self.group is None:
            members = sorted(self.members, key=lambda member: (member.first, member.id))
            identities = tuple(Identity(member.kind, member.value) for member in members)
            self.group = Group(members[0].id, tuple(member.id for member in members), identities)
        return self.group


class Component:
    """All that any evidence ties together. `settle` weighs it from the start, `append` goes on with what is newest."""

    def __init__(self, kinds: Kinds, caps: Caps) -> None:
        self.kinds = kinds
        self.caps = caps
        self.members: dict[UUID, Member] = {}
        self.edges: dict[UUID, Edge] = {}
        self.cuts: dict[UUID, Cut] = {}
        self.clusters: dict[UUID, Cluster] = {}
        self._newest: Order | None = None

    def absorb(self, other: "Component") -> None:
        """What was concluded on either side stays right: their evidence did not touch before."""
        self.members |= other.members
        self.edges |= other.edges
        self.cuts |= other.cuts
        self.clusters |= other.clusters
        if other._newest is not None and (self._newest is None or other._newest > self._newest):
            self._newest = other._newest

    def is_followed_by(self, key: Key) -> bool:
        """Whether evidence of this key comes after all that was weighed, so that nothing before it changes."""
        return self._newest is None or self._newest[:2] < (False, key)

    def append(self, edges: Iterable[Edge]) -> None:
        for edge in sorted(edges, key=self._order):
            self._weigh(edge)

    def settle(self) -> None:
        self.clusters = {id: Cluster(member) for id, member in self.members.items()}
        self._newest = None
        self._settle_by_hand()
        for edge in sorted((edge for edge in self.edges.values() if edge.rule not in BY_HAND), key=self._order):
            self._weigh(edge)

    def connects(self, edge: Edge, a: Member, b: Member) -> bool:
        """Whether these two must be weighed together. What points to nobody ties nothing, but for work by hand."""
        return edge.rule in BY_HAND or self._nobody(a, b) is None

    def stands_apart(self, edge: Edge, a: Member, b: Member) -> None:
        """Conclude on an edge that lies outside every component: to what points to nobody, or where too much is tied."""
        edge.state, edge.reason, edge.merged = REFUSED, self._nobody(a, b) or "component", False
        if edge.revoked_at is not None:
            edge.state, edge.reason = REVOKED, "reverted"

    def parts(self) -> list["Component"]:
        """This component taken apart where its evidence no longer ties it; the edges between the parts stand apart."""
        if all(self._nobody(member, member) is None for member in self.members.values()):
            return [self]
        return self.split()

    def split(self) -> list["Component"]:
        parts = self._parted_members()
        for edge in self.edges.values():
            part = parts[edge.a]
            if part is parts[edge.b]:
                part.edges[edge.id] = edge
            else:
                self.stands_apart(edge, self.members[edge.a], self.members[edge.b])
        for cut in self.cuts.values():
            parts[next(identity for identity in cut.sides if identity in parts)].cuts[cut.id] = cut
        return list({id(part): part for part in parts.values()}.values())

    def _parted_members(self) -> dict[UUID, "Component"]:
        root = {identity: identity for identity in self.members}

        def find(identity: UUID) -> UUID:
            while root[identity] != identity:
                root[identity] = root[root[identity]]
                identity = root[identity]
            return identity

        for edge in self.edges.values():
            if self.connects(edge, self.members[edge.a], self.members[edge.b]):
                root[find(edge.a)] = find(edge.b)
        for cut in self.cuts.values():
            present = [identity for identity in cut.sides if identity in root]
            for identity in present[1:]:
                root[find(identity)] = find(present[0])
        parts: dict[UUID, Component] = {}
        for identity, member in self.members.items():
            part = parts.setdefault(find(identity), Component(self.kinds, self.caps))
            part.members[identity] = member
        return {identity: parts[find(identity)] for identity in self.members}

    def _nobody(self, a: Member, b: Member) -> str | None:
        if crowded(a, self.caps) or crowded(b, self.caps):
            return "crowded"
        if self.kinds.blocks(a.kind, a.value) or self.kinds.blocks(b.kind, b.value):
            return "blocked"
        return None

    def _order(self, edge: Edge) -> Order:
        weaker = max(
            self.kinds.of(self.members[edge.a].kind).priority, self.kinds.of(self.members[edge.b].kind).priority
        )
        return (edge.rule == "match", edge.key, weaker, edge.id)

    def _settle_by_hand(self) -> None:
        cuts = [cut for cut in self.cuts.values() if cut.revoked_at is None]
        for cut in cuts:
            for identity, side in cut.sides.items():
                if identity in self.clusters:
                    self.clusters[identity].sides[cut.id] = 1 << side
        edges = [edge for edge in self.edges.values() if edge.rule in BY_HAND]
        deeds: list[Cut | Edge] = [*cuts, *edges]
        for work in sorted(deeds, key=lambda work: (work.key, work.id), reverse=True):
            if isinstance(work, Cut):
                self._keep_whole(work)
            else:
                self._join_by_hand(work)

    def _keep_whole(self, cut: Cut) -> None:
        for side in (0, 1):
            members = [identity for identity in cut.sides if cut.sides[identity] == side and identity in self.clusters]
            for identity in members[1:]:
                x, y = self.clusters[members[0]], self.clusters[identity]
                if x is not y and self._parted(x, y, after=cut.key) is None:
                    self._unite(x, y)

    def _join_by_hand(self, edge: Edge) -> None:
        x, y = self.clusters[edge.a], self.clusters[edge.b]
        if edge.revoked_at is not None and edge.revoked_at >= edge.key[0]:
            edge.state, edge.reason, edge.merged = REVOKED, "reverted", False
        elif x is not y and (cut := self._parted(x, y, after=edge.key)):
            edge.state, edge.reason, edge.merged = REVOKED, f"cut:{cut}", False
        else:
            edge.state, edge.reason, edge.merged = JOINED, None, x is not y
            if x is not y:
                self._unite(x, y)

    def _weigh(self, edge: Edge) -> None:
        self._newest = self._order(edge)
        x, y = self.clusters[edge.a], self.clusters[edge.b]
        edge.merged = False
        if edge.revoked_at is not None:
            edge.state, edge.reason = REVOKED, "reverted"
        elif reason := self._refusal(edge, x, y):
            cut = self.cuts.get(UUID(reason[4:])) if reason.startswith("cut:") else None
            edge.state, edge.reason = REVOKED if cut and edge.key <= cut.key else REFUSED, reason
        else:
            edge.state, edge.reason = JOINED, None
            if x is not y:
                edge.merged = known_before(edge, x, y)
                self._unite(x, y).merges += edge.merged

    def _refusal(self, edge: Edge, x: Cluster, y: Cluster) -> str | None:
        a, b = self.members[edge.a], self.members[edge.b]
        if nobody := self._nobody(a, b):
            return nobody
        if x is y:
            return None
        if cut := self._parted(x, y):
            return f"cut:{cut}"
        if len(x.members) + len(y.members) > self.caps.mappings:
            return "mappings"
        if known_before(edge, x, y) and x.merges + y.merges + 1 > self.caps.merges:
            return "merges"
        return self._excess(edge, x, y)

    def _excess(self, edge: Edge, x: Cluster, y: Cluster) -> str | None:
        shared = sorted(x.values.keys() & y.values.keys())
        for kind in map(self.kinds.of, shared):
            values = x.values[kind.name] + y.values[kind.name]
            if kind.unique:
                return f"unique:{kind.name}"
            if _counted(kind, values, edge.key[0]) > kind.limit:
                return f"limit:{kind.name}"
        return None

    def _parted(self, x: Cluster, y: Cluster, after: Key | None = None) -> UUID | None:
        """The cut that keeps these two apart. A cut that one of them already holds both sides of was overruled."""
        for cut in sorted(x.sides.keys() & y.sides.keys()):
            left, right = x.sides[cut], y.sides[cut]
            if left | right == 3 and left != 3 and right != 3 and (after is None or self.cuts[cut].key > after):
                return cut
        return None

    def _unite(self, x: Cluster, y: Cluster) -> Cluster:
        if len(x.members) < len(y.members):
            x, y = y, x
        x.take(y)
        for member in y.members:
            self.clusters[member.id] = x
        return x


def crowded(member: Member, caps: Caps) -> bool:
    return member.stronger > caps.crowd or member.companions > caps.companions


def known_before(edge: Edge, x: Cluster, y: Cluster) -> bool:
    """Both were heard of before this evidence: then it merges two persons and does not only name one once more."""
    return x.oldest[0] < edge.key and y.oldest[0] < edge.key


def _counted(kind: IdentityKind, values: list[Member], at: datetime) -> int:
    if not kind.window_days:
        return len(values)
    since = at - timedelta(days=kind.window_days)
    return sum(member.first[0] > since for member in values)
