"""CSV that spreadsheets open without running anything: what a customer wrote may begin like a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

# OWASP's list of first characters that make a cell a formula, in any spreadsheet.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # also as full-width forms


def written(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file in parts; it begins with the mark by which spreadsheets know UTF-8."""
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO()
    lines = csv.writer(buffer)
    lines.writerow(head)
    for number, row in enumerate(rows, 1):
        lines.writerow([cell(value) for value in row])
        if number % 500 == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def cell(value: Any) -> str:
    """Numbers stay numbers; a text that would be a formula becomes a text by the apostrophe that spreadsheets hide."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return f"{value:.1f}" if isinstance(value, float) else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = text.replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) else text


def _taken(buffer: io.StringIO) -> bytes:
    part = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return part
