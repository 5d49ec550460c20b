"""What Segment's clients bring beyond the kinds that the house knows."""

from hark.plugin import IdentityKind


def _written(value: str) -> str | None:
    return value.strip().lower() or None


KINDS = (IdentityKind(name="advertising_id", label="Advertising id", normalise=_written, priority=60, limit=20),)
