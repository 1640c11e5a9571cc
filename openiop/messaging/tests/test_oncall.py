"""The rota: one person a rank, gaps in plain sight, changes that can be undone."""

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.http import Http404

from openiop.access import door
from openiop.kernel.intervals import Interval
from openiop.kernel.permits import Refused
from openiop.messaging import actions, queries
from openiop.messaging.queries.oncall import week_gaps
from openiop.messaging.rules import Level
from openiop.messaging.tests.conftest import ALICE, BOB, CHARLIE, NORTH, NOW, SAM, SOUTH

HOUR = timedelta(hours=1)
CHICAGO = "America/Chicago"


def add(opened, staff: int, start, end, rank: int = 1) -> int:
    with opened("sam", "messaging.oncall.write", now=NOW) as permit:
        return actions.add_shift(permit, clinic=NORTH, staff=staff, rank=rank, start=start, end=end)


def test_who_is_on_call_now_with_a_number_and_until_when(opened, on_duty):
    on_duty(first=SAM)
    with opened("fred", "messaging.oncall.read", now=NOW) as permit:
        now = queries.on_call_now(permit, [NORTH])[NORTH]
    assert (now.first.name, now.first.phone) == ("Sam Stone", "+13125550110")
    assert now.first.until == NOW + 23 * HOUR
    assert now.backup is None


def test_a_clash_names_who_is_on_call_and_when(opened, on_duty):
    on_duty(first=SAM)
    with pytest.raises(Refused) as no:
        add(opened, BOB, NOW, NOW + HOUR)
    assert no.value.code == "on_call_taken"
    assert no.value.sentence == (
        "Sam Stone is first on call from Mon 23 Nov, 15:30 to Tue 24 Nov, 15:30."
    )


def test_nobody_is_first_and_backup_at_once(opened, on_duty):
    on_duty(first=SAM)
    with pytest.raises(Refused) as no:
        add(opened, SAM, NOW, NOW + HOUR, rank=2)
    assert no.value.code == "on_call_taken"


def test_one_shift_may_begin_when_the_other_ends(opened, on_duty):
    on_duty(first=SAM)
    assert add(opened, BOB, NOW + 23 * HOUR, NOW + 24 * HOUR) > 0


@pytest.mark.parametrize("end", [NOW, NOW - HOUR, NOW + timedelta(days=15)])
def test_a_shift_ends_after_it_starts_and_within_two_weeks(opened, end):
    with pytest.raises(Refused) as no:
        add(opened, BOB, NOW, end)
    assert (no.value.code, no.value.field) == ("shift_order", "end")


def test_a_shift_can_be_changed_to_its_own_time(opened, on_duty):
    shift = on_duty(first=SAM)["first"]
    with opened("sam", "messaging.oncall.write", now=NOW) as permit:
        actions.change_shift(permit, shift, staff=BOB, rank=1, start=NOW - HOUR, end=NOW + HOUR)
        now = queries.on_call_now(permit, [NORTH])[NORTH]
    assert (now.first.staff, now.first.until) == (BOB, NOW + HOUR)


def test_a_removed_shift_comes_back_unless_the_place_was_taken(opened, on_duty):
    shift = on_duty(first=SAM)["first"]
    with opened("sam", "messaging.oncall.write", now=NOW) as permit:
        actions.remove_shift(permit, shift)
        assert queries.on_call_now(permit, [NORTH])[NORTH].first is None
        actions.restore_shift(permit, shift)
        assert queries.on_call_now(permit, [NORTH])[NORTH].first.staff == SAM
        actions.remove_shift(permit, shift)
        actions.add_shift(
            permit, clinic=NORTH, staff=BOB, rank=1, start=NOW, end=NOW + HOUR
        )  # fmt: skip
        with pytest.raises(Refused) as no:
            actions.restore_shift(permit, shift)
    assert no.value.code == "on_call_taken"


def test_another_clinics_shift_is_not_there(opened, on_duty):
    shift = on_duty(clinic=SOUTH, first=CHARLIE)["first"]
    with opened("sam", "messaging.oncall.write", now=NOW) as permit:
        assert queries.on_call_now(permit, [SOUTH])[SOUTH].first is None
        with pytest.raises(Http404):
            actions.remove_shift(permit, shift)


def moment(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZoneInfo(CHICAGO))


def test_the_week_shows_shifts_and_gaps_without_holes(opened, on_duty):
    on_duty(first=SAM)
    with opened("fred", "messaging.oncall.read", now=NOW) as permit:
        days = queries.rota(permit, NORTH, CHICAGO, date(2026, 11, 23))
    assert [day.day.isoweekday() for day in days] == [1, 2, 3, 4, 5, 6, 7]
    monday, tuesday = days[0].first, days[1].first
    assert [(each.name, each.during.minutes) for each in monday] == [
        ("", 15 * 60 + 30), ("Sam Stone", 8 * 60 + 30),
    ]  # fmt: skip
    assert [(each.name, each.during.minutes) for each in tuesday] == [
        ("Sam Stone", 15 * 60 + 30), ("", 8 * 60 + 30),
    ]  # fmt: skip
    assert [each.gap for each in days[2].backup] == [True]


def test_gaps_are_joined_across_midnight(opened, on_duty):
    on_duty(first=SAM)
    with opened("fred", "messaging.oncall.read", now=NOW) as permit:
        days = queries.rota(permit, NORTH, CHICAGO, date(2026, 11, 23))
    start, end = moment(23, 15).replace(minute=30), moment(24, 15).replace(minute=30)
    assert week_gaps(days, Level.FIRST) == [
        Interval(moment(23, 0), start), Interval(end, moment(30, 0)),
    ]  # fmt: skip
    assert week_gaps(days, Level.BACKUP) == [Interval(moment(23, 0), moment(30, 0))]


def test_the_day_the_clocks_go_back_has_twenty_five_hours(opened):
    with opened("fred", "messaging.oncall.read", now=NOW) as permit:
        days = queries.rota(permit, NORTH, CHICAGO, date(2026, 10, 26))
    assert [sum(each.during.minutes for each in day.first) // 60 for day in days] == (
        [24, 24, 24, 24, 24, 24, 25]
    )


@pytest.mark.slow
def test_of_eight_shifts_for_one_place_at_once_one_is_kept(own_database, network):
    outcomes: list[str] = []

    def put(staff: int) -> None:
        try:
            with door.opened_for(7, "messaging.oncall.write", now=NOW) as permit:
                actions.add_shift(
                    permit, clinic=NORTH, staff=staff, rank=1, start=NOW, end=NOW + HOUR
                )
            outcomes.append("kept")
        except Refused as no:
            outcomes.append(no.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=put, args=(staff,)) for staff in (ALICE, BOB) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept"] + ["on_call_taken"] * 7


def test_the_rota_takes_one_statement_for_one_and_for_three_shifts(
    opened, on_duty, django_assert_num_queries
):
    with opened("fred", "messaging.oncall.read", now=NOW) as permit, django_assert_num_queries(1):
        queries.rota(permit, NORTH, CHICAGO, date(2026, 11, 23))
    on_duty(first=SAM, backup=BOB)
    add(opened, ALICE, NOW + 23 * HOUR, NOW + 30 * HOUR)
    with opened("fred", "messaging.oncall.read", now=NOW) as permit, django_assert_num_queries(1):
        queries.rota(permit, NORTH, CHICAGO, date(2026, 11, 23))
