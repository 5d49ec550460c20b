"""Instants as visitors read them, also where the same one was written for somebody else just before."""

from datetime import UTC, datetime

from hark.web.pages import Reading
from hark.web.wording import brief, moment

EVENING = datetime(2026, 11, 2, 23, 30, 5, tzinfo=UTC)


def test_the_same_instant_is_another_moment_in_another_zone() -> None:
    here, there = (Reading(now=EVENING, time_zone=zone) for zone in ("UTC", "Asia/Tokyo"))

    assert moment(EVENING, here).replace("\u202f", " ") == "Nov 2, 2026, 11:30:05 PM"
    assert moment(EVENING, there).replace("\u202f", " ") == "Nov 3, 2026, 8:30:05 AM"


def test_the_same_minute_is_written_in_the_language_of_who_reads() -> None:
    written = {language: brief(EVENING, Reading(now=EVENING, language=language)) for language in ("en", "de")}

    assert written["en"].replace("\u202f", " ") == "11:30 PM"
    assert written["de"] == "23:30"
