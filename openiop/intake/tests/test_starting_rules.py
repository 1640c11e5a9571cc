"""When somebody answers the phone."""

from datetime import UTC, date, datetime

from openiop.intake.rules.starting import Desk, answers

WEEK = {str(day): ["08:00", "21:30"] for day in range(5)} | {"5": ["09:00", "14:00"]}
CHICAGO = Desk("America/Chicago", WEEK)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_while_a_desk_is_open_somebody_answers_now():
    noon = at(2026, 11, 24, 18, 0)
    assert answers([CHICAGO], noon) == noon


def test_at_eleven_at_night_it_is_tomorrow_morning():
    assert answers([CHICAGO], at(2026, 11, 25, 5, 0)) == at(2026, 11, 25, 14, 0)


def test_before_opening_it_is_today():
    assert answers([CHICAGO], at(2026, 11, 24, 12, 0)) == at(2026, 11, 24, 14, 0)


def test_closing_time_is_too_late():
    assert answers([CHICAGO], at(2026, 11, 25, 3, 30)) == at(2026, 11, 25, 14, 0)


def test_on_saturday_afternoon_it_is_monday():
    assert answers([CHICAGO], at(2026, 11, 28, 21, 0)) == at(2026, 11, 30, 14, 0)


def test_a_closed_day_is_passed_over():
    desk = Desk("America/Chicago", WEEK, frozenset({date(2026, 11, 26)}))
    assert answers([desk], at(2026, 11, 26, 5, 0)) == at(2026, 11, 27, 14, 0)


def test_the_soonest_of_several_answers():
    early = Desk("America/New_York", {"2": ["06:00", "12:00"]})
    assert answers([CHICAGO, early], at(2026, 11, 25, 5, 0)) == at(2026, 11, 25, 11, 0)


def test_the_morning_the_clocks_change_opens_at_the_same_hour():
    sunday = Desk("America/Chicago", {"6": ["08:00", "12:00"]})
    assert answers([sunday], at(2026, 3, 8, 5, 0)) == at(2026, 3, 8, 13, 0)
    assert answers([sunday], at(2026, 11, 1, 4, 0)) == at(2026, 11, 1, 14, 0)


def test_where_nobody_ever_answers_there_is_no_time():
    assert answers([Desk("America/Chicago", {})], at(2026, 11, 24)) is None
    assert answers([], at(2026, 11, 24)) is None
