"""Says what an automation says: the doer of the action "conversation.answer". An answer by a rule is automatic, so that it
answers no promise, and it is said once whatever happens to the job."""

from uuid import UUID

from hark.conversations import act, reading, restraint
from hark.conversations.act import Draft
from hark.conversations.channels import ways
from hark.conversations.deliver import PATIENCE, Post
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.model import Conversation, Decision
from hark.store import Transaction

ACTION = "conversation.answer"


def say(decision: Decision, post: Post) -> None:
    """Repeatable: the decision's id is the key of the message. Rejected: a machine had better be silent here."""
    said = decision.action.parameters
    draft = Draft(text=str(said["text"]), language=said.get("language"), automatic=True)
    wait_for(post.database, decision.event, PATIENCE)
    with post.database.transaction() as tx:
        known = reading.conversation(tx, UUID(said["conversation"]))
        speak(tx, known, draft, decision, post, by="bot:rules", key=str(decision.id))


def speak(
    tx: Transaction, known: Conversation, draft: Draft, decision: Decision, post: Post, *, by: str, key: str
) -> None:
    """The one way in which a machine of ours says something in a conversation; `key`: what is said once."""
    found = ways(tx, post.registry)
    way = found.get(known.source)
    pushed = way is not None and not way.abilities.pulled and known.to is not None
    if pushed and not act.said_before(tx, key) and (why := _why_silent(tx, known, decision, post)):
        raise Rejected(f"not said: {why}")
    act.answer(tx, known.id, draft, found, by=by, key=key)


def _why_silent(tx: Transaction, known: Conversation, decision: Decision, post: Post) -> str | None:
    assert known.to
    return restraint.why_not(tx, known.id, known.to, post.clock(), post.salt, decision.event)
