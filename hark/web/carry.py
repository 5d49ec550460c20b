"""What the entrance keeps of a customer: their sessions, links to sign in, and letters that wait for them."""

from typing import Any

from hark.kit.traces import Traces
from hark.model import Subject
from hark.store import Queries, Transaction

queries = Queries(__file__, "carry.sql")


def export(who: Subject, tx: Transaction) -> dict[str, Any]:
    return {
        "sessions": tx.all(queries.sessions, **_identities(who)),
        "letters": _letters(who, tx),
    }


def forget(who: Subject, tx: Transaction) -> dict[str, int]:
    return {
        "session": tx.run(queries.forget_sessions, **_identities(who)),
        "magic_link": tx.run(queries.forget_links, **_identities(who)),
        "letter": tx.run(queries.forget_letters, ids=[letter["id"] for letter in _letters(who, tx)]),
    }


def _letters(who: Subject, tx: Transaction) -> list[dict[str, Any]]:
    traces = Traces(who.spellings)
    found = tx.all(queries.letters_like, needles=traces.needles())
    return [letter for letter in found if traces.within([letter["recipient"], letter["subject"], letter["body"]])]


def _identities(who: Subject) -> dict[str, list[str]]:
    # A session holds the identity as it was proved, which may be spelled otherwise than we spell it.
    kinds = {one.kind for one in who.identities}
    pairs = [(kind, spelling) for kind in sorted(kinds) for spelling in who.spellings]
    return {"kinds": [kind for kind, _ in pairs], "values": [value for _, value in pairs]}
