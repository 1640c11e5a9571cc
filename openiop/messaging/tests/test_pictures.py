"""The rota's picture: what is full, what is empty, what it says to whoever cannot see it."""

import re
from datetime import date

from openiop.messaging import queries
from openiop.messaging.pictures import DAY, rota_picture
from openiop.messaging.tests.conftest import BOB, NORTH, NOW, SAM


def picture(opened) -> str:
    with opened("fred", "messaging.oncall.read", now=NOW) as permit:
        days = queries.rota(permit, NORTH, "America/Chicago", date(2026, 11, 23))
    return str(rota_picture(days, "On call"))


def widths(text: str, kind: str) -> list[float]:
    return [float(wide) for wide in re.findall(rf'class="{kind}"[^>]* width="([\d.]+)"', text)]


def test_an_empty_week_is_fourteen_empty_days(opened):
    text = picture(opened)
    assert widths(text, "open") == [DAY] * 14
    assert widths(text, "pale") == []
    assert "First: 0 hours covered; Backup: 0 hours covered" in text


def test_a_shift_over_midnight_fills_its_part_of_two_days(opened, on_duty):
    on_duty(first=SAM)
    text = picture(opened)
    assert widths(text, "pale") == [42.5, 77.5]
    assert "First: 24 hours covered; Backup: 0 hours covered" in text


def test_a_name_stands_where_it_fits(opened, on_duty, system):
    on_duty(first=SAM)
    assert picture(opened).count(">Sam Stone</text>") == 1


def test_both_lanes_are_drawn(opened, on_duty):
    on_duty(first=SAM, backup=BOB)
    assert sum(widths(picture(opened), "pale")) == 2 * DAY


def test_the_whole_week_is_always_drawn(opened, on_duty):
    on_duty(first=SAM)
    text = picture(opened)
    assert round(sum(widths(text, "pale") + widths(text, "open")), 1) == 14 * DAY
