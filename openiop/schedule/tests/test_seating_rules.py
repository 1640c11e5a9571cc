"""Seats: the lowest free number, and nobody refused for a number's sake."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openiop.schedule.rules.seating import Taken, fullest, place

DAY = date(2026, 11, 23)


def on(offset: int) -> date:
    return DAY + timedelta(days=offset)


def taken(number: int, start: int, end: int | None = None, seat: int = 0) -> Taken:
    return Taken(seat or number, number, on(start), None if end is None else on(end))


def test_an_empty_track_gives_seat_one() -> None:
    found = place([], DAY, None)
    assert (found.number, found.others, found.renumbered) == (1, 0, {})


def test_the_lowest_seat_free_for_the_whole_stretch_is_given() -> None:
    found = place([taken(1, 0), taken(2, 5), taken(4, 0)], DAY, None)
    assert (found.number, found.others) == (3, 3)


def test_a_seat_left_yesterday_is_free_today() -> None:
    assert place([taken(1, -9, 0)], DAY, None).number == 1


def test_a_seat_for_one_day_fits_before_one_that_starts_later() -> None:
    assert place([taken(1, 3)], DAY, on(1)).number == 1


def test_the_fullest_day_counts_not_the_sum_of_all_seats() -> None:
    seats = [taken(1, 0, 2), taken(1, 2, 4, seat=9), taken(2, 1, 3)]
    assert fullest(seats, DAY, None) == 2
    assert fullest(seats, on(4), None) == 0


def test_later_seats_change_numbers_so_that_a_place_for_good_is_found() -> None:
    leaving, coming = taken(1, -5, 3, seat=1), taken(2, 3, seat=2)
    found = place([leaving, coming], DAY, None)
    assert (found.number, found.others, found.renumbered) == (2, 1, {2: 1})


spans = st.lists(st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(1, 15))),
                 max_size=25)  # fmt: skip


@given(spans)
def test_whoever_comes_when_and_for_how_long_seats_never_overlap_nor_exceed_the_fullest_day(
    stays: list[tuple[int, int | None]],
) -> None:
    seats: list[Taken] = []
    for seat, (start, length) in enumerate(stays, start=1):
        first, end = on(start), None if length is None else on(start + length)
        found = place(seats, first, end)
        seats = [
            Taken(one.id, found.renumbered.get(one.id, one.number), one.start, one.end)
            for one in seats
        ]
        assert found.number <= found.others + 1
        seats.append(Taken(seat, found.number, first, end))
        for one in seats:
            for other in seats:
                if one.id < other.id and one.overlaps(other.start, other.end):
                    assert one.number != other.number


@given(spans)
def test_those_who_sit_already_keep_their_seats(stays: list[tuple[int, int | None]]) -> None:
    seats: list[Taken] = []
    for seat, (start, length) in enumerate(stays, start=1):
        first, end = on(start), None if length is None else on(start + length)
        found = place(seats, first, end)
        sitting = {one.id for one in seats if one.start <= first}
        assert sitting.isdisjoint(found.renumbered)
        seats = [
            Taken(one.id, found.renumbered.get(one.id, one.number), one.start, one.end)
            for one in seats
        ]
        seats.append(Taken(seat, found.number, first, end))
