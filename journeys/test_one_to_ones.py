"""A one-to-one is booked from the patient page; monthly becomes weekly in three clicks."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.utils import timezone

from openiop.access.backend.base import writing
from openiop.kernel.days import local
from openiop.schedule.actions.cadence import set_cadence
from openiop.schedule.actions.series import start_series
from openiop.schedule.models import Appointment, Cadence, WorkingHours
from openiop.schedule.queries.cadence import rhythm_of
from openiop.schedule.queries.series import SeriesAsked
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_enrolled, make_track, make_type

from .test_attendance import number_of

WRITE, ZONE, BOB = "schedule.appointment.write", "America/Chicago", 2
THREE = 3


@pytest.fixture
def maria(own_database, network, monkeypatch):
    """In a group at North, one-to-ones with Bob each month, who works on Tuesdays; Monday noon."""
    kind, record = make_type(), make_enrolled(make_track())[0]
    with as_job(WRITE) as permit:
        with writing():
            WorkingHours.objects.create(
                organization_id=1, clinic_id=1, staff_id=BOB, weekday=1, starts=time(9),
                ends=time(17), during=(date(2026, 1, 1), None),
            )  # fmt: skip
        set_cadence(permit, record, "month")
        start_series(permit, SeriesAsked(
            record=record, clinic=1, type=kind, staff=BOB, every="month", weekday=1, nth=1,
            starts=time(10), minutes=50, from_on=TODAY, until_on=TODAY + timedelta(days=90),
            room=2,
        ))  # fmt: skip
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    cache.clear()
    return {"record": record, "number": number_of(record)}


def visits() -> list[datetime]:
    with as_job("schedule.read"):
        found = Appointment.objects.filter(cancelled_at__isnull=True).order_by("starts_at")
        return [visit.starts_at for visit in found]


def test_monthly_becomes_weekly_in_three_clicks_from_the_patient_page(
    browser, maria, desktop, sign_in, accessible
):
    sign_in(desktop, "bob")
    desktop.goto(f"/desk/patients/{maria['number']}/")
    clicks = 0

    def click(role: str, name: str) -> None:
        nonlocal clicks
        clicks += 1
        desktop.get_by_role(role, name=name, exact=True).click()

    click("link", "Every week")
    accessible(desktop)
    assert desktop.get_by_text("Every day is free").is_visible()
    click("button", "Confirm")
    desktop.get_by_text("The series is booked.").wait_for()
    assert clicks <= THREE
    accessible(desktop)
    found = visits()
    first = local(TODAY + timedelta(days=1), time(10), ZONE)
    assert [at.astimezone(ZoneInfo(ZONE)) for at in found[:2]] == [
        first, first + timedelta(weeks=1),
    ]  # fmt: skip
    with as_job("schedule.read", NOW) as permit:
        rhythm = rhythm_of(permit, maria["record"])
        assert rhythm is not None
        assert rhythm.every == "week"
        assert Cadence.objects.count() == 2
    desktop.get_by_role("button", name="Undo").click()
    desktop.get_by_text("It is as it was.").wait_for()
    assert [at.astimezone(ZoneInfo(ZONE)).month for at in visits()] == [12, 1, 2]


def test_a_one_to_one_is_booked_from_the_patient_page_on_a_phone(
    browser, maria, phone, sign_in, accessible
):
    before = len(visits())
    sign_in(phone, "bob")
    phone.goto(f"/desk/patients/{maria['number']}/")
    phone.get_by_role("link", name="Book", exact=True).click()
    accessible(phone)
    phone.get_by_role("button", name="09:00").first.click()
    phone.get_by_text("The visit is booked.").wait_for()
    found = visits()
    assert len(found) == before + 1
    assert found[0].astimezone(ZoneInfo(ZONE)).strftime("%d %H:%M") == "24 09:00"
