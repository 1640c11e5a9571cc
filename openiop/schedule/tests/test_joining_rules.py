"""What times in a virtual room come to: the union, inside the session, never more."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openiop.kernel.intervals import Interval
from openiop.schedule.queries.sessions import blocks_at
from openiop.schedule.rules.attendance import countable_minutes, on_the_minute
from openiop.schedule.rules.joining import (
    SILENCE,
    Place,
    Proposal,
    opens_at,
    place,
    proposal,
    stretches,
)

START = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
END = START + timedelta(minutes=200)
BLOCKS = blocks_at(START, [
    {"kind": "counseling", "start": 0, "minutes": 90},
    {"kind": "break", "start": 90, "minutes": 10},
    {"kind": "education", "start": 100, "minutes": 100},
])  # fmt: skip
WORTH = countable_minutes(BLOCKS)


@dataclass(frozen=True)
class Stay:
    admitted_at: datetime | None
    left_at: datetime | None
    seen_at: datetime


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def stay(came: float | None, left: float | None, seen: float | None = None) -> Stay:
    """Let in, left and last seen, in minutes of the session."""
    last = seen if seen is not None else left if left is not None else came or 0
    return Stay(None if came is None else at(came), None if left is None else at(left), at(last))


def proposed(*stays: Stay, now: float = 200) -> Proposal | None:
    return proposal(stays, START, END, at(now))


def minutes(*stays: Stay, now: float = 200) -> int:
    found = proposed(*stays, now=now)
    return found.minutes(BLOCKS, min(at(now), END)) if found else 0


# --- where somebody is ---


def test_who_asked_waits_until_let_in_and_has_left_when_it_is_over():
    waiting = stay(None, None, 1)
    assert place(waiting, at(1), END) is Place.WAITING
    assert place(waiting, at(60), END) is Place.WAITING
    assert place(waiting, END, END) is Place.LEFT


def test_without_a_sign_for_two_minutes_and_a_half_somebody_has_dropped_out():
    one = stay(0, None, 10)
    assert place(one, at(10) + SILENCE, END) is Place.IN
    assert place(one, at(10) + SILENCE + timedelta(seconds=1), END) is Place.DROPPED
    assert place(stay(0, 10), at(10), END) is Place.LEFT


def test_one_may_ask_to_come_in_half_an_hour_before():
    assert opens_at(START) == at(-30)


# --- what the times propose ---


def test_who_was_there_from_start_to_end_has_the_whole_session():
    assert proposed(stay(0, None, 199)) == Proposal(START, None)
    assert minutes(stay(0, None, 199)) == WORTH == 190


def test_two_joins_are_the_time_in_the_room_and_not_their_sum():
    two = (stay(0, 50), stay(40, 80))
    assert proposed(*two) == Proposal(START, at(80))
    assert minutes(*two) == 80


def test_the_time_between_two_joins_does_not_count():
    found = proposed(stay(5, 30), stay(50, None, 199))
    assert found == Proposal(at(5), None, (Interval(at(30), at(50)),))
    assert found.minutes(BLOCKS, END) == WORTH - 5 - 20
    assert found.offsets(START) == (30, 50)
    assert stretches(START, (30, 50)) == (Interval(at(30), at(50)),)


def test_a_break_away_costs_nothing_since_breaks_never_count():
    assert minutes(stay(0, 90), stay(100, None, 199)) == WORTH


def test_who_dropped_out_was_there_until_the_last_sign():
    assert proposed(stay(0, None, 60)) == Proposal(START, at(60))
    assert proposed(stay(0, None, 60), now=61) == Proposal(START, None)
    assert minutes(stay(0, None, 60), now=61) == 61


def test_early_and_late_times_are_cut_to_the_session():
    assert proposed(stay(-20, 250)) == Proposal(START, None)
    assert proposed(stay(-20, -5)) is None
    assert proposed(stay(210, None, 220), now=230) is None


def test_who_was_never_let_in_proposes_nothing():
    assert proposed(stay(None, None, 100)) is None
    assert proposed(stay(None, 100)) is None
    assert proposed() is None


def test_less_than_a_minute_is_no_arrival():
    assert proposed(stay(10.1, 10.8)) is None


def test_who_came_this_very_minute_is_in_and_the_time_away_before_is_kept():
    assert proposed(stay(10, None), now=10.5) == Proposal(at(10), None)
    assert minutes(stay(10, None), now=10.5) == 0
    back = (stay(0, 10), stay(30, None))
    assert proposed(*back, now=30.2) == Proposal(START, None, (Interval(at(10), at(30)),))
    assert minutes(*back, now=30.2) == 10


MOMENTS = st.integers(-60, 260)


@st.composite
def joins(draw):
    """A join as it can be: let in or not, seen after that, left or not after that."""
    came, seen, left = sorted(draw(st.tuples(MOMENTS, MOMENTS, MOMENTS)))
    return stay(came if draw(st.booleans()) else None, left if draw(st.booleans()) else None, seen)


def covered(stays: list[Stay], now: int) -> set[int]:
    """Minutes of the session somebody was in the room, counted one by one."""
    found = set()
    for one in stays:
        if one.admitted_at is None:
            continue
        over = min(at(now), END)
        end = one.left_at or (over if over - one.seen_at <= SILENCE else one.seen_at)
        found |= {n for n in range(200) if on_the_minute(one.admitted_at) <= at(n) < end}
    return {n for n in found if at(n) < min(at(now), END)}


@given(st.lists(joins(), max_size=5), st.integers(0, 300))
def test_minutes_are_those_in_the_room_counted_one_by_one(stays, now):
    stays = [each for each in stays if max(each.seen_at, each.left_at or START) <= at(now)]
    counted = [n for n in covered(stays, now) if not 90 <= n < 100]
    assert minutes(*stays, now=now) == len(counted)


@given(st.lists(joins(), max_size=5), st.integers(-60, 300))
def test_proposed_minutes_never_exceed_the_session(stays, now):
    assert 0 <= minutes(*stays, now=now) <= WORTH


@given(st.lists(joins(), max_size=5), st.integers(0, 300))
def test_the_same_joins_twice_or_in_another_order_change_nothing(stays, now):
    assert proposed(*stays, now=now) == proposed(*reversed(stays), *stays, now=now)


@given(st.lists(joins(), max_size=4), joins())
def test_another_join_adds_at_most_its_own_minutes_and_takes_none_away(stays, more):
    before, alone, after = minutes(*stays), minutes(more), minutes(*stays, more)
    assert max(before, alone) <= after <= before + alone


@given(st.lists(joins(), max_size=5))
def test_stored_stretches_come_back_as_they_were(stays):
    found = proposed(*stays)
    assert found is None or stretches(START, found.offsets(START)) == found.away
