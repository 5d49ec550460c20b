"""Macros at the desk: steps that a company declared, taken on the conversation that is open with one click."""

from typing import Any
from uuid import UUID

import msgspec

from hark.cases import act as cases
from hark.cases import reading as declared
from hark.cases.declared import Macro
from hark.cases.steps import Subject
from hark.conversations import act, channels, reading
from hark.conversations.act import Draft
from hark.desk.acting import asked_by_script, told
from hark.desk.joining import PATIENCE, by
from hark.desk.writing import UNDO
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.registry import Registry
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Right, does, go


def macros(tx: Transaction) -> list[tuple[str, str]]:
    """(name, what people call it), in the company's order."""
    found = [(one.name, msgspec.convert(one.body, Macro)) for one in declared.declarations(tx, "macro")]
    found.sort(key=lambda one: (one[1].place, one[1].label or one[0]))
    return [(name, macro.label or name) for name, macro in found]


@does("/conversations/{conversation:uuid}/macros/{name:str}", right=Right.CASES_WRITE)
def use(request: Ask, conversation: UUID, name: str, database: Database, registry: Registry) -> Answer:
    """What it would say is an answer like any other: it can be taken back while there is time."""
    with database.transaction() as tx:
        known = reading.conversation(tx, conversation)
        macro = msgspec.convert(declared.declaration(tx, "macro", name).body, Macro)
        subject = Subject("conversation", known.id, known.id, known.anchor)
        ran = cases.run_macro(tx, name, subject, by=by(request), language=known.language)
        ways = channels.ways(tx, registry) if ran.answers else {}
        said = [
            act.answer(tx, known.id, Draft(text=text, language=known.language), ways, by=by(request), undo=UNDO)
            for text in ran.answers
        ]
        done = [*ran.events, *said]
        if said and any(step.do == "close" for step in macro.steps):
            done.append(act.close(tx, known.id, by=by(request)))  # an answer that is written later opens it again
    if not done:
        raise Rejected("this macro has nothing to do here")
    undo = f"/messages/{said[0]}/withdraw" if len(said) == 1 else None
    told_of: dict[str, Any] = {"event": done[-1]}
    if asked_by_script(request):
        return told(request, "Done as the macro says.", undo, **told_of)
    wait_for(database, done[-1], PATIENCE)
    return go(request, f"/conversations/{conversation}?{request.url.query}", "Done as the macro says.", undo=undo)


HANDLERS = [use]
