"""A remembered text is built once in each language."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from openiop.ui.moments import day_text, when_text
from openiop.ui.remembered import remembered


def test_a_text_is_built_once_for_the_same_question() -> None:
    built: list[int] = []

    @remembered
    def double(number: int) -> int:
        built.append(number)
        return number * 2

    assert [double(2), double(2), double(3)] == [4, 4, 6]
    assert built == [2, 3]


def test_each_language_has_its_own_day() -> None:
    day, today = date(2026, 11, 24), date(2026, 1, 1)
    assert day_text(day, today) == "Tue 24 Nov"
    with translation.override("es"):
        assert day_text(day, today) == "mar 24 nov"
    assert day_text(day, today) == "Tue 24 Nov"


def test_moments_of_one_day_keep_their_own_times() -> None:
    today = date(2026, 1, 1)
    with timezone.override(ZoneInfo("America/Chicago")):
        nine, ten = (
            datetime(2026, 11, 24, hour, 0, tzinfo=ZoneInfo("America/Chicago")) for hour in (9, 10)
        )
        assert [when_text(nine, today=today), when_text(ten, today=today)] == [
            "Tue 24 Nov, 09:00", "Tue 24 Nov, 10:00",
        ]  # fmt: skip
