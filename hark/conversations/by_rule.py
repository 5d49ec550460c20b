"""Says what an automation says: the doer of the action "conversation.answer". An answer by a rule is automatic, so that it
answers no promise, and it is said once whatever happens to the job."""

from uuid import UUID

from hark.conversations import act
from hark.conversations.act import Draft
from hark.conversations.channels import ways
from hark.conversations.deliver import Post
from hark.model import Decision

ACTION = "conversation.answer"


def say(decision: Decision, post: Post) -> None:
    """Repeatable: the decision's id is the key of the message."""
    said = decision.action.parameters
    draft = Draft(text=str(said["text"]), language=said.get("language"), automatic=True)
    with post.database.transaction() as tx:
        found = ways(tx, post.registry)
        act.answer(tx, UUID(said["conversation"]), draft, found, by="bot:rules", key=str(decision.id))
