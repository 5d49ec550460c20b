"""One person while a batch goes by: the facets of their identities, the whole of them, and what conditions may ask."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from hark.conditions.known import Known
from hark.conditions.measure import Measure
from hark.kit.clock import from_milliseconds
from hark.kit.newest import Said, newest
from hark.model import Event, Identity, Person, Profile, Purpose
from hark.people import consent, facet, phases
from hark.people.facet import Facet

Pool = dict[UUID, Facet]


class Living:
    """`known` is always what the whole says, minus what consent keeps back."""

    def __init__(
        self,
        person: UUID,
        members: tuple[UUID, ...],
        pool: Pool,
        setting: "Setting",
        whole: Facet | None = None,
    ) -> None:
        """`whole` is the fold of the members' facets where it is known; else it is made of those in the pool."""
        self.id = person
        self.members = members
        self.setting = setting
        self.known = Known()
        self.traits: dict[str, Said] = {}
        self.withheld: list[str] = []
        self._behaviour = True
        self._phase_at = -1
        self.identity: Identity | None = None  # one that points to this person
        self.recheck: int | None = None  # when a window of some definition moves next
        self.fresh = True  # every definition is to be looked at, not only those that an event concerns
        self._as_read: tuple[Any, ...] | None = None
        self._pool = pool
        self._alone = False  # the whole is the one facet of the pool itself, so that each event is added once
        if whole is None:
            self.gather()
        else:
            self.whole = whole
            self._look()

    def gather(self) -> None:
        """Fold the facets anew: at the start, and when members came or went. All of them must be in the pool."""
        mine = [self._pool[member] for member in self.members if member in self._pool]
        self._alone = len(mine) == 1
        self.whole = mine[0] if self._alone else facet.fold(mine)
        self._look()

    def take(self, event: Event, anchor: UUID, at: int, now: int, measures: Iterable[Measure]) -> None:
        """Add one event to its anchor's facet and to the whole."""
        mine = self._pool.get(anchor)
        if mine is None:
            mine = self._pool[anchor] = Facet()
            self._join(mine)
        answers = list(consent.answers(event)) if _speaks_of_consent(event) else ()
        for one in (mine,) if mine is self.whole else (mine, self.whole):
            _apply(one, event, at, now, measures, answers)
        self._follow(event, at, bool(answers))

    def several(self) -> Facet | None:
        """The whole, where it is something of its own: to be kept beside the facets."""
        return None if self._alone else self.whole

    def remember(self) -> None:
        """They are now as their row says."""
        self._as_read = self._portrait()

    def is_altered(self) -> bool:
        """Whether anything but what they did is not as it was read: most events alter nothing of who somebody is."""
        return self._as_read != self._portrait()

    def _portrait(self) -> tuple[Any, ...]:
        known, whole = self.known, self.whole
        return (
            self.members,
            self.traits,
            known.computed,
            known.segments,
            known.groups,
            self.withheld,
            known.time_zone,
            known.language,
            dict(whole.consents),
            len(whole.full),
        )

    def person(self, identities: tuple[Identity, ...]) -> Person:
        return Person(
            id=self.id, identities=identities, first_seen=instant(self.whole.first), last_seen=instant(self.whole.last)
        )

    def profile(self) -> Profile:
        known = self.known
        return Profile(
            person=self.id,
            traits={**known.traits},
            computed={**known.computed},
            counts={name: seen[0] for name, seen in known.counts.items()},
            firsts={name: seen[1] for name, seen in known.counts.items()},
            lasts={name: seen[2] for name, seen in known.counts.items()},
            consents={**known.consents},
            segments=frozenset(known.segments),
            phase=known.phase,
            first_seen=instant(known.first_seen),
            last_seen=instant(known.last_seen),
        )

    def _join(self, fresh: Facet) -> None:
        """A facet appears. The first is the whole itself; from the second on the whole is something of its own."""
        if self._alone:
            self.whole, self._alone = facet.fold([self.whole]), False
            self._look()
        elif self.whole.first is None and self.whole == Facet():
            self.whole, self._alone = fresh, True
            self._look()

    def _follow(self, event: Event, at: int, consents_changed: bool) -> None:
        if consents_changed:
            self._look()
            self.fresh = True
            return
        known, whole = self.known, self.whole
        if event.traits or "set_once" in event.context or "unset" in event.context:
            self._see_traits()
        known.first_seen, known.last_seen = whole.first, whole.last
        _see_place(known, whole.hints)
        if event.type == "group":
            known.groups = set(whole.groups)
        if not self._behaviour:
            return
        known.counts = whole.counts
        home = phases.phase_of(event.name, self.setting.mapping)
        if home is not None and event.name in whole.counts and (at, home) > (self._phase_at, known.phase or ""):
            self._phase_at, known.phase = at, home

    def _look(self) -> None:
        known, whole = self.known, self.whole
        known.consents = self.setting.silence
        if whole.consents:
            known.consents = {**known.consents, **{name: said[0] for name, said in whole.consents.items()}}
        self._behaviour = known.consents["analytics"]
        self._see_traits()
        known.counts = whole.counts if self._behaviour else {}
        known.money = whole.money if self._behaviour else {}
        known.measures = whole.measures if self._behaviour else {}
        known.groups = set(whole.groups)
        known.first_seen, known.last_seen = whole.first, whole.last
        _see_place(known, whole.hints)
        known.phase, self._phase_at = phases.current(known.counts, self.setting.mapping)

    def _see_traits(self) -> None:
        self.traits = facet.standing(self.whole)
        if self.withheld:
            self.withheld = []
        if not self.known.consents.get(consent.SPECIAL):
            self.withheld = sorted(name for name in self.traits if consent.sensitive(name))
            for name in self.withheld:
                del self.traits[name]
        self.known.traits = {name: said[0] for name, said in self.traits.items()}


class Setting:
    """What is the same for everybody in a batch: the purposes and the company's mapping of event names."""

    def __init__(self, purposes: Mapping[str, Purpose], mapping: Mapping[str, str | None]) -> None:
        self.purposes = consent.declared_purposes(purposes)
        self.mapping = mapping
        # What is allowed of somebody who never said a word about it.
        self.silence = {name: consent.allowed({}, name, self.purposes) for name in self.purposes}

    def phase_of(self, name: str) -> str | None:
        return phases.phase_of(name, self.mapping)


def _speaks_of_consent(event: Event) -> bool:
    return "consent" in event.context or event.name.startswith("consent.")


def _apply(
    one: Facet, event: Event, at: int, now: int, measures: Iterable[Measure], answers: Iterable[consent.Answer]
) -> None:
    source, message = event.source, event.message_id
    for purpose, granted, proof in answers:
        facet.answer(one, purpose, granted, event, at, proof)
    if event.source != "hark":
        facet.apply(one, event, at, now, measures)
    if event.type == "group":
        group = group_of(event)
        if group:
            facet.join_group(one, group, role_of(event), at, source, message)
    elif event.traits:
        facet.tell(one, event.traits, at, source, message)
    context = event.context
    if not context:
        return
    once = context.get("set_once")
    if once and isinstance(once, dict):
        facet.tell_once(one, once, at, source, message)
    zone = context.get("timezone")
    if isinstance(zone, str) and zone:
        newest(one.hints, "time_zone", zone[:64], at, source, message)
    locale = context.get("locale")
    if isinstance(locale, str) and locale:
        newest(one.hints, "language", locale[:35].replace("_", "-"), at, source, message)


def group_of(event: Event) -> str | None:
    for place in (event.properties, event.context):
        for name in ("group_id", "groupId"):
            value = place.get(name)
            if isinstance(value, str | int) and str(value).strip():
                return str(value).strip()[:500]
    return None


def role_of(event: Event) -> str | None:
    role = event.properties.get("role")
    return role[:100] if isinstance(role, str) else None


def _see_place(known: Known, hints: Mapping[str, Said]) -> None:
    """Language and time zone: a trait that was stated goes before what a device reports."""
    traits = known.traits
    language = traits.get("language") or traits.get("locale")
    zone = traits.get("time_zone") or traits.get("timezone")
    if not isinstance(language, str):
        language = hints["language"][0] if "language" in hints else None
    if not isinstance(zone, str):
        zone = hints["time_zone"][0] if "time_zone" in hints else None
    known.language = language.replace("_", "-") if language else None
    known.time_zone = zone


@lru_cache(maxsize=4096)
def instant(ms: int | None) -> datetime | None:
    return None if ms is None else from_milliseconds(ms)
