"""Money as whole numbers of millionths: exact to add, to compare and to store."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

MILLION = 1_000_000
MOST = 1_000_000_000 * MILLION  # what is larger than a billion is a broken sender, never a price


def micros(value: object) -> int | None:
    """Read an amount as senders write it (number or text); None where it is none, or beyond a billion."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        amount = value * MILLION if -MOST < value < MOST else MOST + 1
    elif isinstance(value, float):
        # Below a billion the nearest millionth of a double is the decimal that was written.
        amount = round(value * MILLION) if -1e9 <= value <= 1e9 else MOST + 1
    elif isinstance(value, str):
        return _from_text(value)
    else:
        return None
    return amount if -MOST <= amount <= MOST else None


def decimal(amount: int) -> Decimal:
    return Decimal(amount) / MILLION


def written(amount: int) -> str:
    """Without needless zeros, but always with cents where there are any: 12, 12.50, 0.000001."""
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    whole, rest = divmod(amount, MILLION)
    if not rest:
        return f"{sign}{whole}"
    digits = f"{rest:06d}".rstrip("0")
    return f"{sign}{whole}.{digits.ljust(2, '0')}"


def _from_text(text: str) -> int | None:
    if len(text) > 40:
        return None
    try:
        number = Decimal(text.strip())
        if not number.is_finite() or abs(number) > 1_000_000_000:
            return None
        return int((number * MILLION).to_integral_value(ROUND_HALF_EVEN))
    except (InvalidOperation, ValueError):
        return None
