"""The brief: what a phone is given to know, so that its owner can work without a network. A few sets of rows, no loops."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from hark.store import Queries, Transaction

queries = Queries(__file__)
MINE, NOBODYS = 60, 30  # conversations
MESSAGES = 25  # of each
LONGEST = 4_000  # letters of a message on the phone; the desk has the whole


def conversations(tx: Transaction, member: UUID) -> list[dict[str, Any]]:
    """Those of this member that are not closed, and the newest that are nobody's."""
    rows = tx.all(queries.conversations, member=member, mine=MINE, nobodys=NOBODYS)
    said = _messages(tx, [row["id"] for row in rows])
    orders = _orders(tx, {row["person"] for row in rows if row["person"]})
    return [_conversation(row, said[row["id"]], orders) for row in rows]


def cases(tx: Transaction, member: UUID) -> list[dict[str, Any]]:
    """Those of this member that are not closed, the most urgent first, and some that are nobody's."""
    rows = tx.all(queries.cases, member=member, mine=MINE, nobodys=NOBODYS)
    ids = [row["id"] for row in rows]
    notes, tasks = defaultdict(list), defaultdict(list)
    for row in tx.all(queries.case_notes, ids=ids):
        notes[row["work_case"]].append(_note(row))
    for row in tx.all(queries.case_tasks, ids=ids):
        tasks[row["work_case"]].append({"id": row["id"], "text": row["text"], "done": row["done_at"] is not None})
    orders = _orders(tx, {row["person"] for row in rows if row["person"]})
    return [_case(row, notes[row["id"]], tasks[row["id"]], orders) for row in rows]


def done(tx: Transaction, member: UUID) -> list[UUID]:
    """Acts of theirs that are carried out: the phone need not show them as its own any more."""
    return [row[0] for row in tx.tuples(queries.done_lately, member=member)]


def members(tx: Transaction) -> list[dict[str, Any]]:
    return tx.all(queries.members)


def person(row: dict[str, Any], orders: dict[UUID, int]) -> dict[str, Any] | None:
    if row["person"] is None:
        return None
    return {
        "id": row["person"],
        "name": row["name"] or row["email"],
        "email": row["email"],
        "phone": row["phone"],
        "place": row["place"],
        "language": row["language"],
        "phase": row["phase"],
        "since": row["first_seen"],
        "orders": orders.get(row["person"]),
    }


def _messages(tx: Transaction, ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    said: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in tx.all(queries.messages, ids=ids, most=MESSAGES):
        files = [_file(row["id"], file) for file in row["files"]]
        said[row["conversation"]].append(
            {
                "id": row["id"],
                "at": row["at"],
                "direction": row["direction"],
                "by": row["member_name"] or (row["name"] if row["direction"] == "in" else None),
                "text": row["text"][:LONGEST],
                "files": files,
                "state": row["state"],
            }
        )
    return said


def _file(message: UUID, file: dict[str, Any]) -> dict[str, Any]:
    address = f"/messages/{message}/files/{file['id']}"
    return {"id": file["id"], "name": file["name"], "type": file["media_type"], "size": file["size"], "url": address}


def _orders(tx: Transaction, persons: set[UUID]) -> dict[UUID, int]:
    return {row["person"]: row["orders"] for row in tx.all(queries.orders_of, persons=list(persons))}


def _conversation(row: dict[str, Any], said: list[dict[str, Any]], orders: dict[UUID, int]) -> dict[str, Any]:
    last = next((one for one in reversed(said) if one["direction"] != "note"), None)
    return {
        "id": row["id"],
        "position": row["position"],
        "person": person(row, orders),
        "called": next((one["by"] for one in reversed(said) if one["direction"] == "in"), None),  # by themselves
        "channel": row["channel"],
        "status": row["status"],
        "subject": row["subject"],
        "preview": (last["text"] if last else "")[:160],
        "member": row["member"],
        "priority": row["priority"],
        "tags": row["tags"],
        "at": row["last_at"],
        "waiting": row["waiting_since"],
        "messages": said,
    }


def _note(row: dict[str, Any]) -> dict[str, Any]:
    said = {"id": row["id"], "at": row["at"], "by": row["member_name"], "text": row["text"][:LONGEST]}
    return {**said, "direction": "note", "state": "", "files": []}


def _case(
    row: dict[str, Any], notes: list[dict[str, Any]], tasks: list[dict[str, Any]], orders: dict[UUID, int]
) -> dict[str, Any]:
    named = (
        "id",
        "number",
        "subject",
        "about",
        "status",
        "member",
        "priority",
        "tags",
        "conversation",
        "device",
        "position",
    )
    return {
        **{name: row[name] for name in named},
        "order": row["order_number"],
        "progress": row["fields"].get("progress"),
        "reason": row["fields"].get("progress_reason"),
        "person": person(row, orders),
        "at": row["changed_at"],
        "due": row["due_at"],
        "notes": notes,
        "tasks": tasks,
    }
