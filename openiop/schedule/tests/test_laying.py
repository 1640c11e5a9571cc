"""Sessions laid from patterns: once, on local time, around closures, and what cannot be laid."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django import app

from openiop.access.backend.base import writing
from openiop.access.models import Closure
from openiop.config.network_for_tests import NORTH, SOUTH
from openiop.messaging.queries import open_tasks
from openiop.schedule import jobs
from openiop.schedule.actions.closing import close_days, lay_ahead
from openiop.schedule.actions.sessions import materialize
from openiop.schedule.models import Occupancy, Session
from openiop.schedule.queries.sessions import SessionFacts, track_sessions
from openiop.schedule.tests.world import (
    NOW,
    TODAY,
    as_job,
    make_enrolled,
    make_program,
    make_track,
)  # fmt: skip

THANKSGIVING = date(2026, 11, 26)
FRIDAY = date(2026, 11, 27)


def lay(start: date, end: date, clinic: int | None = NORTH) -> int:
    with as_job("schedule.materialize") as permit:
        return materialize(permit, clinic, start, end)


def sessions(track: int, start: date = TODAY) -> list[SessionFacts]:
    with as_job("schedule.read") as permit:
        return track_sessions(permit, track, start)


def close(start: date, end: date, name: str = "Holiday", clinic: int | None = NORTH) -> None:
    with as_job("access.network.write") as permit, writing():
        Closure.objects.create(
            organization_id=permit.organization, clinic_id=clinic, start_on=start, end_on=end,
            name=name,
        )  # fmt: skip


def test_laying_twice_lays_once(network: object) -> None:
    track = make_track(weeks=2)
    assert len(sessions(track)) == 6
    assert lay(TODAY, TODAY + timedelta(days=14)) == 0
    assert lay(TODAY, TODAY + timedelta(days=21)) == 3
    assert [each.on for each in sessions(track)][-3:] == [
        date(2026, 12, 7), date(2026, 12, 9), date(2026, 12, 11)
    ]  # fmt: skip


def test_a_session_has_the_tracks_blocks_staff_room_and_hours(network: object) -> None:
    track = make_track(weeks=1, staff=((1, "lead"), (2, "co")))
    first = sessions(track)[0]
    assert (first.starts_at, first.ends_at) == (
        datetime(2026, 11, 24, 0, 0, tzinfo=UTC), datetime(2026, 11, 24, 3, 20, tzinfo=UTC)
    )  # fmt: skip
    assert [(each.kind, each.minutes, each.counts) for each in first.blocks] == [
        ("counseling", 90, True), ("break", 10, False), ("education", 60, True),
        ("break", 10, False), ("counseling", 30, True),
    ]  # fmt: skip
    assert first.counted_minutes == 180
    assert [(each.name, each.part, each.owes_notes) for each in first.staff] == [
        ("Alice Adams", "lead", True), ("Bob Brown", "co", False)
    ]  # fmt: skip
    assert first.room_name == "Maple"


def test_evenings_stay_at_six_when_the_clocks_change(network: object) -> None:
    track = make_track(weeks=0, start_on=date(2027, 3, 1))
    lay(date(2027, 3, 8), date(2027, 3, 20))
    assert [each.starts_at.hour for each in sessions(track)] == [0, 0, 0, 23, 23, 23]
    assert [each.starts_at.date() - each.on for each in sessions(track)] == [
        timedelta(days=1), timedelta(days=1), timedelta(days=1),
        timedelta(0), timedelta(0), timedelta(0),
    ]  # fmt: skip


@pytest.mark.parametrize("clinic", [NORTH, None])
def test_closed_days_of_the_clinic_or_of_all_are_left_out(
    network: object, clinic: int | None
) -> None:
    close(THANKSGIVING, FRIDAY, clinic=clinic)
    track = make_track(weeks=1)
    assert [each.on for each in sessions(track)] == [TODAY, date(2026, 11, 25)]


def test_another_clinics_closure_closes_nothing_here(network: object) -> None:
    close(THANKSGIVING, FRIDAY, clinic=SOUTH)
    assert len(sessions(make_track(weeks=1))) == 3


def test_the_statements_are_as_many_for_three_tracks_and_a_year_as_for_one_week(
    network: object,
) -> None:
    make_track(weeks=0, room=1)

    def statements(end: date) -> int:
        with as_job("schedule.materialize") as permit, CaptureQueriesContext(connection) as asked:
            assert materialize(permit, NORTH, TODAY, end) > 0
        return len(asked)

    week = statements(TODAY + timedelta(days=7))
    for hour in (9, 13):
        make_track(weeks=0, starts=time(hour), staff=())
    assert statements(TODAY + timedelta(days=365)) == week == 9


def test_a_taken_room_leaves_the_session_without_and_asks_for_another(network: object) -> None:
    program = make_program()
    first = make_track(weeks=1, program=program)
    second = make_track(weeks=1, program=program, name="Evening B", staff=())
    assert [each.room_name for each in sessions(first)] == ["Maple"] * 3
    assert [each.room for each in sessions(second)] == [None] * 3
    with as_job("schedule.read") as permit:
        tasks = open_tasks(permit, kinds=["session_room"])
    assert [task.title for task in tasks] == ["Maple is taken: find another room."] * 3


def test_a_colleague_who_holds_another_group_is_left_there_and_somebody_else_asked_for(
    network: object,
) -> None:
    make_track(weeks=1)
    second = make_track(weeks=1, name="Evening B", room=2)
    assert [each.staff for each in sessions(second)] == [()] * 3
    with as_job("schedule.read") as permit:
        tasks = open_tasks(permit, kinds=["session_staff"])
    assert tasks[0].title == "Alice Adams holds another group: find somebody else."


def test_people_enrolled_are_expected_in_sessions_laid_later(network: object) -> None:
    track = make_track(weeks=1)
    record = make_enrolled(track)[0]
    lay(TODAY, TODAY + timedelta(days=28))
    with as_job("schedule.read"):
        assert Occupancy.objects.filter(kind="record", resource=record).count() == 12


def test_a_track_that_ends_is_laid_up_to_its_last_day(network: object) -> None:
    track = make_track(weeks=4, end_on=date(2026, 12, 2))
    assert [each.on for each in sessions(track)][-1] == date(2026, 12, 2)


# --- days closed later -------------------------------------------------------------------------


def test_a_day_closed_later_takes_its_sessions_off_and_tells_people(network: object) -> None:
    track = make_track(weeks=1)
    record = make_enrolled(track)[0]
    close(THANKSGIVING, FRIDAY, "Thanksgiving")
    with as_job("schedule.lay_ahead") as permit:
        assert close_days(permit, NORTH, TODAY, TODAY + timedelta(days=14)) == 1
        assert close_days(permit, NORTH, TODAY, TODAY + timedelta(days=14)) == 0
        calls = open_tasks(permit, kinds=["session_call"], record=record)
        offers = open_tasks(permit, kinds=["makeup_offer"], record=record)
    assert [(each.on, each.status, each.status_reason) for each in sessions(track)][-1] == (
        FRIDAY, "cancelled", "Thanksgiving"
    )  # fmt: skip
    assert [call.title for call in calls] == [
        "Call: Your appointment of Fri 27 Nov, 18:00 does not take place. Questions: +13125550101."
    ]
    assert [offer.title for offer in offers] == [
        "Offer another session instead of Evening A on Fri 27 Nov, 18:00."
    ]
    with as_job("schedule.read"):
        taken = Occupancy.objects.filter(session__on=FRIDAY)
        assert taken.count() == 0


def test_the_night_lays_eight_weeks_of_every_clinic(network: object) -> None:
    north, south = make_track(weeks=0), make_track(SOUTH, weeks=0)
    with as_job("schedule.lay_ahead", NOW) as permit:
        assert lay_ahead(permit) == 50
        assert lay_ahead(permit) == 0
    assert [len(sessions(track)) for track in (north, south)] == [25, 25]
    assert sessions(north)[-1].on == TODAY + timedelta(weeks=8)


def test_another_clinics_sessions_are_not_laid_by_a_permit_without_it(network, opened) -> None:
    make_track(SOUTH, weeks=0)
    with opened("sam", "schedule.materialize", now=NOW) as permit:
        assert materialize(permit, None, TODAY, TODAY + timedelta(days=7)) == 0
    with as_job("schedule.read"):
        assert Session.objects.count() == 0


def test_the_nightly_job_and_the_one_for_offers_are_known_by_their_names(network: object) -> None:
    track = make_track(weeks=0)
    with as_job("schedule.lay_ahead") as permit:
        jobs.lay_ahead(permit)
    with as_job("schedule.offer.expire") as permit:
        jobs.expire_offers(permit)
    assert len(sessions(track)) == 25
    assert {"schedule.lay_ahead", "schedule.expire_offers"} <= set(app.tasks)
