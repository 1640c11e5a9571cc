"""Minutes of one person at one session: what was attested, block by block."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.schedule.rules.attendance import (
    Presence,
    Stay,
    are_initials,
    countable_minutes,
    is_number,
    may_remark,
    on_the_minute,
    over_cap,
    presence,
    program_minutes,
)

CHICAGO = ZoneInfo("America/Chicago")
START = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    kind: str
    starts_at: datetime
    ends_at: datetime


def at(minutes: float, start: datetime = START) -> datetime:
    return start + timedelta(minutes=minutes)


def blocks(*lengths: tuple[str, int], start: datetime = START) -> list[Span]:
    found, now = [], 0
    for kind, length in lengths:
        found.append(Span(kind, at(now, start), at(now + length, start)))
        now += length
    return found


EVENING = blocks(("counseling", 90), ("break", 20), ("education", 90))


def visit(start: int, end: int, kind: str = "nurse") -> Span:
    return Span(kind, at(start), at(end))


def test_expected_never_counts():
    assert presence(EVENING, None) == Presence((0, 0, 0), {})
    assert presence(EVENING, None).minutes == 0


def test_a_whole_evening_counts_without_its_break():
    assert presence(EVENING, START) == Presence((90, 0, 90), {})
    assert presence(EVENING, START).minutes == 180
    assert countable_minutes(EVENING) == 180


def test_coming_before_the_start_adds_nothing():
    assert presence(EVENING, at(-25)) == Presence((90, 0, 90), {})


def test_who_comes_late_loses_the_minutes_before():
    assert presence(EVENING, at(17)) == Presence((73, 0, 90), {}, late=17)


def test_who_comes_in_the_break_has_the_second_block():
    assert presence(EVENING, at(95)) == Presence((0, 0, 90), {}, late=95)


def test_who_leaves_early_loses_the_minutes_after():
    assert presence(EVENING, START, at(150)) == Presence((90, 0, 40), {}, left_early=50)


def test_staying_on_after_the_end_adds_nothing():
    assert presence(EVENING, START, at(240)) == Presence((90, 0, 90), {})


def test_seconds_on_the_clock_cost_nobody_a_minute():
    assert presence(EVENING, at(0.9)).minutes == 180
    assert on_the_minute(datetime(2026, 11, 24, 12, 0, 59, tzinfo=CHICAGO)) == START


def test_coming_after_the_end_is_zero_minutes():
    assert presence(EVENING, at(230)).minutes == 0


def test_leaving_before_coming_is_zero_minutes():
    assert presence(EVENING, at(60), at(30)).minutes == 0


def test_a_session_without_blocks_has_no_minutes():
    assert presence([], START) == Presence((), {})


def test_a_nested_visit_splits_its_minutes_from_the_group():
    found = presence(EVENING, START, visits=[visit(30, 60, "individual")])
    assert found == Presence((60, 0, 90), {"individual": 30})


def test_a_visit_across_the_break_takes_only_group_time_from_the_group():
    found = presence(EVENING, START, visits=[visit(80, 120)])
    assert found == Presence((80, 0, 80), {"nurse": 40})


def test_a_visit_before_coming_did_not_happen():
    assert presence(EVENING, at(60), visits=[visit(0, 30)]) == Presence((30, 0, 90), {}, late=60)


def test_a_visit_begun_before_the_session_counts_from_its_start():
    assert presence(EVENING, at(-30), visits=[visit(-20, 10)]) == Presence(
        (80, 0, 90), {"nurse": 10}
    )


def test_two_visits_at_once_are_not_counted_twice():
    found = presence(EVENING, START, visits=[visit(20, 40), visit(10, 30, "individual")])
    assert found == Presence((60, 0, 90), {"individual": 20, "nurse": 10})


def test_one_to_one_and_family_visits_stay_program_time_and_a_test_does_not():
    visits = {"individual": 30, "family": 20, "nurse": 15, "test": 10, "psychiatry": 25}
    assert program_minutes(80, visits) == 130
    assert program_minutes(180, {}) == 180


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (datetime(2026, 11, 1, 0, 0, tzinfo=CHICAGO), "the clock falls back"),
        (datetime(2026, 3, 8, 0, 0, tzinfo=CHICAGO), "the clock springs forward"),
        (datetime(2028, 2, 29, 23, 0, tzinfo=CHICAGO), "a leap day ends"),
        (datetime(2026, 12, 31, 22, 30, tzinfo=CHICAGO), "a year ends"),
    ],
)
def test_minutes_are_lived_minutes_whatever_the_clock_does(start, name):
    first = start.astimezone(UTC)
    turns = [at(n * 90, first).astimezone(CHICAGO) for n in range(4)]
    local = [Span("counseling", *turns[n : n + 2]) for n in range(3)]
    assert presence(local, start).by_block == (90, 90, 90)
    assert presence(local, at(100, first).astimezone(CHICAGO)).by_block == (0, 80, 90)
    assert countable_minutes(local) == 270


lengths = st.lists(
    st.tuples(st.sampled_from(["counseling", "education", "family", "break"]), st.integers(1, 120)),
    min_size=1, max_size=6,
)  # fmt: skip
moments = st.integers(-60, 600)
visit_lists = st.lists(
    st.tuples(
        st.sampled_from(["individual", "nurse", "test"]), st.integers(-30, 500), st.integers(1, 90)
    ),
    max_size=4,
)


def made(visits):
    return [Span(kind, at(start), at(start + length)) for kind, start, length in visits]


@given(lengths, moments, moments, visit_lists)
def test_no_block_counts_more_than_it_lasts(parts, arrived, left, visits):
    found = presence(blocks(*parts), at(arrived), at(left), made(visits))
    for (kind, length), minutes in zip(parts, found.by_block, strict=True):
        assert 0 <= minutes <= (0 if kind == "break" else length)


@given(lengths, moments, moments, visit_lists)
def test_group_break_and_visit_minutes_make_up_the_stay(parts, arrived, left, visits):
    session, total = blocks(*parts), sum(length for _, length in parts)
    inside = max(0, min(max(left, arrived), total) - max(arrived, 0))
    working = [("counseling", length) for _, length in parts]
    found = presence(blocks(*working), at(arrived), at(left), made(visits))
    assert found.minutes + sum(found.visits.values()) == inside
    real = presence(session, at(arrived), at(left), made(visits))
    assert real.visits == found.visits
    assert real.minutes <= found.minutes


@given(lengths, moments, st.integers(0, 300), st.integers(0, 60), st.integers(0, 60), visit_lists)
def test_a_longer_stay_never_counts_less(parts, arrived, stay, sooner, longer, visits):
    session, nested = blocks(*parts), made(visits)
    short = presence(session, at(arrived), at(arrived + stay), nested)
    long = presence(session, at(arrived - sooner), at(arrived + stay + longer), nested)
    together = sum(short.visits.values()) + short.minutes
    assert sum(long.visits.values()) + long.minutes >= together
    assert all(long.visits.get(kind, 0) >= count for kind, count in short.visits.items())


@given(lengths, moments, visit_lists)
def test_visits_only_take_from_the_group(parts, arrived, visits):
    session = blocks(*parts)
    alone = presence(session, at(arrived))
    split = presence(session, at(arrived), visits=made(visits))
    assert split.minutes <= alone.minutes
    assert (split.late, split.left_early) == (alone.late, alone.left_early)


@given(moments, moments)
def test_late_and_left_early_are_what_the_stay_lacks(arrived, left):
    session = blocks(("counseling", 180))
    if left < arrived:
        return
    found = presence(session, at(arrived), at(left))
    if arrived <= 180 and left >= 0:
        assert found.late + found.minutes + found.left_early == 180


def stays(*arrivals: tuple[int, float] | tuple[int, float, float]) -> list[Stay]:
    return [
        Stay(one[0], at(one[1]), at(one[2]) if len(one) == 3 else None, seated=one[0] < 100)
        for one in arrivals
    ]


def test_the_seventeenth_in_the_room_is_found():
    room = stays(*[(n, n) for n in range(1, 17)])
    assert over_cap(room, 16) == frozenset()
    assert over_cap([*room, *stays((17, 40))], 16) == frozenset({17})
    assert over_cap([*room, *stays((17, 40), (18, 50))], 16) == frozenset({17, 18})


def test_of_people_who_came_together_the_one_without_a_seat_is_over():
    together = stays((5, 0), (101, 0), (6, 0.5))
    assert over_cap(together, 2) == frozenset({101})


def test_a_place_that_was_left_is_free_again():
    assert over_cap(stays((1, 0, 30), (2, 0), (3, 31)), 2) == frozenset()
    assert over_cap(stays((1, 0, 30), (2, 0), (3, 20), (4, 31)), 2) == frozenset({3, 4})


def test_nobody_is_over_where_no_cap_is_recorded():
    assert over_cap(stays((1, 0), (2, 0)), None) == frozenset()


@given(
    st.lists(st.tuples(st.integers(1, 200), st.integers(0, 60)), max_size=30), st.integers(1, 20)
)
def test_as_many_as_the_cap_are_never_over(arrivals, cap):
    people = stays(*{record: (record, minute) for record, minute in arrivals}.values())
    assert len(over_cap(people, cap)) == max(0, len(people) - cap)


def test_marks_are_free_on_the_day_and_corrections_after():
    day = date(2028, 2, 29)
    assert may_remark(day, date(2028, 2, 29)) is True
    assert may_remark(day, date(2028, 3, 1)) is False


@pytest.mark.parametrize("typed", ["00001230", " 0000 1230 ", "0000-1230"])
def test_a_record_number_may_be_typed_in_groups(typed):
    assert is_number(typed, "00001230") is True
    assert is_number(typed, "00001222") is False
    assert is_number("", "") is False


@pytest.mark.parametrize("typed", ["JO", "j.o.", " J Ó "])
def test_initials_may_be_typed_with_dots_spaces_and_accents(typed):
    assert are_initials(typed, "José", "Ó") is True
    assert are_initials(typed, "Ana", "O") is False
    assert are_initials("J", "José", "") is False
