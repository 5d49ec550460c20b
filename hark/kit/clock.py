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
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_number(float(value))
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        try:
            return _from_number(float(text))
        except ValueError:
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment if EARLIEST <= moment <= LATEST else None


def _from_number(number: float) -> datetime | None:
    seconds = number / 1000 if abs(number) > 1e11 else number
    try:
        moment = EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None
    return moment if EARLIEST <= moment <= LATEST else None


def milliseconds(moment: datetime) -> int:
    return int((moment - EPOCH) // timedelta(milliseconds=1))


def from_milliseconds(value: float) -> datetime:
    return EPOCH + timedelta(milliseconds=value)
