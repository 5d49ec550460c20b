"""Every error of Hark, sorted by what the caller should do.

HarkError
├── Retry           the other side is busy or away: try again, after `after` seconds where it is known
├── Rejected        this input is wrong and will stay wrong: keep it, show it with its reason, do not retry
├── Misconfigured   a setting is wrong: a person must change `field`; nothing is retried until then
├── Unknown         cut off in the middle: whether it happened is not known, and doing it again might do it twice
├── NotFound        there is no such thing (or this caller may not know that there is)
└── Forbidden       the caller is known but has no right to this
"""


class HarkError(Exception):
    """The root of the tree: a message for people that says what happened, to what, and what to try."""


class Retry(HarkError):
    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Rejected(HarkError):
    """`status` is the HTTP status that a door answers with, where a door is asked."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class Misconfigured(HarkError):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class Unknown(HarkError):
    pass


class NotFound(HarkError):
    pass


class Forbidden(HarkError):
    pass
