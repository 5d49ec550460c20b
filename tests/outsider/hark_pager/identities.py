"""The kind of identity that a pager brings: its number."""

from hark.plugin import IdentityKind


def digits(value: str) -> str | None:
    return "".join(filter(str.isdecimal, value)) or None


KINDS = (IdentityKind(name="pager", label="Pager", normalise=digits, priority=60),)
