"""Pages of one-to-ones: find a time and book it, move, repeat, end, undo, who is due."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from openiop.access.backend.base import writing
from openiop.config.network_for_tests import NORTH
from openiop.patients.queries import person
from openiop.programs.actions import open_episode
from openiop.schedule.actions import appointments
from openiop.schedule.models import Appointment, Cadence, WorkingHours
from openiop.schedule.tests.test_attendance import after
from openiop.schedule.tests.test_series import held
from openiop.schedule.tests.world import (
    NOW,
    TODAY,
    as_job,
    make_person,
    make_program,
    make_type,
)

WRITE = "schedule.appointment.write"
ALICE, BOB = 1, 2
TUESDAY = TODAY + timedelta(days=1)


def works(staff: int, weekday: int) -> None:
    with as_job(WRITE), writing():
        WorkingHours.objects.create(
            organization_id=1, clinic_id=NORTH, staff_id=staff, weekday=weekday, starts=time(9),
            ends=time(17), during=(date(2026, 1, 1), None),
        )  # fmt: skip


@pytest.fixture
def world(network, clock):
    """Bob works on Tuesdays from nine to five; a person of North; it is Monday noon."""
    clock(NOW)
    kind = make_type()
    works(BOB, 1)
    record = make_person()
    with as_job("schedule.read") as permit:
        return {"type": kind, "record": record, "number": person(permit, record).number}


def url(name: str, world: dict) -> str:
    return reverse(f"schedule:{name}", args=[world["number"]])


def visits() -> list[tuple[str, str]]:
    with as_job("schedule.read"):
        return held()


def test_a_free_time_is_booked_by_one_press(world, signed_in):
    client = signed_in("fred")
    page = client.get(url("find_time", world))
    (day, slots), *_more = page.context["days"]
    assert (day, slots[0]["at"], slots[0]["words"]) == (
        TUESDAY, "09:00", "Bob Brown, North, Birch",
    )  # fmt: skip
    assert slots[0]["value"] in page.content.decode()
    answer = client.post(url("find_time", world), {
        "slot": slots[0]["value"], "type": world["type"], "mode": "in_person",
    })  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (302, url("one_to_ones", world))
    assert visits() == [("Nov 24", "09:00")]


def first_words(statement: str) -> str:
    return " ".join(statement.split()[:3])


def own(asked: Any) -> list[str]:
    """Statements of a page, without what every request asks."""
    always = ("django_session", "access_user", "door.", "access_auditevent", "SAVEPOINT")
    return [each["sql"] for each in asked if not any(word in each["sql"] for word in always)]


def test_the_page_of_free_times_asks_ten_statements_however_many_there_are(
    world, signed_in, django_assert_max_num_queries
):
    client = signed_in("fred")
    client.get(url("find_time", world))
    with django_assert_max_num_queries(20) as few:
        assert len(client.get(url("find_time", world)).context["days"]) == 2
    for weekday in (0, 2, 3, 4):
        works(ALICE, weekday)
    with django_assert_max_num_queries(20) as more:
        page = client.get(f"{url('find_time', world)}?clinic=")
    assert len(page.context["days"]) == 8
    with as_job(WRITE) as permit:
        visit = appointments.book(
            permit, record=world["record"], clinic=NORTH, type=world["type"], staff=BOB,
            starts_at=after(15 * 60), minutes=50,
        )  # fmt: skip
    with django_assert_max_num_queries(20) as moving:
        client.get(f"{url('find_time', world)}?move={visit}")
    assert (len(own(few)), len(own(more)), len(own(moving))) == (10, 10, 11)


def test_booking_a_free_time_asks_four_statements(world, signed_in, django_assert_max_num_queries):
    client = signed_in("fred")
    slot = client.get(url("find_time", world)).context["days"][0][1][0]["value"]
    with django_assert_max_num_queries(20) as asked:
        client.post(url("find_time", world), {"slot": slot, "type": world["type"]})
    assert [first_words(each) for each in own(asked)] == [
        "SELECT id, number,", "SELECT pg_advisory_xact_lock(key) FROM",
        "SELECT coalesce(p.died_on <=", "WITH visit AS",
    ]  # fmt: skip


def test_the_persons_counselor_is_asked_for_first_and_anybody_on_wish(world, signed_in):
    client = signed_in("fred")
    assert client.get(url("find_time", world)).context["form"]["staff"].value() is None
    with as_job("programs.episode.write") as permit:
        open_episode(permit, record=world["record"], clinic=NORTH, program=make_program(),
                     opened_on=TODAY, counselor=BOB)  # fmt: skip
    page = client.get(url("find_time", world))
    assert page.context["form"]["staff"].value() == BOB
    page = client.get(f"{url('find_time', world)}?staff=")
    assert page.context["form"]["staff"].value() == ""


def test_a_time_that_is_taken_meanwhile_is_told_and_others_are_shown(world, signed_in):
    client = signed_in("fred")
    slot = client.get(url("find_time", world)).context["days"][0][1][0]["value"]
    with as_job(WRITE) as permit:
        appointments.book(permit, record=make_person(), clinic=NORTH, kind="individual",
                          staff=BOB, starts_at=after(15 * 60), minutes=50)  # fmt: skip
    answer = client.post(url("find_time", world), {"slot": slot, "type": world["type"]})
    assert answer.status_code == 422
    assert "Bob Brown has a visit on Tue 24 Nov, 09:00 to 09:50." in answer.content.decode()
    assert answer.context["days"][0][1][0]["at"] != "09:00"


def test_a_visit_moves_by_the_same_page_and_is_put_back(world, signed_in):
    client = signed_in("fred")
    with as_job(WRITE) as permit:
        visit = appointments.book(
            permit, record=world["record"], clinic=NORTH, type=world["type"], staff=BOB,
            starts_at=after(15 * 60), minutes=50,
        )  # fmt: skip
    page = client.get(f"{url('find_time', world)}?move={visit}&start=2026-12-01")
    slot = page.context["days"][0][1][0]
    answer = client.post(url("find_time", world), {"slot": slot["value"], "move": visit})
    assert visits() == [("Dec 1", "09:00")]
    shown = client.get(answer["Location"])
    batch = shown.context["undo"]
    assert reverse("schedule:undo_visits", args=[batch]) in shown.content.decode()
    client.post(reverse("schedule:undo_visits", args=[batch]))
    assert visits() == [("Nov 24", "09:00")]


@pytest.mark.parametrize("sent", [{}, {"slot": "1|2"}, {"slot": "1|2|0|50|tomorrow"},
                                  {"slot": "1|2|0|50|2026-11-24T09:00"}])  # fmt: skip
def test_what_is_no_time_is_not_found(world, signed_in, sent):
    assert signed_in("fred").post(url("find_time", world), sent).status_code == 404


def test_weekly_is_proposed_checked_and_confirmed_with_the_rhythm(world, signed_in):
    client = signed_in("fred")
    with as_job(WRITE) as permit:
        appointments.book(permit, record=world["record"], clinic=NORTH, type=world["type"],
                          staff=BOB, starts_at=after(15 * 60), minutes=50)  # fmt: skip
    page = client.get(f"{url('series', world)}?every=week")
    days = page.context["days"]
    assert (days[0].on, days[0].starts_at.hour, len(days)) == (TUESDAY, 9, 13)
    assert days[0].clash.startswith("Bob Brown has a visit on Tue 24 Nov, 09:00 to 09:50.")
    assert [day.clash for day in days[1:]] == [""] * 12
    sent = dict(page.context["kept"]) | {"time-2026-11-24": "out"}
    answer = client.post(url("series", world), sent)
    assert answer.status_code == 302
    assert visits()[:3] == [("Nov 24", "09:00"), ("Dec 1", "09:00"), ("Dec 8", "09:00")]
    with as_job("schedule.read"):
        assert list(Cadence.objects.values_list("every", flat=True)) == ["week"]
        assert Appointment.objects.filter(series__isnull=False).count() == 12


def test_who_never_had_one_is_proposed_the_first_free_time(world, signed_in):
    page = signed_in("fred").get(f"{url('series', world)}?every=month")
    asked = page.context["asked"]
    assert (asked.staff, asked.weekday, asked.starts, asked.nth) == (BOB, 1, time(9), 4)


def test_a_series_ends_with_a_reason_and_undo_brings_it_back(world, signed_in):
    client = signed_in("fred")
    page = client.get(f"{url('series', world)}?every=week")
    client.post(url("series", world), dict(page.context["kept"]))
    made = Appointment.objects.filter(series__isnull=False)
    with as_job("schedule.read"):
        series, before = made.values_list("series_id", flat=True)[0], visits()
    end = reverse("schedule:end_series", args=[series])
    assert client.post(end, {"from_on": "2026-12-01"}).status_code == 422
    answer = client.post(end, {"from_on": "2026-12-01", "reason": "Other plan"})
    assert visits() == [("Nov 24", "09:00")]
    batch = client.get(answer["Location"]).context["undo"]
    client.post(reverse("schedule:undo_visits", args=[batch]))
    assert visits() == before
    assert client.get(end).context["lines"][2] == "13 to come"


def test_nothing_of_it_is_there_for_another_clinic_or_a_biller(world, signed_in):
    for name in ("one_to_ones", "find_time", "series"):
        assert signed_in("charlie").get(url(name, world)).status_code == 404
        assert signed_in("paula").get(url(name, world)).status_code == 403
    assert signed_in("fred").get(reverse("schedule:end_series", args=[99])).status_code == 404


def test_the_page_and_the_list_show_the_rhythm(world, signed_in):
    client = signed_in("fred")
    html = client.get(url("one_to_ones", world)).content.decode()
    assert ("Every two weeks" in html, "No open course of care." in html) == (True, True)
    page = client.get(reverse("schedule:one_to_ones_due"))
    assert (page.status_code, page.context["found"].everybody, page.context["in_time"]) == (
        200, 0, "–",
    )  # fmt: skip
