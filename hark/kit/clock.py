"""Time: one clock that is handed in, and readings of the forms in which clients write instants."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Python and PostgreSQL both hold these years; anything outside is a broken clock, never a customer.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)


def instant(value: object) -> datetime | None:
    """Read an ISO-8601 text, or a number of seconds or milliseconds since 1970; None where it is no instant we accept."""
    read = moment(value)
    return read if read is not None and EARLIEST <= read <= LATEST else None


def moment(value: object) -> datetime | None:
    """Like `instant` for any year that there is: two readings of a broken clock still tell the time between them."""
    if isinstance(value, str):
        try:
            read = datetime.fromisoformat(value.strip())
        except (ValueError, OverflowError):
            return _from_text(value)
        if read.tzinfo is UTC:
            return read
        if read.tzinfo is None:
            return read.replace(tzinfo=UTC)
        try:
            return read.astimezone(UTC)
        except OverflowError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _from_number(value)


def corrected(at: datetime, sent_at: datetime, received_at: datetime) -> datetime | None:
    """When it happened by our clock: as long before we received it as the sender says it was before sending.

    Nothing happens after it is sent, so a sender that says so happened on arrival. None beyond the years we accept.
    """
    if at >= sent_at:
        return received_at
    try:
        happened = received_at - (sent_at - at)
    except OverflowError:
        return None
    return happened if happened >= EARLIEST else None


def _from_text(text: str) -> datetime | None:
    try:
        return _from_number(float(text))
    except ValueError:
        return None


def _from_number(number: float) -> datetime | None:
    try:
        return EPOCH + timedelta(seconds=number / 1000 if abs(number) > 1e11 else number)
    except (OverflowError, ValueError):
        return None


def milliseconds(moment: datetime) -> int:
    since = moment - EPOCH
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def from_milliseconds(value: float) -> datetime:
    return EPOCH + timedelta(milliseconds=value)
