"""Today: whose sessions, who is expected, what the day asks for."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest

from openiop.config.network_for_tests import SOUTH
from openiop.desk.queries import today
from openiop.patients.actions import update_identity
from openiop.schedule.actions.attendance import arrive, mark_absent
from openiop.schedule.queries.sessions import track_sessions
from openiop.schedule.tests.world import TODAY, as_job, make_enrolled, make_track

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # 18:30 in Chicago, half an hour in
ON = "/desk/today/?on=2026-11-23"
TODAY_STATEMENTS = 15  # seven that every test request pays, eight of the page
FRONT_DESK = 14  # the front desk writes no notes
STARTS = (time(18), time(9), time(13))


@pytest.fixture
def track(network) -> int:
    """Alice's Evening A, from 18:00."""
    return make_track()


def first_session(track: int) -> int:
    with as_job("schedule.read") as permit:
        return track_sessions(permit, track, TODAY, limit=1)[0].id


def test_a_counselor_sees_the_own_sessions_with_who_is_expected(opened, track):
    records = make_enrolled(track, 3)
    with opened("alice", "desk.today", now=NOON) as permit:
        (mine,) = today.mine(permit, TODAY)
    assert (mine.session.track, mine.moment, mine.expected, mine.here, mine.absent) == (
        track, "before", 3, 0, 0,
    )  # fmt: skip
    assert {each.record for each in mine.people} == set(records)


def test_people_stand_in_the_order_of_their_names_whatever_their_accents(opened, track):
    for record, first in zip(make_enrolled(track, 3), ("Zoe", "Ángel", "Bea"), strict=True):
        with opened("fred", "patients.patient.write") as permit:
            update_identity(permit, record, chosen_first=first)
    with opened("alice", "desk.today", now=NOON) as permit:
        (mine,) = today.mine(permit, TODAY)
    assert [each.name.split()[0] for each in mine.people] == ["Ángel", "Bea", "Zoe"]


def test_a_colleague_who_does_not_hold_the_session_has_none(opened, track):
    make_enrolled(track, 1)
    with opened("bob", "desk.today", now=NOON) as permit:
        assert today.mine(permit, TODAY) == []
        assert [each.session.track for each in today.clinics(permit, 1, TODAY)] == [track]


def test_people_are_here_absent_or_still_expected(opened, track):
    one, two, _three = make_enrolled(track, 3)
    session = first_session(track)
    with opened("alice", "schedule.attendance.write", now=EVENING) as permit:
        arrive(permit, session, one)
        mark_absent(permit, session, two)
    with opened("alice", "desk.today", now=EVENING) as permit:
        (mine,) = today.mine(permit, TODAY)
    assert (mine.moment, mine.expected, mine.here, mine.absent) == ("now", 1, 1, 1)
    assert {each.record: each.late for each in mine.people}[one] == 30


def test_whoever_the_track_meets_first_is_new_and_who_missed_last_time_is_told(opened, track):
    old, absent = make_enrolled(track, 2)
    session = first_session(track)
    with opened("alice", "schedule.attendance.write", now=EVENING) as permit:
        arrive(permit, session, old)
        mark_absent(permit, session, absent)
    wednesday = TODAY + timedelta(days=2)
    new = make_enrolled(track, 1, start_on=wednesday)[0]
    with opened("alice", "desk.today", now=NOON) as permit:
        (mine,) = today.mine(permit, wednesday)
    told = {each.record: (each.new, each.missed_last) for each in mine.people}
    assert told == {old: (False, False), absent: (False, True), new: (True, False)}


def test_a_session_is_over_after_its_end(opened, track):
    with opened("alice", "desk.today", now=NOON + timedelta(days=1)) as permit:
        assert [each.moment for each in today.mine(permit, TODAY)] == ["over"]


def test_an_empty_day_names_the_next_session(opened, track):
    with opened("alice", "desk.today", now=NOON) as permit:
        after = today.next_session(permit, 1, TODAY, everyone=False)
        assert after and (after.track, after.on) == (track, TODAY + timedelta(days=2))
    with opened("bob", "desk.today", now=NOON) as permit:
        assert today.next_session(permit, 1, TODAY, everyone=False) is None


# --- the page ----------------------------------------------------------------------------------


def names(answer) -> list[list[str]]:
    """Who is listed, a list for each card."""
    return [re.findall(r'class="person"[^>]*>(.*?)</a>', card) for card in answer.context["cards"]]


def test_a_counselor_opens_the_own_day_and_can_look_at_the_whole_clinic(signed_in, track):
    make_enrolled(track, 2)
    assert [len(each) for each in names(signed_in("alice").get(ON))] == [2]
    assert names(signed_in("bob").get(ON)) == []
    assert [len(each) for each in names(signed_in("bob").get(f"{ON}&all=1"))] == [2]


def test_the_front_desk_opens_the_whole_clinic(signed_in, track):
    make_enrolled(track, 1)
    assert [len(each) for each in names(signed_in("fred").get(ON))] == [1]


def test_the_other_clinic_sees_nothing_of_it(signed_in, track):
    make_enrolled(track, 1)
    assert names(signed_in("charlie").get(f"{ON}&all=1")) == []


def test_an_administrator_has_no_today(signed_in):
    assert signed_in("adam").get("/desk/today/").status_code == 403


def test_a_shared_screen_shows_record_numbers_only(signed_in, track):
    make_enrolled(track, 1)
    client = signed_in("alice")
    session = client.session
    session["shared_screen"] = True
    session.save()
    page = client.get(ON)
    assert b"Person" not in page.content.split(b"<tbody>")[1].split(b"</tbody>")[0]
    assert names(page)[0][0].isdigit()


def test_an_unreadable_day_is_today(signed_in, track):
    assert signed_in("alice").get("/desk/today/?on=tomorrow").context["title"] == "Today"


@pytest.mark.parametrize("people", [1, 3])
def test_today_takes_the_same_statements_for_one_and_three_people(
    signed_in, django_assert_num_queries, track, people
):
    make_enrolled(track, people)
    client = signed_in("alice")
    client.get(ON)
    with django_assert_num_queries(TODAY_STATEMENTS):
        client.get(ON)


@pytest.mark.parametrize("count", [1, 3])
def test_the_clinics_day_takes_the_same_statements_for_one_and_three_sessions(
    signed_in, django_assert_num_queries, count
):
    for place in range(count):
        track = make_track(room=1 + place % 2, starts=STARTS[place], staff=())
        make_enrolled(track, 1)
    client = signed_in("fred")
    client.get(ON)
    with django_assert_num_queries(FRONT_DESK):
        assert len(client.get(ON).context["cards"]) == count


def test_nothing_of_the_south_is_in_the_north(opened):
    track = make_track(SOUTH)
    with opened("alice", "desk.today", now=NOON) as permit:
        assert [each.session.track for each in today.clinics(permit, SOUTH, TODAY)] == []
        assert track > 0
