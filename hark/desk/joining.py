"""Why these identities are one person; making two persons one, parting one into two, and taking either back."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from hark.desk.person import names_of_sources
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.model import Declared
from hark.people import glance, merging, reading
from hark.people.explain import Evidence, Explanation, explain, halves
from hark.people.glance import Glance
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, Visitor, does, go, page, shown, shows

PATIENCE = 5.0  # seconds that a page waits for what it did to take effect
FOUND = 8


@shows("/people/{person_id:uuid}/identities", right=Right.PEOPLE_READ)
def identities(request: Ask, person_id: UUID, database: Database, declared: Declared) -> Answer:
    with database.transaction() as tx:
        seen = glance.glance(tx, person_id)
        told = explain(tx, seen.id, declared)
        sources = names_of_sources(tx)
    return page(
        request,
        "desk/person_identities.html",
        tab="identities",
        person=seen,
        told=told,
        sources=sources,
        because=lambda piece: _because(piece, sources),
    )


@shows("/people/{person_id:uuid}/merge", right=Right.PEOPLE_WRITE)
def choose(request: Ask, person_id: UUID, form: Form, database: Database, declared: Declared) -> Answer:
    """Find the other one; with `with` both are shown beside each other, as they are and as they would be."""
    words = form.text("q", most=200)
    with database.transaction() as tx:
        seen = glance.glance(tx, person_id)
        other = glance.glance(tx, _id(form.text("with"))) if form.text("with") else None
        found = [one for one in reading.search(tx, words or seen.name, FOUND + 1, declared) if one.id != seen.id]
        sources = names_of_sources(tx)
    if other and other.id == seen.id:
        return go(request, f"/people/{seen.id}", "These are one person already.", bad=True)
    return page(
        request,
        "desk/person_merge.html",
        tab="merge",
        person=seen,
        other=other,
        rows=_both(seen, other) if other else [],
        found=[(one, *glance.titled(one.traits)) for one in found[:FOUND]],
        words=words,
        sources=sources,
    )


@does("/people/{person_id:uuid}/merge", right=Right.PEOPLE_WRITE)
def merge(request: Ask, person_id: UUID, form: Form, database: Database, declared: Declared) -> Answer:
    other, reason = _id(form.text("with")), form.text("reason")
    with database.transaction() as tx:
        done = merging.merge(tx, person_id, other, declared, by=by(request), reason=reason)
    undo = f"/merges/{done.id}/revert?back={quote(f'/people/{person_id}')}"
    if not wait_for(database, done.event, PATIENCE):
        return go(request, f"/people/{person_id}", "The merge is recorded and takes effect in a moment.", undo=undo)
    return go(request, f"/people/{person_id}", "They are one person now.", undo=undo)


@does("/people/{person_id:uuid}/part", right=Right.PEOPLE_WRITE)
def part(request: Ask, person_id: UUID, form: Form, database: Database, declared: Declared) -> Answer:
    """First the preview of what would leave; with `sure` it is done."""
    leave = [_id(text) for text in form.texts("leave")]
    with database.transaction() as tx:
        seen = glance.glance(tx, person_id)
        told = explain(tx, seen.id, declared)
        sources = names_of_sources(tx)
        if not form.flag("sure"):
            return _preview_part(request, seen, told, leave, sources)
        done = merging.split(tx, seen.id, leave, by=by(request), reason=form.text("reason"))
    wait_for(database, done.event, PATIENCE)
    undo = f"/merges/{done.id}/revert?back={quote(f'/people/{person_id}/identities')}"
    return go(request, f"/people/{person_id}/identities", "They are two persons now.", undo=undo)


@shows("/merges/{merge_id:uuid}", right=Right.PEOPLE_WRITE)
def consider(request: Ask, merge_id: UUID, form: Form, database: Database, declared: Declared) -> Answer:
    """What taking a merge back would leave: the two sides as they would be."""
    with database.transaction() as tx:
        seen = glance.glance(tx, _id(form.text("person")))
        told = explain(tx, seen.id, declared)
        sources = names_of_sources(tx)
    _, leave = halves(told.evidence, merge_id, [known.id for known in told.identities])
    sides = [[known for known in told.identities if (known.id in leave) is leaves] for leaves in (False, True)]
    return page(
        request,
        "desk/person_part.html",
        tab="identities",
        person=seen,
        stay=sides[0],
        leave=sides[1],
        between=[piece for piece in told.evidence if piece.id == merge_id],
        merge=merge_id,
        because=lambda piece: _because(piece, sources),
    )


@does("/merges/{merge_id:uuid}/revert", right=Right.PEOPLE_WRITE)
def revert(request: Ask, merge_id: UUID, form: Form, database: Database, declared: Declared) -> Answer:
    """Take a merge or a parting back, with its history."""
    back = form.text("back") or request.query_params.get("back", "/people")
    with database.transaction() as tx:
        done = merging.revert(tx, merge_id, declared, by=by(request))
    if not wait_for(database, done.event, PATIENCE):
        return go(request, back, "It is recorded and taken back in a moment.")
    return go(request, back, "Taken back: everything is as it was before.")


def by(request: Ask) -> str:
    """How what is done by hand is signed."""
    visitor: Visitor | None = shown(request).visitor
    assert visitor
    return f"member:{visitor.member}"


def _preview_part(request: Ask, seen: Glance, told: Explanation, leave: list[UUID], sources: dict[str, str]) -> Answer:
    if not leave or len(leave) >= len(told.identities):
        message = "Choose the identities that belong to somebody else: some, not all."
        return go(request, f"/people/{seen.id}/identities", message, bad=True)
    preview = merging.preview_split(told, leave)
    return page(
        request,
        "desk/person_part.html",
        tab="identities",
        person=seen,
        stay=[known for known in told.identities if known.id not in leave],
        leave=[known for known in told.identities if known.id in leave],
        between=preview.between,
        merge=None,
        because=lambda piece: _because(piece, sources),
    )


def _both(one: Glance, other: Glance) -> list[dict[str, Any]]:
    """Traits of both, and which would stand: the newest."""
    rows = []
    for name in sorted({*one.traits, *other.traits}):
        mine, theirs = (seen.provenance.get(name, {}).get("at") for seen in (one, other))
        newer = other if name not in one.traits or (name in other.traits and mine and theirs and theirs > mine) else one
        rows.append(
            {
                "name": name,
                "one": one.traits.get(name),
                "other": other.traits.get(name),
                "kept": "one" if newer is one else "other",
                "same": one.traits.get(name) == other.traits.get(name),
            }
        )
    return rows


def _because(piece: Evidence, sources: dict[str, str]) -> str:
    words = piece.words | {"source": sources.get(piece.source, piece.source)}
    return piece.because.format(**words)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Rejected("choose a person first") from None


HANDLERS = [identities, choose, merge, part, consider, revert]
