"""The front desk: arrivals by one click, late calls, who is in the building, sheets to print."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from openiop.desk.queries import frontdesk
from openiop.messaging.actions import open_task
from openiop.messaging.actions.contacts import add_contact, add_contact_point
from openiop.patients.queries import people
from openiop.schedule.actions.attendance import arrive, leave, record_guests
from openiop.schedule.queries.sessions import track_sessions
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_enrolled, make_track

EVENING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # half an hour into Evening A
FRONT_STATEMENTS = 18  # seven that every test request pays, eleven of the page
A_MINUTE = timedelta(minutes=1)


def first_session(track: int, day=TODAY) -> int:
    with as_job("schedule.read") as permit:
        return track_sessions(permit, track, day, limit=1)[0].id


def here_now() -> datetime:
    """This moment on the clinic's clock."""
    return timezone.now().astimezone(ZoneInfo("America/Chicago"))


@pytest.fixture
def now_meeting(network) -> int:
    """A track that began today, up to twenty minutes ago, whatever the clock on the wall says."""
    now = here_now()
    begun = max(now - timedelta(minutes=20), now.replace(hour=0, minute=0))
    return make_track(
        start_on=now.date(), now=begun - timedelta(hours=1), weekdays=tuple(range(7)), weeks=1,
        starts=time(begun.hour, begun.minute), blocks=(("counseling", 60),),
    )  # fmt: skip


def test_whoever_is_missing_after_ten_minutes_is_late_with_the_safe_ways(opened, network):
    track = make_track()
    reachable, _unreachable, here = make_enrolled(track, 3)
    with as_job("messaging.contact.write") as permit:
        contact = add_contact(permit, record=reachable, clinic=1, name="", relationship="self")
        add_contact_point(
            permit, contact=contact, kind="phone", value="+13125550199", safe_to_call=True
        )
    with opened("fred", "schedule.attendance.write", now=EVENING) as permit:
        arrive(permit, first_session(track), here)
    with opened("fred", "desk.frontdesk", now=EVENING) as permit:
        late = frontdesk.late(permit, frontdesk.arrivals(permit, 1, TODAY))
    assert [(each.minutes, each.reach.call) for each in late] == [(30, "+13125550199"), (30, None)]


def test_nobody_is_late_in_the_first_minutes(opened, network):
    make_enrolled(make_track(), 1)
    with opened("fred", "desk.frontdesk", now=EVENING - timedelta(minutes=25)) as permit:
        assert frontdesk.late(permit, frontdesk.arrivals(permit, 1, TODAY)) == []


def test_in_the_building_is_who_arrived_in_person_and_has_not_left(opened, network):
    track = make_track()
    one, two, three, _four = make_enrolled(track, 4)
    session = first_session(track)
    with opened("fred", "schedule.attendance.write", now=EVENING) as permit:
        arrive(permit, session, one)
        arrive(permit, session, two, virtual=True)
        arrive(permit, session, three)
    with opened("fred", "schedule.attendance.write", now=EVENING + A_MINUTE) as permit:
        leave(permit, session, three)
    with opened("fred", "desk.frontdesk", now=EVENING + 2 * A_MINUTE) as permit:
        (room,) = frontdesk.building(permit, frontdesk.arrivals(permit, 1, TODAY))
    assert [each.record for each in room.people] == [one]
    assert room.heads == 2, "one person and the one who leads"


def test_guests_are_counted_among_those_in_the_building(opened, network):
    track = make_track()
    (one,) = make_enrolled(track, 1)
    session = first_session(track)
    with opened("fred", "schedule.attendance.write", now=EVENING) as permit:
        arrive(permit, session, one)
        record_guests(permit, session, one, count=2, forms_signed=True, consented=True)
    with opened("fred", "desk.frontdesk", now=EVENING + A_MINUTE) as permit:
        (room,) = frontdesk.building(permit, frontdesk.arrivals(permit, 1, TODAY))
    assert (room.guests, room.heads) == (2, 4)


def test_long_after_a_session_nobody_of_it_is_in_the_building(opened, network):
    make_enrolled(make_track(), 1)
    with opened("fred", "desk.frontdesk", now=EVENING + timedelta(hours=4)) as permit:
        assert frontdesk.building(permit, frontdesk.arrivals(permit, 1, TODAY)) == []


def test_forms_and_identity_cards_due_are_listed(opened, network):
    with as_job("messaging.task.write") as permit:
        for kind in ("form.due", "id.due", "call.back"):
            open_task(permit, kind=kind, title=kind, clinic=1, due_at=EVENING)
    with opened("fred", "desk.frontdesk", now=EVENING) as permit:
        assert [task.kind for task in frontdesk.due(permit, 1, EVENING)] == ["form.due", "id.due"]


# --- the page ----------------------------------------------------------------------------------


def rows(answer) -> list[tuple[str, str]]:
    return [
        (row["number"], row["status"]) for card in answer.context["cards"] for row in card["rows"]
    ]


def test_one_click_marks_a_person_as_here_and_another_takes_it_back(signed_in, now_meeting):
    here = here_now().date()
    (record,) = make_enrolled(now_meeting, 1, start_on=here)
    session = first_session(now_meeting, here)
    with as_job("patients.patient.read") as permit:
        number = people(permit, [record])[record].number
    client = signed_in("fred")
    address = f"/desk/front/{session}/arrive/"
    answer = client.post(address, {"arrived": number}, follow=True)
    assert rows(answer) == [(number, "present")]
    assert rows(client.post(address, {"undo": number}, follow=True)) == [(number, "")]


def test_the_other_clinic_cannot_mark_anybody(signed_in, now_meeting):
    here = here_now().date()
    (record,) = make_enrolled(now_meeting, 1, start_on=here)
    with as_job("patients.patient.read") as permit:
        number = people(permit, [record])[record].number
    address = f"/desk/front/{first_session(now_meeting, here)}/arrive/"
    assert signed_in("charlie").post(address, {"arrived": number}).status_code == 404


def test_marking_takes_a_post(signed_in, network):
    assert signed_in("fred").get("/desk/front/1/arrive/").status_code == 405


@pytest.mark.parametrize("sheet", ["", "building/", "downtime/?on=2026-11-23", "blank-notes/"])
def test_every_sheet_opens_with_nobody_and_with_people(signed_in, network, sheet):
    assert signed_in("fred").get(f"/desk/front/{sheet}").status_code == 200
    make_enrolled(make_track(), 2)
    assert signed_in("fred").get(f"/desk/front/{sheet}").status_code == 200


def test_the_downtime_roster_shows_preferred_name_and_initial_only(signed_in, network):
    make_enrolled(make_track(), 1)
    page = signed_in("fred").get("/desk/front/downtime/?on=2026-11-23").content.decode()
    assert " T.</th>" in page
    assert " Test<" not in page


def test_the_emergency_sheet_says_who_may_know(signed_in, network):
    (record,) = make_enrolled(make_track(), 1)
    with as_job("messaging.contact.write") as permit:
        add_contact(permit, record=record, clinic=1, name="Rosa Ruiz", relationship="mother",
                    emergency=True, may_know=False)  # fmt: skip
    with as_job("patients.patient.read") as permit:
        number = people(permit, [record])[record].number
    address = f"/desk/patients/{number}/emergency/"
    page = signed_in("fred").get(address).content.decode()
    assert ("Rosa Ruiz" in page, "No: say only where the person is" in page) == (True, True)
    assert signed_in("charlie").get(address).status_code == 404


@pytest.mark.parametrize("people_count", [1, 3])
def test_the_front_desk_takes_the_same_statements_for_one_and_three_people(
    signed_in, django_assert_num_queries, network, people_count, monkeypatch
):
    monkeypatch.setattr(timezone, "now", lambda: NOW)  # hours before Evening A: nobody is late
    make_enrolled(make_track(), people_count)
    client = signed_in("fred")
    client.get("/desk/front/")
    with django_assert_num_queries(FRONT_STATEMENTS):
        client.get("/desk/front/")
