"""Files that came or go with events, by the hash of their bytes: recorded in the transaction of their event."""

import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from hark.model import Attached, File
from hark.store import Queries, Transaction

queries = Queries(__file__, "files.sql")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def put(tx: Transaction, attached: Sequence[Attached], now: datetime, *, state: str = "ok") -> list[File]:
    """Keep these bytes; what is there already keeps its state."""
    files = []
    for one in attached:
        digest = sha256(one.body).digest()
        row = tx.one(queries.put, id=digest, body=one.body, size=len(one.body), state=state, now=now)
        kept = row["state"] if row else tx.value(queries.state, id=digest)
        files.append(
            File(
                id=digest.hex(),
                name=one.name,
                media_type=one.media_type,
                size=len(one.body),
                inline=one.inline,
                state=kept,
            )
        )
    return files


def body(tx: Transaction, id: str) -> bytes | None:
    """The bytes, also of what is quarantined: who may have them is asked elsewhere."""
    found = tx.value(queries.body, id=bytes.fromhex(id))
    return None if found is None else bytes(found)


def state(tx: Transaction, id: str) -> str | None:
    found = tx.value(queries.state, id=bytes.fromhex(id))
    return None if found is None else str(found)


def states(tx: Transaction, ids: Sequence[str]) -> dict[str, str]:
    """By id; of what is not here, nothing."""
    digests = [bytes.fromhex(id) for id in ids if _DIGEST.fullmatch(id)]
    return {row["id"]: row["state"] for row in tx.all(queries.states, ids=digests)} if digests else {}


def unchecked(tx: Transaction, limit: int) -> list[str]:
    """The oldest of those that nobody has looked at yet."""
    return [row["id"] for row in tx.all(queries.unchecked, limit=limit)]


def trust_unchecked(tx: Transaction) -> int:
    """There is nobody who could look at them."""
    return tx.run(queries.trust_unchecked)


def judge(tx: Transaction, id: str, state: str, detail: str | None = None) -> None:
    """ok, quarantined or released; `detail` says by whom or why."""
    tx.run(queries.judge, id=bytes.fromhex(id), state=state, detail=detail)


def drop(tx: Transaction, ids: Sequence[str]) -> int:
    return tx.run(queries.drop, ids=[bytes.fromhex(id) for id in ids])
