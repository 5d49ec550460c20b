"""Which records are probably one person: a Fellegi-Sunter model (Splink on DuckDB) trained on the records themselves.

Nothing here knows a database of ours or a label: records in, scored pairs with the evidence of each field out. The model
is made of whatever fields are filled; how much each says is estimated from the data (expectation maximisation).
"""

import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from itertools import islice
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import splink.comparison_level_library as level
from msgspec import Struct
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_library import CustomComparison
from splink.internals.comparison_level_creator import ComparisonLevelCreator
from splink.internals.exceptions import SplinkException

from hark.people.records import FIELDS, Field
from hark.store import Queries, Query

queries = Queries(__file__, "linkage.sql")
log = logging.getLogger(__name__)
logging.getLogger("splink").setLevel(logging.ERROR)
_NOT_WORD = re.compile(r"[^\w]+")

FILLED = 0.02  # a field that fewer records hold says too little to learn from
# What was never seen may still be: no level speaks for or against anybody beyond these.
LEAST_M, LEAST_U = 1e-3, 1e-6
STRANGERS, LESSON = 5e5, 2e5  # pairs that are looked at to learn how alike strangers are, and one person's records
PART = 20_000  # records that are made ready at a time
ENOUGH = 500  # records to learn from; with fewer, what is usual is assumed
COMMON = 100  # a key that more records share tells nothing, and comparing them all would never end
MOST_FREQUENCIES = 20_000  # values of a field whose frequency is kept for later comparisons

# The levels of each field, from alike to different: names for people, thresholds for the model. Similarity is that of
# Jaro and Winkler; typos are counted as Damerau and Levenshtein do.
NAME = {"same": 0.0, "swapped": 0.0, "nearly the same": 0.92, "similar": 0.85, "two typos": 2}
DIGITS = {"same": 0.0, "one typo": 1.0, "two typos": 2.0}
WORDS = {"same": 0.0, "nearly the same": 0.92, "similar": 0.82}
LEVELS: dict[str, dict[str, float]] = {
    "first_name": NAME,
    "last_name": NAME,
    "birthday": DIGITS,
    "email": WORDS,
    "phone": DIGITS,
    "number": DIGITS,
    "street_number": {"same": 0.0, "one typo": 1.0},
    "street": WORDS,
    "city": WORDS,
    "postcode": DIGITS,
    "region": {"same": 0.0, "one typo": 1.0},
}
BY_FREQUENCY = ("first_name", "last_name", "street", "city", "region")  # sharing what is rare says more
# Rules of thumb to start learning from: pairs that agree on these are one person nearly always.
CERTAIN = (("number",), ("email",), ("phone",), ("first_name", "last_name", "birthday"), ("birthday", "postcode"))
# Each is learnt about from pairs that agree on something else.
LEARN_FROM = (("birthday",), ("first_name", "last_name"), ("postcode",), ("email",), ("phone",))


class Pair(Struct, frozen=True):
    """Two records that are probably one person."""

    a: str
    b: str
    probability: float
    fields: tuple[Field, ...]


Lesson = dict[tuple[str, int], float]


class Model(Struct, frozen=True):
    """What was learnt: Splink's settings, and how frequent each value is (a shared rare name says more)."""

    settings: dict[str, Any]
    frequencies: dict[str, dict[str, float]]


class Found(Struct, frozen=True):
    pairs: list[Pair]
    model: Model
    compared: int
    keys: pa.Table


def prepare(records: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Records (`id` and any of FIELDS) as the table that the model reads: one spelling, nothing for what is empty."""
    schema = pa.schema([("id", pa.string()), *((field, pa.string()) for field in FIELDS)])
    rows = ({"id": str(record["id"]), **{field: plain(record.get(field)) for field in FIELDS}} for record in records)
    parts = iter(lambda: list(islice(rows, PART)), [])
    return pa.Table.from_batches((pa.RecordBatch.from_pylist(part, schema=schema) for part in parts), schema=schema)


def plain(value: Any) -> str | None:
    """Lower case, no accents, no punctuation: "O’Brien-Müller" and "obrien muller" are spelled alike."""
    if value is None or value != value:
        return None
    text = unicodedata.normalize("NFKD", str(value)).lower()
    text = "".join(character for character in text if not unicodedata.combining(character)).replace("'", "")
    return _NOT_WORD.sub(" ", text.replace("’", "")).strip() or None


def link(table: pa.Table, *, threshold: float = 0.5, threads: int = 2, memory: str = "2GB") -> Found:
    """Train on these records and find every pair that is at least so probably one person."""
    with _holding(table, threads=threads, memory_limit=memory) as connection:
        fields = filled(table)
        model = _learn(connection, fields, table.num_rows)
        _run(connection, queries.write_keys)
        _run(connection, queries.choose_pairs, common=COMMON)
        pairs = _score(_linker(connection, model.settings), connection, threshold)
        compared = _rows(connection, queries.count_pairs)[0][0]
        return Found(pairs, model, compared, _keys(connection))


def link_new(table: pa.Table, new: Iterable[str], model: Model, *, threshold: float = 0.5) -> list[Pair]:
    """Compare the records named in `new` with all that are given, by a model learnt before."""
    with _holding(table, threads=1) as connection:
        _run(connection, queries.take_news, ids=list(new))
        linker = _linker(connection, model.settings)
        for field, values in model.frequencies.items():
            _lend_frequencies(linker, connection, field, values)
        _run(connection, queries.write_keys)
        _run(connection, queries.choose_pairs_of_news)
        return _score(linker, connection, threshold)


def keys_of(table: pa.Table) -> pa.Table:
    """(id, key) of each record: what `link` would look it up by."""
    with _holding(table, threads=1) as connection:
        _run(connection, queries.write_keys)
        return _keys(connection)


def _keys(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    return connection.execute(queries.read_keys.text.decode()).to_arrow_table()


@contextmanager
def _holding(table: pa.Table, **budget: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with the records in it. What does not fit into its budget of memory goes to a folder of its own."""
    with TemporaryDirectory(prefix="hark-match-") as folder, duckdb.connect(config=budget) as connection:
        _run(connection, queries.keep_quiet)
        _run(connection, queries.spill_to, folder=folder)
        connection.register("incoming", table)
        _run(connection, queries.take_records)
        yield connection


def _run(connection: duckdb.DuckDBPyConnection, query: Query, **values: Any) -> None:
    _rows(connection, query, **values)


def _rows(connection: duckdb.DuckDBPyConnection, query: Query, **values: Any) -> list[Any]:
    return connection.execute(query.text.decode(), values or None).fetchall()


def filled(table: pa.Table) -> list[str]:
    return [field for field in FIELDS if table.num_rows and table[field].null_count <= (1 - FILLED) * table.num_rows]


def _linker(connection: duckdb.DuckDBPyConnection, settings: SettingsCreator | dict[str, Any]) -> Linker:
    api = DuckDBAPI(connection)
    return Linker(api.register(connection.table("record")), settings, log_level=logging.ERROR)


def _settings(fields: Sequence[str]) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=[_comparison(field) for field in fields],
        blocking_rules_to_generate_predictions=[block_on(fields[0])],  # pairs are chosen by our own keys
        retain_intermediate_calculation_columns=True,
        max_iterations=25,
    )


def _comparison(field: str) -> CustomComparison:
    """How often each level is seen among one person's records is assumed here, until it is learnt."""
    names = list(LEVELS[field])
    assumed = [0.85, *[0.1 / (len(names) - 1)] * (len(names) - 1)]
    levels = [_level(field, name).configure(m_probability=share) for name, share in zip(names, assumed, strict=True)]
    if field in BY_FREQUENCY:
        levels[0] = levels[0].configure(tf_adjustment_column=field)
    other = level.ElseLevel().configure(m_probability=0.05)
    return CustomComparison([level.NullLevel(field), *levels, other], output_column_name=field)


def _level(field: str, name: str) -> ComparisonLevelCreator:
    if name == "same":
        return level.ExactMatchLevel(field)
    if name == "swapped":
        return level.ColumnsReversedLevel("first_name", "last_name", symmetrical=True)
    if name.endswith(("typo", "typos")):
        return level.DamerauLevenshteinLevel(field, int(LEVELS[field][name]))
    return level.JaroWinklerLevel(field, LEVELS[field][name])


def _learn(connection: duckdb.DuckDBPyConnection, fields: Sequence[str], records: int) -> Model:
    """How alike strangers are is seen from random pairs; how alike one person's records are from pairs that agree on
    something else, where there are enough of them."""
    linker = _linker(connection, _settings(fields))
    certain = [rule for rule in CERTAIN if all(field in fields for field in rule)]
    if certain:
        linker.training.estimate_probability_two_random_records_match([block_on(*rule) for rule in certain], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=STRANGERS, seed=1)
    settings = linker.misc.save_model_to_json()
    if records >= ENOUGH:
        rules = [rule for rule in LEARN_FROM if all(field in fields for field in rule)]
        _take_lessons(settings, [lesson for rule in rules if (lesson := _lesson(connection, settings, rule))])
    for one in _levels(settings).values():
        one["m_probability"] = max(one.get("m_probability") or 0.0, LEAST_M)
        one["u_probability"] = max(one.get("u_probability") or 0.0, LEAST_U)
    return Model(settings, _frequencies(connection, fields))


def _lesson(connection: duckdb.DuckDBPyConnection, settings: dict[str, Any], rule: Sequence[str]) -> Lesson | None:
    """What pairs that agree on `rule` teach of the other fields. Each lesson starts from the same settings, because one
    that fails (too few pairs, all of them alike) leaves its model damaged."""
    linker = _linker(connection, deepcopy(settings))
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule), max_pairs=LESSON)
    except (ValueError, SplinkException):
        log.info("nothing to learn from records that agree on %s", ", ".join(rule))
        return None
    learnt = _levels(linker.misc.save_model_to_json())
    return {place: one.get("m_probability") or 0.0 for place, one in learnt.items() if place[0] not in rule}


def _take_lessons(settings: dict[str, Any], lessons: Sequence[Lesson]) -> None:
    for place, one in _levels(settings).items():
        shares = [lesson[place] for lesson in lessons if place in lesson]
        if shares:
            one["m_probability"] = sum(shares) / len(shares)


def _levels(settings: dict[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    """The levels by (field, rank), without the one for what is not said."""
    return {
        (comparison["output_column_name"], rank): one
        for comparison in settings["comparisons"]
        for rank, one in enumerate(comparison["comparison_levels"])
        if not one.get("is_null_level")
    }


def _score(linker: Linker, connection: duckdb.DuckDBPyConnection, threshold: float) -> list[Pair]:
    api = linker._db_api
    linker.table_management.register_blocked_pairs_for_predict(api.register(connection.table("pair")))
    found = linker.inference.predict(threshold_match_probability=threshold).as_duckdbpyrelation()
    rows = found.to_arrow_table().to_pylist()
    fields = [name.removeprefix("gamma_") for name in (rows[0] if rows else ()) if name.startswith("gamma_")]
    return [Pair(row["id_l"], row["id_r"], row["match_probability"], _evidence(row, fields)) for row in rows]


def _evidence(row: Mapping[str, Any], fields: Sequence[str]) -> tuple[Field, ...]:
    evidence = []
    for field in fields:
        names = [*reversed(LEVELS[field]), "different"]
        rank = row[f"gamma_{field}"]
        if rank < 0:
            continue  # one of the two does not say
        bits = row[f"mw_{field}"] + (row.get(f"mw_tf_adj_{field}") or 0.0)
        evidence.append(Field(field, "different" if rank == 0 else names[rank - 1], round(bits, 2)))
    return tuple(evidence)


def _frequencies(connection: duckdb.DuckDBPyConnection, fields: Sequence[str]) -> dict[str, dict[str, float]]:
    shares: dict[str, dict[str, float]] = {field: {} for field in fields if field in BY_FREQUENCY}
    for field, value, share in _rows(connection, queries.count_values, most=MOST_FREQUENCIES):
        if field in shares:
            shares[field][value] = share
    return shares


def _lend_frequencies(
    linker: Linker, connection: duckdb.DuckDBPyConnection, field: str, frequencies: Mapping[str, float]
) -> None:
    lent = pa.table({field: list(frequencies), f"tf_{field}": list(frequencies.values())})
    connection.register(f"lent_{field}", lent)
    linker.table_management.register_term_frequency_lookup(
        linker._db_api.register(connection.table(f"lent_{field}")), field
    )


def cluster(pairs: Iterable[Pair], threshold: float, most: int = 20) -> list[set[str]]:
    """Groups of records that are one person."""
    groups: dict[str, set[str]] = {}
    for pair in tree(pairs, threshold, most):
        large = groups.setdefault(pair.a, {pair.a}) | groups.setdefault(pair.b, {pair.b})
        groups |= dict.fromkeys(large, large)
    return list({id(group): group for group in groups.values()}.values())


def tree(pairs: Iterable[Pair], threshold: float, most: int = 20) -> list[Pair]:
    """The pairs that put each group together: the surest first, and no group larger than `most`, so that one value that
    many share cannot draw everybody together."""
    groups: dict[str, set[str]] = {}
    branches = []
    for pair in sorted(pairs, key=_surest_first):
        if pair.probability < threshold:
            break
        a, b = groups.setdefault(pair.a, {pair.a}), groups.setdefault(pair.b, {pair.b})
        if a is b or len(a) + len(b) > most:
            continue
        small, large = sorted((a, b), key=len)
        large |= small
        groups |= dict.fromkeys(small, large)
        branches.append(pair)
    return branches


def _surest_first(pair: Pair) -> tuple[float, float, str, str]:
    return (-pair.probability, -sum(field.weight for field in pair.fields), pair.a, pair.b)
