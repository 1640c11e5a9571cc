"""Calendar feeds and invitations, read back by a reader that knows nothing of ours."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from openiop.config.network_for_tests import NORTH
from openiop.kernel.days import local
from openiop.schedule.actions.appointments import book, cancel
from openiop.schedule.actions.moving import Move, move, undo
from openiop.schedule.rules.feeds import Entry, calendar
from openiop.schedule.tests.world import NOW, as_job, make_enrolled, make_person, make_track

CHICAGO = ZoneInfo("America/Chicago")
TUESDAY = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


def lines_of(text: bytes) -> list[str]:
    """Unfolded lines, as RFC 5545 (3.1) folds them."""
    assert text.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    return re.sub(r"\r\n[ \t]", "", text.decode()).split("\r\n")[:-1]


def events_of(text: bytes) -> list[dict[str, str]]:
    """Each event's properties, parameters joined to the name as they stand."""
    found: list[dict[str, str]] = []
    inside = False
    for line in lines_of(text):
        name, _, value = line.partition(":")
        if line in ("BEGIN:VEVENT", "END:VEVENT"):
            inside = line == "BEGIN:VEVENT"
            found += [{}] if inside else []
        elif inside:
            found[-1][name] = value
    return found


def address_of(client: Client, clinic: int = NORTH) -> str:
    page = client.post(reverse("schedule:change_feed", args=[clinic]), {"make": "1"}, follow=True)
    return re.search(r"/feeds/[\w-]+\.ics", page.content.decode())[0]


@pytest.fixture
def visit(network, clock) -> int:
    """Maria García's hour with Alice on Tuesday at ten in the Garden Room's clinic."""
    clock(NOW)
    maria = make_person(legal_first="María", legal_last="García")
    with as_job("schedule.appointment.write") as permit:
        return book(
            permit, record=maria, clinic=NORTH, kind="individual", staff=1, room=1,
            starts_at=TUESDAY, minutes=50,
        )  # fmt: skip


def test_a_feed_shows_initials_and_rooms_and_nothing_else(visit, signed_in):
    text = Client().get(address_of(signed_in("alice")))
    assert text["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = events_of(text.content)
    assert event["SUMMARY"] == "M. G."
    assert event["DTSTART;TZID=America/Chicago"] == "20261124T100000"
    assert event["DTEND;TZID=America/Chicago"] == "20261124T105000"
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", "1")
    assert set(event) == {
        "SUMMARY", "DTSTART;TZID=America/Chicago", "DTEND;TZID=America/Chicago", "DTSTAMP",
        "UID", "SEQUENCE", "STATUS", "LOCATION",
    }  # fmt: skip
    for word in ("Garc", "María", "one-to-one", "therapy", "patient"):
        assert word.lower() not in text.content.decode().lower()


def test_groups_stand_there_without_a_name(network, clock, signed_in):
    clock(NOW)
    make_enrolled(make_track(weeks=1), 2)
    events = events_of(Client().get(address_of(signed_in("alice"))).content)
    assert [(event["SUMMARY"], event["DTSTART;TZID=America/Chicago"]) for event in events] == [
        ("Group", "20261123T180000"), ("Group", "20261125T180000"), ("Group", "20261127T180000"),
    ]  # fmt: skip


def test_a_moved_visit_keeps_its_uid_and_counts_up(visit, signed_in):
    address = address_of(signed_in("alice"))
    (before,) = events_of(Client().get(address).content)
    with as_job("schedule.appointment.write") as permit:
        batch = move(permit, [Move(visit, TUESDAY + timedelta(hours=2), 1, 1)])
    (moved,) = events_of(Client().get(address).content)
    with as_job("schedule.appointment.write") as permit:
        undo(permit, batch)
    (back,) = events_of(Client().get(address).content)
    assert before["UID"] == moved["UID"] == back["UID"]
    assert moved["DTSTART;TZID=America/Chicago"] == "20261124T120000"
    assert back["DTSTART;TZID=America/Chicago"] == "20261124T100000"
    assert int(before["SEQUENCE"]) < int(moved["SEQUENCE"]) < int(back["SEQUENCE"])


def test_a_cancelled_visit_says_so(visit, signed_in):
    with as_job("schedule.appointment.write") as permit:
        cancel(permit, visit, "The person is ill")
    text = Client().get(address_of(signed_in("alice"))).content
    assert [event["STATUS"] for event in events_of(text)] == ["CANCELLED"]
    assert b"ill" not in text


def test_an_address_ends_when_a_new_one_is_made_and_when_it_is_ended(visit, signed_in):
    alice = signed_in("alice")
    first = address_of(alice)
    second = address_of(alice)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    alice.post(reverse("schedule:change_feed", args=[NORTH]), {"end": "1"})
    assert Client().get(second).status_code == 404


def test_an_address_ends_after_a_year_and_a_made_up_one_is_not_found(visit, signed_in, clock):
    address = address_of(signed_in("alice"))
    assert Client().get("/feeds/made-up.ics").status_code == 404
    clock(NOW + timedelta(days=366))
    assert Client().get(address).status_code == 404


def test_nobody_reads_the_time_of_who_has_left(visit, signed_in):
    from openiop.access.actions.staff import mark_left

    address = address_of(signed_in("alice"))
    with as_job("access.staff.write") as permit:
        mark_left(permit, 1, left_on=date(2026, 11, 23))
    assert Client().get(address).status_code == 404


def test_an_address_is_shown_once_and_only_for_ones_own_clinics(visit, signed_in):
    bob = signed_in("charlie")
    assert bob.post(reverse("schedule:change_feed", args=[NORTH]), {"make": "1"}).status_code == 404
    alice = signed_in("alice")
    page = alice.post(reverse("schedule:change_feed", args=[NORTH]), {"make": "1"}, follow=True)
    assert b"/feeds/" in page.content
    assert b"/feeds/" not in alice.get(reverse("schedule:feeds")).content.replace(
        b"/desk/feeds/", b""
    )


def test_a_feed_takes_the_same_statements_for_one_visit_and_for_nine(
    visit, signed_in, django_assert_num_queries
):
    address = address_of(signed_in("alice"))
    with django_assert_num_queries(9):
        Client().get(address)
    with as_job("schedule.appointment.write") as permit:
        for day in range(1, 9):
            book(
                permit, record=make_person(), clinic=NORTH, kind="individual", staff=1, room=1,
                starts_at=TUESDAY + timedelta(days=day), minutes=50,
            )  # fmt: skip
    with django_assert_num_queries(9):
        answer = Client().get(address)
    assert len(events_of(answer.content)) == 9


def test_an_invitation_names_nobody_and_no_care(visit, signed_in):
    answer = signed_in("alice").get(reverse("schedule:invitation", args=[visit]))
    assert answer["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    (event,) = events_of(answer.content)
    assert event["SUMMARY"] == "Appointment"
    assert event["DESCRIPTION"].startswith("Questions? Call ")
    assert event["DTSTART;TZID=America/Chicago"] == "20261124T100000"
    assert "X-WR-CALNAME" not in answer.content.decode()
    for word in ("Garc", "Alice", "North", "clinic", "therapy"):
        assert word.lower() not in answer.content.decode().lower()


def test_an_invitation_of_another_clinic_is_not_there(visit, signed_in):
    url = reverse("schedule:invitation", args=[visit])
    assert signed_in("charlie").get(url).status_code == 404


# --- the text itself ---


def entry(starts_at: datetime, **facts) -> Entry:
    given_facts = {"uid": "visit-1@1.openiop", "summary": "M. G."} | facts
    return Entry(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=50), **given_facts)


@pytest.mark.parametrize("day", [date(2026, 3, 7), date(2026, 3, 9), date(2026, 10, 31),
                                 date(2026, 11, 2), date(2028, 2, 29)])  # fmt: skip
def test_ten_in_the_morning_stays_ten_in_the_morning_over_a_clock_change(day):
    text = calendar(
        "Work", [entry(local(day, time(10), "America/Chicago"))], "America/Chicago", NOW
    )
    assert events_of(text)[0]["DTSTART;TZID=America/Chicago"] == f"{day:%Y%m%d}T100000"
    assert "BEGIN:DAYLIGHT" in lines_of(text)
    assert "TZID:America/Chicago" in lines_of(text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200))
def test_whatever_a_room_is_called_the_file_stays_one_event(place):
    text = calendar("Work", [entry(TUESDAY, place=place)], "America/Chicago", NOW)
    (event,) = events_of(text)
    plain = re.sub(r"\\([\\;,])", r"\1", event["LOCATION"].replace("\\n", "\n"))
    assert plain == place


@given(st.lists(st.integers(1_767_225_600, 1_861_919_999), max_size=20))
def test_every_moment_reads_back_as_it_was(moments):
    whole = [datetime.fromtimestamp(each, UTC) for each in moments]
    text = calendar("Work", [entry(each) for each in whole], "America/Chicago", NOW)
    read = [event["DTSTART;TZID=America/Chicago"] for event in events_of(text)]
    assert read == [f"{each.astimezone(CHICAGO):%Y%m%dT%H%M%S}" for each in whole]


def test_an_empty_feed_is_a_calendar_too():
    assert events_of(calendar("Work", [], "America/Chicago", NOW)) == []
