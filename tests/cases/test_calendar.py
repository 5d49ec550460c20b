"""Working time against a clock that is looked at every minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hark.cases.calendar import ALWAYS, DAYS, Calendar, Holiday, add_working, check, is_open, next_open, working_between
from hark.errors import Rejected

MINUTE = timedelta(minutes=1)
OFFICE = Calendar(zone="Europe/Berlin", hours=dict.fromkeys(DAYS[:5], (("09:00", "12:00"), ("13:00", "17:00"))))
NIGHTS = Calendar(zone="Europe/Berlin", hours=dict.fromkeys(DAYS, (("22:00", "06:00"),)))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


# Shifts whose ends keep away from the hours that clocks skip or repeat: then a look at the wall is the whole truth.
hour = st.sampled_from([0, 4, 5, 8, 9, 12, 13, 17, 20, 22])
shift = st.tuples(hour, hour).map(lambda pair: (f"{pair[0]:02}:15", f"{pair[1]:02}:15"))
calendars = st.builds(
    Calendar,
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    hours=st.dictionaries(st.sampled_from(DAYS), st.lists(shift, min_size=1, max_size=3).map(tuple), min_size=1),
    holidays=st.lists(
        st.builds(
            Holiday,
            day=st.sampled_from(["2026-03-29", "2026-10-25", "04-01", "11-01"]),
            hours=st.lists(shift, max_size=1).map(tuple),
        ),
        max_size=2,
        unique_by=lambda holiday: holiday.day,
    ).map(tuple),
)
starts = st.sampled_from([datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)]).flatmap(
    lambda start: st.integers(0, 5 * 1440).map(lambda minutes: start + minutes * MINUTE)
)


def on_the_wall(calendar: Calendar, at: datetime) -> bool:
    """Whether it is open by looking at the clock and the day alone."""
    local = at.astimezone(ZoneInfo(calendar.zone))
    now = f"{local:%H:%M}"
    today, yesterday = shifts_of(calendar, local.date()), shifts_of(calendar, local.date() - timedelta(days=1))
    if any(start <= now and (now < end or end <= start) for start, end in today):
        return True
    shut = holiday_of(calendar, local.date()) is not None
    return not shut and any(end <= start and now < end for start, end in yesterday)


def holiday_of(calendar: Calendar, day: date) -> Holiday | None:
    found = (one for one in calendar.holidays if one.day in (day.isoformat(), day.isoformat()[5:]))
    return next(found, None)


def shifts_of(calendar: Calendar, day: date) -> tuple[tuple[str, str], ...]:
    holiday = holiday_of(calendar, day)
    return calendar.hours.get(DAYS[day.weekday()], ()) if holiday is None else holiday.hours


@settings(max_examples=60, deadline=None)
@given(calendar=calendars, start=starts, minutes=st.integers(0, 4000))
def test_working_time_is_what_a_look_at_the_clock_every_minute_finds(calendar, start, minutes):
    looked = sum(on_the_wall(calendar, start + step * MINUTE) for step in range(minutes))

    assert working_between(calendar, start, start + minutes * MINUTE) == looked * 60


@settings(max_examples=60, deadline=None)
@given(calendar=calendars, start=starts, seconds=st.integers(1, 400_000))
def test_adding_working_time_is_measuring_it_backwards(calendar, start, seconds):
    due = add_working(calendar, start, seconds)

    assert due is not None
    assert working_between(calendar, start, due) == seconds
    assert working_between(calendar, start, due - timedelta(seconds=1)) == seconds - 1


@settings(max_examples=60, deadline=None)
@given(calendar=calendars, at=starts)
def test_it_is_open_when_the_clock_says_so(calendar, at):
    assert is_open(calendar, at) == on_the_wall(calendar, at)


def test_lunch_is_no_working_time():
    due = add_working(OFFICE, berlin("2026-06-01T11:30"), 3600)

    assert due == berlin("2026-06-01T13:30")


def test_what_comes_in_on_friday_evening_is_due_on_monday():
    assert add_working(OFFICE, berlin("2026-06-05T18:00"), 3600) == berlin("2026-06-08T10:00")


def test_the_night_when_clocks_go_forward_is_an_hour_shorter():
    """22:00 to 06:00 over the night to 29 March 2026 holds seven hours."""
    assert working_between(NIGHTS, berlin("2026-03-28T22:00"), berlin("2026-03-29T06:00")) == 7 * 3600
    assert add_working(NIGHTS, berlin("2026-03-28T23:00"), 4 * 3600) == berlin("2026-03-29T04:00")


def test_the_night_when_clocks_go_back_is_an_hour_longer():
    assert working_between(NIGHTS, berlin("2026-10-24T22:00"), berlin("2026-10-25T06:00")) == 9 * 3600


def test_a_shift_that_ends_in_the_hour_that_comes_twice_ends_the_second_time():
    late = Calendar(zone="Europe/Berlin", hours={"sat": (("22:00", "02:30"),)})

    assert working_between(late, berlin("2026-10-24T12:00"), berlin("2026-10-25T12:00")) == 5.5 * 3600


def test_a_shift_that_starts_in_the_hour_that_is_skipped_starts_at_the_skip():
    early = Calendar(zone="Europe/Berlin", hours={"sun": (("02:30", "05:00"),)})

    assert next_open(early, berlin("2026-03-29T00:00")) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_holiday_shuts_also_the_end_of_the_night_before():
    nights = Calendar(zone="Europe/Berlin", hours=NIGHTS.hours, holidays=(Holiday(day="12-25", name="Christmas"),))

    assert working_between(nights, berlin("2026-12-24T22:00"), berlin("2026-12-26T12:00")) == 2 * 3600


def test_a_calendar_that_never_shuts_counts_every_second():
    start = datetime(2026, 1, 1, tzinfo=UTC)

    assert add_working(ALWAYS, start, 90 * 86400) == start + timedelta(days=90)


@pytest.mark.parametrize(
    "wrong",
    [
        Calendar(zone="Europe/Atlantis", hours=OFFICE.hours),
        Calendar(hours={"someday": (("09:00", "17:00"),)}),
        Calendar(hours={"mon": (("9", "17:00"),)}),
        Calendar(hours={}),
        Calendar(hours=OFFICE.hours, holidays=(Holiday(day="christmas"),)),
    ],
)
def test_what_is_no_calendar_is_refused(wrong):
    with pytest.raises(Rejected):
        check(wrong)
