"""Series looked at whole, booked whole, adjusted one by one, replaced, ended and undone."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import Http404

from openiop.access.backend.base import writing
from openiop.config.network_for_tests import NORTH
from openiop.kernel.days import local
from openiop.schedule.actions import appointments
from openiop.schedule.actions.moving import Move, move, undo
from openiop.schedule.actions.series import end_series, start_series
from openiop.schedule.models import Appointment, Away, Series
from openiop.schedule.queries.series import SeriesAsked, preview, series, series_of
from openiop.schedule.tests.test_attendance import refusal
from openiop.schedule.tests.test_moving import rows
from openiop.schedule.tests.world import (
    NOW,
    TODAY,
    as_job,
    make_enrolled,
    make_person,
    make_track,
    make_type,
)  # fmt: skip

WRITE, ZONE = "schedule.appointment.write", "America/Chicago"
BOB, BIRCH = 2, 2
TUESDAY = TODAY + timedelta(days=1)


@pytest.fixture
def permit(network, opened):
    with opened("fred", WRITE, now=NOW) as permit:
        yield permit


def asked(record: int, **facts) -> SeriesAsked:
    """Four Tuesdays at ten with Bob in Birch."""
    wanted = {
        "clinic": NORTH, "staff": BOB, "every": "week", "weekday": 1, "starts": time(10),
        "minutes": 50, "from_on": TUESDAY, "until_on": TUESDAY + timedelta(days=21), "room": BIRCH,
    } | facts  # fmt: skip
    return SeriesAsked(record=record, type=facts.pop("type", None) or make_type(), **{
        name: value for name, value in wanted.items() if name != "type"})  # fmt: skip


def held(of: int | None = None) -> list[tuple[str, str]]:
    """Day and hour of each visit that stands, by the clinic's clock."""
    found = Appointment.objects.filter(cancelled_at__isnull=True).order_by("starts_at")
    found = found.filter(series=of) if of else found
    stamps = [visit.starts_at.astimezone(ZoneInfo(ZONE)) for visit in found]
    return [(f"{at:%b} {at.day}", f"{at:%H:%M}") for at in stamps]


def test_a_free_series_is_previewed_free_and_booked_whole(permit):
    wanted = asked(make_person())
    assert [(day.on.day, day.clash) for day in preview(permit, wanted)] == [
        (24, ""), (1, ""), (8, ""), (15, ""),
    ]  # fmt: skip
    made, _batch = start_series(permit, wanted)
    assert held(made) == [("Nov 24", "10:00"), ("Dec 1", "10:00"), ("Dec 8", "10:00"),
                          ("Dec 15", "10:00")]  # fmt: skip
    facts = series(permit, made)
    assert (facts.left, facts.every_name, facts.staff_name) == (4, "Every week", "Bob Brown")
    assert {v.kind for v in Appointment.objects.all()} == {"individual"}


def test_every_clash_is_shown_before_with_times_that_are_free_then(permit):
    first, second = make_person(), make_person()
    book = {"clinic": NORTH, "staff": BOB, "kind": "individual", "minutes": 50}
    appointments.book(permit, record=first, starts_at=local(date(2026, 12, 1), time(10), ZONE),
                      **book)  # fmt: skip
    with writing():
        Away.objects.create(
            organization_id=1, staff_id=BOB, kind="leave", recorded_at=NOW,
            during=(local(date(2026, 12, 8), time(0), ZONE),
                    local(date(2026, 12, 9), time(0), ZONE)),
        )  # fmt: skip
    days = preview(permit, wanted := asked(second))
    assert [day.clash for day in days] == [
        "", "Bob Brown has a visit on Tue 1 Dec, 10:00 to 10:50.", "The colleague is away then.",
        "",
    ]  # fmt: skip
    assert [[f"{each.starts:%H:%M}" for each in day.choices] for day in days] == [
        [], ["09:00", "11:00", "08:30", "11:30"], [], [],
    ]  # fmt: skip
    assert refusal(start_series, permit, wanted, {date(2026, 12, 8): None}) == "clash"
    assert refusal(start_series, permit, wanted, {date(2026, 12, 1): time(11)}) == "away"
    times = {date(2026, 12, 1): time(11), date(2026, 12, 8): None}
    made, _batch = start_series(permit, wanted, times)
    assert held(made) == [("Nov 24", "10:00"), ("Dec 1", "11:00"), ("Dec 15", "10:00")]


def test_the_persons_group_and_a_closed_day_stand_in_the_way(permit):
    (person,) = make_enrolled(make_track(weeks=2))
    from openiop.access.models import Closure

    with writing():
        Closure.objects.create(organization_id=1, clinic_id=NORTH, name="Staff day",
                               start_on=date(2026, 11, 30), end_on=date(2026, 11, 30))  # fmt: skip
    days = preview(permit, asked(
        person, weekday=0, starts=time(18), from_on=TODAY, until_on=date(2026, 12, 6)))  # fmt: skip
    assert [day.clash for day in days] == [
        "This person has Evening A on Mon 23 Nov, 18:00 to 21:20.",
        "The clinic is closed: Staff day."
        " This person has Evening A on Mon 30 Nov, 18:00 to 21:20.",
    ]  # fmt: skip


def test_a_preview_costs_the_same_for_four_days_and_fifty(permit, django_assert_max_num_queries):
    long = asked(make_person(), until_on=TUESDAY + timedelta(days=350))
    with django_assert_max_num_queries(8):
        assert len(preview(permit, long)) == 51
    with django_assert_max_num_queries(20):
        start_series(permit, long)


def test_one_row_moves_and_the_rest_stays(permit):
    made, _batch = start_series(permit, asked(make_person()))
    second = Appointment.objects.filter(series=made).order_by("starts_at")[1]
    move(permit, [Move(second.id, local(date(2026, 12, 2), time(15), ZONE), BOB, BIRCH)])
    assert held(made)[1] == ("Dec 2", "15:00")
    assert Appointment.objects.get(pk=second.id).series_on == date(2026, 12, 1)


def test_monthly_to_weekly_replaces_the_later_ones_and_undo_is_exact(permit):
    person = make_person()
    kind = make_type()
    monthly = asked(person, type=kind, every="month", nth=1, from_on=date(2026, 12, 1),
                    until_on=date(2027, 3, 31))  # fmt: skip
    old, _batch = start_series(permit, monthly)
    assert held() == [("Dec 1", "10:00"), ("Jan 5", "10:00"), ("Feb 2", "10:00"),
                      ("Mar 2", "10:00")]  # fmt: skip
    before = rows(), list(Series.objects.values())
    weekly = asked(person, type=kind, replaces=old, from_on=date(2026, 12, 29),
                   until_on=date(2027, 1, 12))  # fmt: skip
    assert [day.clash for day in preview(permit, weekly)] == ["", "", ""]
    new, batch = start_series(permit, weekly)
    assert held() == [("Dec 1", "10:00"), ("Dec 29", "10:00"), ("Jan 5", "10:00"),
                      ("Jan 12", "10:00")]  # fmt: skip
    assert [(s.id, s.left) for s in series_of(permit, person)] == [(new, 3), (old, 1)]
    undo(permit, batch)
    assert (rows(), list(Series.objects.values())) == before
    assert refusal(end_series, permit, old, date(2027, 6, 1), "Moved away") == "none"


def test_a_series_is_ended_from_a_day_on_once_and_that_is_undone(permit):
    made, _batch = start_series(permit, asked(make_person()))
    before = rows(), list(Series.objects.values())
    batch = end_series(permit, made, date(2026, 12, 8), "Other plan")
    assert held() == [("Nov 24", "10:00"), ("Dec 1", "10:00")]
    assert refusal(end_series, permit, made, TODAY, "Again") == "ended"
    undo(permit, batch)
    assert (rows(), list(Series.objects.values())) == before
    assert refusal(end_series, permit, made, TODAY, " ") == "reason"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"until_on": TODAY}, "until"),
        ({"until_on": TODAY + timedelta(days=500)}, "until"),
        ({"every": "month"}, "nth"),
        ({"nth": 2}, "nth"),
        ({"staff": 10}, "holder"),
        ({"minutes": 0}, "minutes"),
        ({"from_on": TUESDAY, "until_on": TUESDAY, "weekday": 3}, "none"),
        ({"from_on": date(2026, 11, 3), "until_on": date(2026, 11, 10)}, "past"),
    ],
)
def test_a_series_that_cannot_be_is_refused(permit, facts, code):
    assert refusal(start_series, permit, asked(make_person(), **facts)) == code


def test_through_the_change_of_clocks_the_hour_on_the_wall_stays(permit):
    wanted = asked(make_person(), from_on=date(2027, 3, 9), until_on=date(2027, 3, 16))
    made, _batch = start_series(permit, wanted)
    assert held(made) == [("Mar 9", "10:00"), ("Mar 16", "10:00")]
    begins = Appointment.objects.filter(series=made).order_by("starts_at")
    assert [visit.starts_at.hour for visit in begins] == [16, 15]


def test_a_series_is_known_to_its_clinic_only(permit, opened):
    made, _batch = start_series(permit, wanted := asked(make_person()))
    with opened("charlie", WRITE, now=NOW) as elsewhere:
        for call in (lambda: series(elsewhere, made), lambda: preview(elsewhere, wanted),
                     lambda: end_series(elsewhere, made, TODAY, "No")):  # fmt: skip
            with pytest.raises(Http404):
                call()
    with as_job("schedule.read"):
        assert Series.objects.get(pk=made).ended_at is None
