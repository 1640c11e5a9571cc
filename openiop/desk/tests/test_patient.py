"""The patient page: who, where enrolled, what is next, how the weeks went."""

from datetime import UTC, date, datetime, timedelta

import pytest

from openiop.config.network_for_tests import SOUTH
from openiop.desk.queries import patient
from openiop.desk.views.patient_parts import ways
from openiop.messaging.queries.contacts import ContactChoice
from openiop.patients.actions import merge
from openiop.patients.queries import people
from openiop.schedule.actions.attendance import arrive, mark_absent
from openiop.schedule.queries.sessions import track_sessions
from openiop.schedule.tests.world import TODAY, as_job, make_enrolled, make_person, make_track

MONTHS_AGO = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
START = date(2026, 6, 1)
PATIENT_STATEMENTS = 16  # seven that every test request pays, nine of the page


def number_of(record: int) -> str:
    with as_job("patients.patient.read") as permit:
        return people(permit, [record])[record].number


def page_of(record: int) -> str:
    return f"/desk/patients/{number_of(record)}/"


@pytest.fixture
def track(network) -> int:
    """Evening A, Mon/Wed/Fri at 18:00 since June."""
    return make_track(weeks=27, start_on=START, now=MONTHS_AGO)


def attend(track: int, record: int, start: date, end: date, late: int = 0) -> None:
    """The person comes to every session of some days, `late` minutes after its start."""
    with as_job("schedule.read") as permit:
        held = track_sessions(permit, track, start, end)
    for session in held:
        at = session.starts_at + timedelta(minutes=late)
        with as_job("schedule.attendance.write", at) as permit:
            arrive(permit, session.id, record)


def overview(opened, record: int, until: date = TODAY + timedelta(days=1)) -> patient.Overview:
    with opened("alice", "desk.patient", now=datetime(2026, 11, 23, 18, tzinfo=UTC)) as permit:
        return patient.overview(permit, record, TODAY, until)


def test_it_names_the_place_and_the_next_session(opened, track):
    (record,) = make_enrolled(track)
    page = overview(opened, record)
    assert page.enrollment and page.enrollment.track == track
    assert page.next and (page.next.track, page.next.on) == (track, TODAY)


def test_somebody_without_a_place_has_no_next_session(opened, network):
    page = overview(opened, make_person())
    assert (page.enrollment, page.episode, page.next, page.older) == (None, None, None, False)


def test_the_strip_has_a_mark_a_session_and_the_hours_that_count(opened, track):
    (record,) = make_enrolled(track, start_on=date(2026, 11, 9))
    attend(track, record, date(2026, 11, 9), date(2026, 11, 11))
    attend(track, record, date(2026, 11, 11), date(2026, 11, 12), late=60)
    with as_job("schedule.read") as permit:
        friday = track_sessions(permit, track, date(2026, 11, 13), limit=1)[0]
    with as_job("schedule.attendance.write", friday.starts_at + timedelta(hours=1)) as permit:
        mark_absent(permit, friday.id, record)
    strip = patient.weeks(overview(opened, record), needed=540)
    assert [(week.label, list(week.marks), week.short) for week in strip] == [
        ("8 Nov", ["attended", "part", "absent"], True),
        ("15 Nov", [], True),
        ("22 Nov", ["expected"], False),
    ]
    assert strip[0].hours == "5 h 00"


def test_without_a_rule_no_week_is_short(opened, track):
    (record,) = make_enrolled(track, start_on=date(2026, 11, 9))
    attend(track, record, date(2026, 11, 9), date(2026, 11, 10))
    assert not any(w.short for w in patient.weeks(overview(opened, record), needed=None))


def test_the_timeline_holds_visits_places_and_episodes_newest_first(opened, track):
    (record,) = make_enrolled(track, start_on=TODAY)
    attend(track, record, TODAY, TODAY + timedelta(days=1))
    told = [(each.on, each.kind) for each in patient.timeline(overview(opened, record))]
    assert told == [(TODAY, "present"), (TODAY, "enrolled"), (TODAY, "opened")]


def test_older_weeks_are_a_page_of_their_own(opened, track):
    (record,) = make_enrolled(track, start_on=START)
    attend(track, record, START, START + timedelta(days=7))
    now = overview(opened, record)
    assert (now.older, [each.kind for each in patient.timeline(now)]) == (True, ["opened"])
    before = overview(opened, record, until=date(2026, 8, 1))
    assert [each.kind for each in patient.timeline(before)].count("present") == 3


# --- the page ----------------------------------------------------------------------------------


def test_the_header_says_who_this_is(signed_in, network):
    record = make_person(
        legal_first="María", legal_last="Ruiz", pronouns="she/her", birth_on=date(1990, 1, 2),
        interpreter="es",
    )  # fmt: skip
    shown = signed_in("alice").get(page_of(record)).context["person"]
    assert (shown["name"], shown["pronouns"]) == ("María Ruiz", "she/her")
    assert [alert["text"] for alert in shown["alerts"]] == ["Interpreter: Spanish"]


@pytest.mark.parametrize(
    ("person", "status"),
    [("alice", 200), ("bob", 200), ("fred", 200), ("paula", 200), ("charlie", 404), ("adam", 403),
     ("riva", 404)],
)  # fmt: skip
def test_who_may_open_a_person(signed_in, network, person, status):
    address = page_of(make_person())
    assert signed_in(person).get(address).status_code == status
    assert signed_in("charlie").get(f"{address}reach/").status_code == 404


def test_nobody_signed_in_sees_no_person(client, network):
    assert client.get(page_of(make_person()))["Location"].startswith("/accounts/login/")


def test_an_unknown_number_is_not_found(signed_in, network):
    assert signed_in("alice").get("/desk/patients/99999999/").status_code == 404


def test_a_merged_record_leads_to_the_kept_one(signed_in, opened, network):
    kept, merged = make_person(), make_person()
    with opened("dana", "patients.merge") as permit:
        merge(permit, kept=kept, merged=merged, reason="same birth date")
    page = signed_in("alice").get(page_of(merged))
    assert page.context["merged"].other.number == number_of(kept)
    assert b"This record was merged" in page.content
    assert b"This record was merged" not in signed_in("alice").get(page_of(kept)).content


@pytest.mark.parametrize("visits", [1, 3])
def test_a_person_takes_the_same_statements_for_one_and_three_visits(
    signed_in, django_assert_num_queries, track, visits
):
    (record,) = make_enrolled(track, start_on=date(2026, 11, 9))
    attend(track, record, date(2026, 11, 9), date(2026, 11, 9) + timedelta(days=2 * visits - 1))
    client, address = signed_in("alice"), page_of(record)
    client.get(address)
    with django_assert_num_queries(PATIENT_STATEMENTS):
        page = client.get(address)
    assert sum(each.came for each in page.context["page"].attended) == visits


def test_contacts_are_a_fragment_and_a_page_of_their_own(signed_in, network):
    address = f"{page_of(make_person())}reach/"
    fragment = signed_in("alice").get(address, headers={"HX-Request": "true"}).content
    assert (b"<html" in fragment, b"No safe way on file" in fragment) == (False, True)
    assert b"<html" in signed_in("alice").get(address).content


def test_only_safe_ways_are_told():
    assert ways(ContactChoice(call="+1 312", may_leave_message=False)) == [
        ("Call, leave no message", "+1 312")
    ]
    assert ways(ContactChoice()) == []


def test_the_south_opens_its_own_people(signed_in, network):
    assert signed_in("charlie").get(page_of(make_person(SOUTH))).status_code == 200


def test_the_newest_notes_stand_on_the_page_with_their_state(signed_in, network):
    address = f"{page_of(make_person())}notes/"
    assert b"No note yet" in signed_in("alice").get(address).content
    assert signed_in("fred").get(address).status_code == 403
    assert signed_in("charlie").get(address).status_code == 404
