"""Sentences about clashes, and what is free instead."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openiop.kernel.intervals import Interval
from openiop.schedule.rules.clashes import Clash, free_starts, hours, sentence

NOON = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHICAGO = "America/Chicago"


def clash(kind: str, name: str = "Maple", after: int = 0) -> Clash:
    start = NOON + after * HOUR
    return Clash(kind, 1, name, start, start + HOUR, "Evening B")


def test_a_room_and_a_colleague_are_named_with_what_has_them_and_when() -> None:
    found = sentence([clash("staff", "Alice Adams", 1), clash("room")], CHICAGO)
    assert found == (
        "Maple has Evening B on Tue 24 Nov, 12:00 to 13:00."
        " Alice Adams has Evening B on Tue 24 Nov, 13:00 to 14:00."
    )


def test_a_person_in_care_is_never_named() -> None:
    assert sentence([clash("record", "Maria Sol")], CHICAGO) == (
        "Somebody enrolled here has Evening B on Tue 24 Nov, 12:00 to 13:00."
    )


def test_several_people_of_one_group_make_one_sentence() -> None:
    both = [clash("record"), Clash("record", 2, "", NOON, NOON + HOUR, "Evening B")]
    assert sentence(both, CHICAGO).count("Somebody") == 1


def test_hours_are_those_on_the_wall_of_the_place() -> None:
    assert hours(NOON, NOON + HOUR, CHICAGO) == "Tue 24 Nov, 12:00 to 13:00"
    assert hours(NOON, NOON + HOUR, "UTC") == "Tue 24 Nov, 18:00 to 19:00"


def test_free_starts_leave_out_what_is_busy() -> None:
    whole = Interval(NOON, NOON + 4 * HOUR)
    busy = [Interval(NOON + HOUR, NOON + 2 * HOUR)]
    assert free_starts(whole, busy, HOUR, HOUR) == [NOON, NOON + 2 * HOUR, NOON + 3 * HOUR]


def test_nothing_fits_into_a_day_shorter_than_the_session() -> None:
    assert free_starts(Interval(NOON, NOON + HOUR), [], 2 * HOUR) == []


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6))), st.integers(1, 6))
def test_a_free_start_never_touches_anything_busy(
    taken: list[tuple[int, int]], length: int
) -> None:
    whole = Interval(NOON, NOON + 24 * HOUR)
    busy = [Interval(NOON + start * HOUR, NOON + (start + long) * HOUR) for start, long in taken]
    for start in free_starts(whole, busy, length * HOUR):
        wanted = Interval(start, start + length * HOUR)
        assert wanted.end <= whole.end
        assert not any(wanted.overlaps(other) for other in busy)
