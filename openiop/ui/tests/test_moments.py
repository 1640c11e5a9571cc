"""Times read as people say them, in the clinic's zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from openiop.ui.moments import day_text, minutes_text, when_text

EVENING = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")
TODAY = date(2026, 11, 23)


def test_a_day_of_this_year_leaves_the_year_out() -> None:
    assert day_text(date(2026, 11, 24), TODAY) == "Tue 24 Nov"


def test_a_day_of_another_year_names_it() -> None:
    assert day_text(date(2025, 1, 3), TODAY) == "Fri 3 Jan 2025"


def test_a_moment_is_shown_in_the_pages_zone() -> None:
    with timezone.override(CHICAGO):
        assert when_text(EVENING, today=TODAY) == "Tue 24 Nov, 18:00"


def test_the_pages_own_zone_is_not_named() -> None:
    with timezone.override(CHICAGO):
        assert when_text(EVENING, CHICAGO, TODAY) == "Tue 24 Nov, 18:00"


def test_another_zone_is_named() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        assert when_text(EVENING, CHICAGO, TODAY) == "Tue 24 Nov, 18:00 CST"


def test_the_zones_name_follows_daylight_saving() -> None:
    with timezone.override(UTC):
        july = datetime(2026, 7, 1, 23, 0, tzinfo=UTC)
        assert when_text(july, CHICAGO, TODAY) == "Wed 1 Jul, 18:00 CDT"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        when_text(datetime(2026, 11, 24, 18, 0), today=TODAY)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 min"), (45, "45 min"), (60, "1 h 00"), (185, "3 h 05"), (-90, "−1 h 30")],
)
def test_minutes_read_as_hours(minutes: int, text: str) -> None:
    assert minutes_text(minutes) == text


@given(some.integers(60, 100_000))
def test_hours_and_minutes_add_up(minutes: int) -> None:
    hours, rest = minutes_text(minutes).split(" h ")
    assert int(hours) * 60 + int(rest) == minutes
