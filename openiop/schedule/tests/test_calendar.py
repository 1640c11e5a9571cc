"""The calendar by colleague, room and clinic; one visit moved on it, and moved back."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openiop.config.network_for_tests import IDS, NORTH, SOUTH
from openiop.schedule.actions.appointments import book
from openiop.schedule.actions.working import Week, set_hours
from openiop.schedule.queries.appointments import appointment
from openiop.schedule.queries.calendar import Asked, calendar
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_person, make_track

pytestmark = pytest.mark.django_db
ALICE, BOB, ZONE = IDS.staff["alice"], IDS.staff["bob"], "America/Chicago"
TEN = datetime(2026, 11, 24, 16, tzinfo=UTC)  # Tuesday, ten in Chicago
WEEK = "/desk/calendar/?on=2026-11-24"


def booked(starts_at: datetime = TEN, staff: int = ALICE, room: int | None = 2) -> int:
    with as_job("schedule.appointment.write") as permit:
        return book(
            permit, record=make_person(), clinic=NORTH, kind="individual", staff=staff, room=room,
            starts_at=starts_at, minutes=50,
        )  # fmt: skip


def week(by: str = "staff", one: int | None = None, clinics=(NORTH,), hourly: bool = False):
    with as_job("schedule.read") as permit:
        return calendar(permit, Asked(by, TODAY, 7, ZONE, clinics, one, hourly))


def at(visit: int) -> tuple[datetime, int]:
    with as_job("schedule.read") as permit:
        found = appointment(permit, visit)
        return found.starts_at, found.staff


def test_a_visit_stands_under_its_colleague_its_room_and_its_clinic() -> None:
    visit = booked()
    for by, row in (("staff", ALICE), ("room", 2), ("clinic", NORTH)):
        found = [(item.id, item.row, item.on, item.hour) for item in week(by).items]
        assert found == [(visit, row, date(2026, 11, 24), 10)]


def test_a_visit_of_another_clinic_or_week_is_not_shown() -> None:
    booked(TEN + timedelta(days=7))
    booked()
    assert [len(week(clinics=[clinic]).items) for clinic in (NORTH, SOUTH)] == [1, 0]


def test_a_full_cell_shows_some_and_counts_all() -> None:
    for n in range(8):
        booked(TEN + timedelta(hours=n - 2), room=None)
    shown = week().items
    assert (len(shown), {item.among for item in shown}) == (6, {8})
    assert len(week(one=ALICE).items) == 8


def test_groups_stand_under_whoever_holds_them() -> None:
    make_track()
    found = [(item.what, item.row, item.name, item.on.day) for item in week().items]
    assert found == [("group", ALICE, "Evening A", day) for day in (23, 25, 27)]


def test_the_page_takes_as_many_statements_for_one_visit_as_for_nine(clock, signed_in) -> None:
    client = signed_in("dana")
    clock(NOW)
    booked()
    client.get(WEEK)
    with CaptureQueriesContext(connection) as few:
        client.get(WEEK)
    for n in range(1, 9):
        booked(TEN + timedelta(days=1, hours=n), room=None)
    with CaptureQueriesContext(connection) as many:
        answer = client.get(WEEK)
    assert (len(few), answer.status_code) == (len(many), 200)


def form(**other: str) -> dict[str, str]:
    return {"on": "2026-11-24", "starts": "11:15", "staff": str(ALICE), "room": "2",
            "back": WEEK} | other  # fmt: skip


def test_a_visit_is_moved_by_a_form_and_put_back_by_one_press(clock, signed_in) -> None:
    visit, client = booked(), signed_in("alice")
    clock(NOW)
    answer = client.post(f"/desk/calendar/visits/{visit}/", form())
    assert at(visit) == (TEN + timedelta(minutes=75), ALICE)
    batch = answer["Location"].partition("moved=")[2]
    assert f"/desk/calendar/undo/{batch}/" in client.get(answer["Location"]).content.decode()
    client.post(f"/desk/calendar/undo/{batch}/", {"back": WEEK})
    assert at(visit) == (TEN, ALICE)


def test_a_clash_is_told_with_free_times_and_nothing_moves(clock, signed_in) -> None:
    visit, client = booked(), signed_in("alice")
    booked(TEN + timedelta(hours=2), room=None)
    clock(NOW)
    answer = client.post(f"/desk/calendar/visits/{visit}/", form(starts="12:00"))
    assert (answer.status_code, "Free times" in answer.content.decode()) == (422, True)
    assert at(visit) == (TEN, ALICE)


def test_a_visit_and_its_move_are_not_there_for_another_clinic(clock, signed_in) -> None:
    visit = booked()
    clock(NOW)
    for name in ("charlie", "riva"):
        client = signed_in(name)
        assert client.get(f"/desk/calendar/visits/{visit}/").status_code == 404
        assert client.post(f"/desk/calendar/visits/{visit}/", form()).status_code == 404


def test_it_never_leads_to_another_site(clock, signed_in) -> None:
    visit, client = booked(), signed_in("alice")
    clock(NOW)
    answer = client.post(f"/desk/calendar/visits/{visit}/", form(back="//evil.example/"))
    assert answer["Location"].startswith("/desk/calendar/?moved=")


@pytest.mark.parametrize(
    "query",
    ["view=day", "by=room", "by=clinic", f"one={ALICE}", f"one={ALICE}&view=day", "on=never"],
)
def test_each_way_to_look_is_a_page(query, clock, signed_in) -> None:
    booked()
    clock(NOW)
    answer = signed_in("dana").get(f"/desk/calendar/?{query}")
    assert (answer.status_code, b"What the letters mean" in answer.content) == (200, True)


def test_a_visit_leads_to_its_invitation(clock, signed_in) -> None:
    visit, client = booked(), signed_in("alice")
    clock(NOW)
    url = f"/desk/visits/{visit}/invitation.ics"
    assert f'href="{url}"' in client.get(f"/desk/calendar/visits/{visit}/").content.decode()
    assert client.get(url)["Content-Type"] == "text/calendar; charset=utf-8"


def test_items_of_a_cell_stand_in_order_of_time() -> None:
    make_track()
    booked(datetime(2026, 11, 25, 20, tzinfo=UTC))
    wednesday = [item.what for item in week().items if item.on == date(2026, 11, 25)]
    assert wednesday == ["visit", "group"]


def test_hours_that_touch_are_told_as_one_and_others_are_gray(clock, signed_in) -> None:
    with as_job("schedule.hours.write") as permit:
        set_hours(permit, ALICE, [
            Week(NORTH, 1, time(9), time(12)), Week(NORTH, 1, time(12), time(17), use="visits"),
        ], TODAY)  # fmt: skip
    clock(NOW)
    client = signed_in("alice")
    assert "09:00-17:00" in client.get(WEEK).content.decode()
    day = client.get("/desk/calendar/?on=2026-11-24&view=day").content.decode()
    gray = [
        f'data-staff="{ALICE}" data-hour="{hour}" class="closed"' in day for hour in (8, 9, 16, 17)
    ]
    assert gray == [True, False, False, True]
