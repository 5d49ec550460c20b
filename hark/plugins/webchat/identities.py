"""A visitor of the chat: whoever holds the secret that their browser was given."""

from hark.plugin import IdentityKind


def _written(value: str) -> str | None:
    value = value.strip().lower()
    return value if 0 < len(value) <= 100 else None


KINDS = (IdentityKind(name="chat_visitor", label="Chat visitor", normalise=_written, priority=55, limit=50),)
