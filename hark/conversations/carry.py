"""What conversations keep of a person: everything said with them, files included."""

from typing import Any
from uuid import UUID

from hark.conversations import returned
from hark.conversations.shelf import Shelf
from hark.events import files
from hark.events.carry import forget_nameless
from hark.model import Declared, Subject
from hark.store import Queries, Transaction

queries = Queries(__file__, "carry.sql")


def export(who: Subject, tx: Transaction) -> dict[str, Any]:
    ids = list(who.ids)
    said: dict[UUID, list[dict[str, Any]]] = {}
    for message in tx.all(queries.messages_of, ids=ids):
        said.setdefault(message.pop("conversation"), []).append(message)
    known = [row | {"said": said.pop(row["id"], [])} for row in tx.all(queries.conversations_of, ids=ids)]
    # What they said in conversations of others, without what others said there.
    return {"conversations": known, "messages": [message for messages in said.values() for message in messages]}


def forget(who: Subject, tx: Transaction) -> dict[str, int]:
    """Rows that are gone, by table. A file goes with its last message."""
    ids = list(who.ids)
    kinds, values = [one.kind for one in who.identities], [one.value for one in who.identities]
    leaving = tx.all(queries.leaving, ids=ids, kinds=kinds, values=values)
    messages = [row["id"] for row in leaving]
    touched = sorted({row["conversation"] for row in leaving})
    gone = {
        "conversation_message": tx.run(queries.forget_messages, messages=messages),
        "conversation_sending": tx.run(queries.forget_sendings, messages=messages),
        "conversation_key": tx.run(queries.forget_keys, messages=messages),
    }
    gone["event of nobody"] = forget_nameless(tx, messages)
    gone["conversation_returned"] = returned.forget(who, messages, tx)
    spellings = [value for value in who.spellings if len(value) > 3]
    gone["conversation_receipt"] = tx.run(queries.forget_receipts, values=spellings)
    dropped = [row[0] for row in tx.tuples(queries.forget_conversations, ids=ids, touched=touched)]
    gone["conversation"] = len(dropped)
    gone["conversation_seen"] = tx.run(queries.forget_seen, conversations=dropped)
    gone["conversation_change"] = tx.run(
        queries.forget_changes, conversations=dropped, texts=[str(id) for id in dropped]
    )
    gone["draft"] = tx.run(queries.forget_drafts, conversations=dropped)
    tx.run(queries.leave_participants, ids=ids)
    _recount(tx, [id for id in touched if id not in set(dropped)])
    return gone | {"file": _drop_files(tx, leaving)}


def _recount(tx: Transaction, conversations: list[UUID]) -> None:
    """Conversations of others from which messages were taken."""
    if not conversations:
        return
    shelf = Shelf(tx, Declared())
    shelf.read_all(conversations)
    for id in conversations:
        shelf.conversations[id].recount(shelf.of_conversation(id))
    shelf.rewrite(conversations)


def _drop_files(tx: Transaction, leaving: list[dict[str, Any]]) -> int:
    named = sorted({str(file["id"]) for row in leaving for file in row["files"] if _is_digest(file.get("id"))})
    if not named:
        return 0
    used = {row[0] for row in tx.tuples(queries.files_in_use, files=named)}
    return files.drop(tx, [id for id in named if id not in used])


def _is_digest(id: Any) -> bool:
    return isinstance(id, str) and len(id) == 64
