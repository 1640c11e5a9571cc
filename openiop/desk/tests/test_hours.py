"""Weekly hours on the desk: who will fall short, what mends it, how the network does."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from openiop.config.network_for_tests import NORTH, SOUTH
from openiop.desk.queries import hours
from openiop.desk.views.hours import lacking
from openiop.patients.queries import people
from openiop.schedule.actions.attendance import mark_absent
from openiop.schedule.queries.sessions import track_sessions
from openiop.schedule.queries.weeks import week_of
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_enrolled, make_person, make_track

THURSDAY = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
STARTED = NOW - timedelta(days=14)
SINCE = TODAY - timedelta(days=14)


def number_of(record: int) -> str:
    with as_job("patients.patient.read") as permit:
        return people(permit, [record])[record].number


@pytest.fixture
def track(network) -> int:
    """Alice's Evening A, three hours on Mon/Wed/Fri since two weeks ago."""
    return make_track(start_on=SINCE, now=STARTED, weeks=5)


def missed_monday(track: int) -> int:
    """Somebody who was absent on Monday, so that nine hours are out of reach."""
    (record,) = make_enrolled(track, start_on=SINCE)
    with as_job("schedule.read") as permit:
        monday = track_sessions(permit, track, TODAY, limit=1)[0]
    with as_job("schedule.attendance.write", monday.starts_at + timedelta(hours=1)) as permit:
        mark_absent(permit, monday.id, record)
    return record


def test_a_counselor_sees_whose_week_falls_short_in_the_own_groups(opened, track):
    record = missed_monday(track)
    make_enrolled(track, 1, start_on=SINCE)
    with opened("alice", "desk.today", now=THURSDAY) as permit:
        found = hours.of_mine(permit, date(2026, 11, 26))
    assert record in [week.record for week in found]
    with opened("bob", "desk.today", now=THURSDAY) as permit:
        assert hours.of_mine(permit, date(2026, 11, 26)) == []


def test_a_clinic_sees_its_own_weeks_only(opened, track):
    record = missed_monday(track)
    with opened("fred", "desk.today", now=THURSDAY) as permit:
        assert record in [week.record for week in hours.of_clinic(permit, NORTH, TODAY)]
        assert hours.of_clinic(permit, SOUTH, TODAY) == []


def test_what_is_missing_is_said_in_hours_and_days(opened, track):
    record = missed_monday(track)
    with opened("alice", "desk.hours", now=THURSDAY) as permit:
        week = week_of(permit, [record], TODAY)[record]
    assert lacking(week).endswith("missing")
    assert "1 day" in lacking(week) or "days" in lacking(week)


def test_compliance_counts_people_by_clinic(opened, network):
    track = make_track(weeks=1)
    make_enrolled(track, 2)
    with opened("dana", "desk.director.hours", now=NOW) as permit:
        north, south = hours.compliance(permit, [NORTH, SOUTH], TODAY)
    assert (north.people, north.met, south.people, south.percent) == (2, 2, 0, 0)


def test_the_share_is_rounded():
    assert hours.Compliance(NORTH, met=2, people=3).percent == 67


# --- the pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["alice", "fred"])
def test_the_danger_list_opens_as_a_part_and_as_a_page(signed_in, track, person):
    missed_monday(track)
    client = signed_in(person)
    for query in ("", "?all=1", "?on=2026-11-26"):
        assert b"<html" in client.get(f"/desk/today/hours/{query}").content
    part = client.get("/desk/today/hours/", headers={"HX-Request": "true"})
    assert b"<html" not in part.content


def test_a_persons_week_is_shown_to_their_clinic_only(signed_in, track):
    (record,) = make_enrolled(track, start_on=SINCE)
    address = f"/desk/patients/{number_of(record)}/hours/"
    assert b"This week" in signed_in("alice").get(address).content
    assert signed_in("charlie").get(address).status_code == 404


def test_somebody_without_sessions_has_no_week(signed_in, network):
    page = signed_in("alice").get(f"/desk/patients/{number_of(make_person())}/hours/")
    assert b"No session is planned this week" in page.content


def test_a_make_up_that_fits_is_offered_in_one_click(signed_in, network):
    now = datetime.now(UTC)
    today = now.date()
    common: dict[str, Any] = {
        "start_on": today - timedelta(days=7),
        "now": now - timedelta(days=8),
        "weeks": 4,
    }
    own = make_track(weekdays=((today - timedelta(days=1)).weekday(),), **common)
    make_track(weekdays=tuple(range(7)), room=2, staff=(), starts=time(6), **common)
    (record,) = make_enrolled(own, start_on=today - timedelta(days=7))
    address = f"/desk/patients/{number_of(record)}/hours/"
    shown = signed_in("alice").get(address)
    fits = shown.context["week"].fitting_makeups
    assert shown.content.count(b'name="session"') == len(fits)
    assert all(fit.on in shown.context["week"].week for fit in fits)


@pytest.mark.parametrize(("person", "status"), [("dana", 200), ("alice", 403)])
def test_the_networks_hours_are_for_leaders(signed_in, track, person, status):
    assert signed_in(person).get("/desk/board/hours/?back=1").status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_parts_take_the_same_statements_for_one_and_three_people(
    signed_in, django_assert_max_num_queries, track, count
):
    make_enrolled(track, count, start_on=SINCE)
    client = signed_in("alice")
    client.get("/desk/today/hours/", headers={"HX-Request": "true"})
    with django_assert_max_num_queries(18):
        client.get("/desk/today/hours/", headers={"HX-Request": "true"})
