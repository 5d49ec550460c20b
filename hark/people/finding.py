"""Finds probable duplicates, in a process of its own (`hark match`), and keeps them with their evidence.

A full run learns a model from everybody and compares everybody. After it, runs follow the log and compare only those whose
traits changed with those who share a key with them.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
import pyarrow as pa
from msgspec import Struct
from psycopg.types.json import Jsonb

from hark.events import log as events
from hark.kit import clock
from hark.model import Declared, Event
from hark.people import linkage, merging
from hark.people.evidence import OWN, Reader
from hark.people.kinds import Kinds
from hark.people.linkage import Model, Pair
from hark.people.matching import Choice, chosen
from hark.people.records import record_of
from hark.store import Database, Queries, Transaction

queries = Queries(__file__, "matching.sql")
PAGE = 5_000
FOLLOW = 20_000  # events looked through in one run
LEARN_AGAIN = 2  # times as many records as when it was learnt
MOST_TOGETHER = 10  # persons that are joined into one without being asked


class Report(Struct, frozen=True, kw_only=True):
    """What a run did."""

    full: bool
    records: int
    compared: int
    found: int
    joined: int


def run(database: Database, declared: Declared, *, full: bool = False, memory: str = "2GB") -> Report:
    """Compare whoever changed since the last run; everybody where nothing was learnt yet, or much has come since."""
    with database.transaction() as tx:
        state = tx.one(queries.read_matching) or {}
        persons = int(tx.value(queries.count_persons))
    if full or state["model"] is None or persons > LEARN_AGAIN * max(state["records"], linkage.ENOUGH // 2):
        return _run_full(database, declared, memory)
    return _run_new(database, declared, msgspec.convert(state["model"], Model), state["position"])


def _run_full(database: Database, declared: Declared, memory: str) -> Report:
    with database.transaction() as tx:
        position = events.processed(tx)
        table = linkage.prepare(_everybody(tx))
        choice = chosen(tx)
    if table.num_rows < 2:
        return Report(full=True, records=table.num_rows, compared=0, found=0, joined=0)
    found = linkage.link(table, threshold=min(choice.review_above, choice.join_above or 1), memory=memory)
    with database.transaction() as tx:
        tx.run(queries.clear_keys)
        tx.copy(queries.copy_keys, _rows_of(found.keys), ("uuid", "int8"))
        tx.run(queries.drop_all_waiting)
        tx.run(
            queries.keep_model,
            model=Jsonb(msgspec.to_builtins(found.model)),
            records=table.num_rows,
            now=clock.now(),
            position=position,
        )
        joined = _keep(tx, found.pairs, choice, declared)
    return Report(full=True, records=table.num_rows, compared=found.compared, found=len(found.pairs), joined=joined)


def _rows_of(keys: pa.Table) -> Iterator[tuple[UUID, int]]:
    """A part at a time: of a million people there are fourteen million keys."""
    for part in keys.to_batches(max_chunksize=PAGE):
        ids, hashes = part.columns
        yield from zip(map(UUID, ids.to_pylist()), hashes.to_pylist(), strict=True)


def _everybody(tx: Transaction) -> Iterator[dict[str, str | None]]:
    after = UUID(int=0)
    while rows := tx.all(queries.records_after, after=after, limit=PAGE):
        after = rows[-1]["id"]
        yield from _records(rows)


def _records(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, str | None]]:
    for row in rows:
        if (record := record_of(row["id"], row["traits"], row["identities"])) is not None:
            yield record


def _run_new(database: Database, declared: Declared, model: Model, position: int) -> Report:
    with database.transaction() as tx:
        changed, position = _changed_since(tx, declared, position)
        choice = chosen(tx)
        new = linkage.prepare(_records(tx.all(queries.records_of, persons=changed)))
        tx.run(queries.delete_keys, persons=changed)
        tx.copy(queries.copy_keys, _rows_of(linkage.keys_of(new)), ("uuid", "int8"))
        others = [row[0] for row in tx.tuples(queries.find_sharing, persons=changed, common=linkage.COMMON)]
        together = linkage.prepare(_records(tx.all(queries.records_of, persons=list({*others, *changed}))))
        threshold = min(choice.review_above, choice.join_above or 1)
        pairs = linkage.link_new(together, map(str, changed), model, threshold=threshold) if others else []
        tx.run(queries.drop_waiting, persons=changed)
        joined = _keep(tx, pairs, choice, declared)
        tx.run(queries.move, position=position)
    return Report(full=False, records=len(changed), compared=len(others), found=len(pairs), joined=joined)


def _changed_since(tx: Transaction, declared: Declared, position: int) -> tuple[list[UUID], int]:
    """Persons of whom events told something, and how far the log was looked through."""
    reader = Reader(Kinds(declared.kinds.values()), declared.salt)
    heard = events.read_up_to(tx, position, events.processed(tx), FOLLOW)
    anchors = {claim.nodes[0].id for event in heard if _tells(event) and (claim := reader.claim(event)).nodes}
    persons = [row[0] for row in tx.tuples(queries.persons_of, ids=list(anchors))]
    return persons, heard[-1].position if heard else position


def _tells(event: Event) -> bool:
    return (bool(event.traits) and event.type != "group") or (event.source == OWN and event.name.startswith("person."))


def _keep(tx: Transaction, pairs: Sequence[Pair], choice: Choice, declared: Declared) -> int:
    if not pairs:
        return 0
    tx.run(
        queries.put_match,
        a=[min(UUID(pair.a), UUID(pair.b)) for pair in pairs],
        b=[max(UUID(pair.a), UUID(pair.b)) for pair in pairs],
        probabilities=[pair.probability for pair in pairs],
        evidence=[Jsonb(msgspec.to_builtins(pair.fields)) for pair in pairs],
        now=clock.now(),
        count=len(pairs),
    )
    return _join_surely(tx, pairs, choice.join_above, declared) if choice.join_above is not None else 0


def _join_surely(tx: Transaction, pairs: Sequence[Pair], above: float, declared: Declared) -> int:
    """Merge what is surer than the operator asked for. Two who each have an id of the company's own are left to people."""
    persons = list({UUID(one) for pair in pairs for one in (pair.a, pair.b)})
    unique = [kind.name for kind in declared.kinds.values() if kind.unique]
    known = {row[0] for row in tx.tuples(queries.with_unique, persons=persons, kinds=unique)}
    dismissed = {tuple(row) for row in tx.tuples(queries.decided_pairs, persons=persons)}
    open_pairs = [pair for pair in pairs if not _is_barred(pair, known, dismissed)]
    surest = linkage.tree(open_pairs, above, MOST_TOGETHER)
    for pair in surest:
        a, b = sorted((UUID(pair.a), UUID(pair.b)))
        merging.merge(tx, a, b, declared, by="match", reason="alike enough", score=pair.probability)
        tx.run(queries.decide, a=a, b=b, state="joined", now=clock.now(), by="match")
    return len(surest)


def _is_barred(pair: Pair, known: set[UUID], dismissed: set[tuple[UUID, ...]]) -> bool:
    a, b = sorted((UUID(pair.a), UUID(pair.b)))
    return (a in known and b in known) or (a, b) in dismissed
