"""Weekly hours through the web: the list, one click for a make-up, decisions, the file."""

import csv
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from openiop.config.network_for_tests import GULF, SOUTH
from openiop.programs.queries import current_enrollments
from openiop.schedule.actions.enrollment import leave_track
from openiop.schedule.queries.sessions import roster
from openiop.schedule.rules.weeks import WeekState
from openiop.schedule.tests.test_attendance import keep_apart, sessions_of
from openiop.schedule.tests.test_attendance_views import number_of, statements, text_of
from openiop.schedule.tests.test_weeks import (
    MONDAY,
    SATURDAY,
    evening,
    miss,
    other_track,
    week,
)
from openiop.schedule.tests.world import TODAY, as_job, make_enrolled, make_program, make_track

LIST = "/desk/weeks/?on=2026-11-23"


@pytest.fixture
def missed(network, clock):
    """Somebody of Evening A at North who missed Monday; it is Monday night."""
    track = make_track()
    (record,) = make_enrolled(track)
    miss(sessions_of(track)[0], record, MONDAY)
    clock(evening(MONDAY, 220))
    return record, sessions_of(track)


def week_url(record: int) -> str:
    return f"{reverse('schedule:week', args=[number_of(record)])}?on=2026-11-23"


def test_an_empty_list_says_what_would_stand_here(network, clock, signed_in):
    clock(evening(MONDAY))
    assert "Every week is on track" in text_of(signed_in("alice").get(LIST))


def test_the_list_shows_what_is_missing_and_one_button_for_each_makeup(missed, signed_in):
    record, _ = missed
    other_track()
    shown = text_of(signed_in("alice").get(LIST))
    for words in (
        "At risk", "0 min / 9 h 00", "0 / 3", "3 h 00, 1 day", number_of(record),
        "Evening B, Tue 24 Nov, 18:00 to 21:20", "Evening B, Thu 26 Nov, 18:00 to 21:20",
    ):  # fmt: skip
        assert (words, words in shown) == (words, True)


def elsewhere_url(record: int) -> str:
    return f"{reverse('schedule:makeups_elsewhere', args=[number_of(record)])}?on=2026-11-23"


@pytest.fixture
def beyond(network, clock):
    """Somebody of North who missed Monday; a track of the same program at South."""
    program = make_program()
    home = make_track(program=program)
    away = make_track(SOUTH, program=program, weekdays=(1, 3), name="South B")
    (record,) = make_enrolled(home)
    miss(sessions_of(home)[0], record, MONDAY)
    clock(evening(MONDAY, 220))
    return record, away


def test_a_session_at_another_clinic_comes_with_whom_to_call(beyond, signed_in):
    record, _away = beyond
    client = signed_in("alice")
    assert elsewhere_url(record) in client.get(week_url(record)).content.decode().replace(
        "on=2026-11-22", "on=2026-11-23"
    )
    answer = client.get(elsewhere_url(record))
    assert answer.context["lines"] == [
        "South B, Tue 24 Nov, 18:00 to 21:20: call South, +13125550101.",
        "South B, Thu 26 Nov, 18:00 to 21:20: call South, +13125550101.",
    ]
    assert "<h1>Make-ups at other clinics</h1>" in answer.content.decode()
    fragment = client.get(elsewhere_url(record), headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in fragment, "call South" in fragment) == (False, True)


def test_who_works_at_both_clinics_books_and_calls_nobody(beyond, signed_in):
    record, _away = beyond
    client = signed_in("dana")
    assert client.get(elsewhere_url(record)).context["lines"] == []
    week_page = client.get(week_url(record)).context["found"]
    assert [(each.track_name, each.clinic_name) for each in week_page.fitting_makeups] == [
        ("South B", "South"), ("South B", "South"),
    ]  # fmt: skip


def test_a_full_group_another_kind_another_state_and_a_pair_kept_apart_are_not_offered(
    beyond, signed_in
):
    record, away = beyond
    make_track(SOUTH, program=make_program("mental_health"), room=None, mode="virtual",
               weekdays=(5,), staff=())  # fmt: skip
    make_track(GULF, weekdays=(1,), name="Texas")
    (other,) = make_enrolled(away)
    client = signed_in("alice")
    assert len(client.get(elsewhere_url(record)).context["lines"]) == 2
    make_enrolled(away, 10)
    assert client.get(elsewhere_url(record)).context["lines"] == []
    with as_job("schedule.enroll", evening(MONDAY)) as permit:
        place = current_enrollments(permit, [other], TODAY)[other]
        leave_track(permit, place.id, TODAY + timedelta(days=1), "moved away")
    assert len(client.get(elsewhere_url(record)).context["lines"]) == 2
    with as_job("schedule.read") as permit:
        sitting = next(one for one in roster(permit, sessions_of(away)[1]))
    keep_apart(record, sitting.record)
    assert client.get(elsewhere_url(record)).context["lines"] == []


def test_who_may_not_open_the_person_learns_nothing_of_seats_elsewhere(beyond, signed_in):
    record, _away = beyond
    url = elsewhere_url(record)
    statuses = [
        signed_in(who).get(url).status_code for who in ("alice", "charlie", "riva", "paula")
    ]
    assert statuses == [200, 404, 404, 403]


def test_a_makeup_is_booked_in_one_click_and_taken_back_in_another(missed, signed_in):
    record, _ = missed
    thursday = sessions_of(other_track())[1]
    client = signed_in("fred")
    url = reverse("schedule:book_makeup", args=[number_of(record)])
    answer = client.post(url, {"on": "2026-11-22", "session": thursday}, follow=True)
    assert "Booked: Evening B, Thu 26 Nov, 18:00 to 21:20." in text_of(answer)
    assert week(record, now=evening(MONDAY, 230)).state == WeekState.ON_TRACK
    assert "Every week is on track" in text_of(client.get(LIST))
    client.post(reverse("schedule:leave_makeup", args=[number_of(record), thursday]))
    assert week(record, now=evening(MONDAY, 240)).state == WeekState.AT_RISK


def test_a_makeup_that_does_not_fit_is_refused_with_its_rule(missed, signed_in):
    record, (_, wednesday, *_rest) = missed
    url = reverse("schedule:book_makeup", args=[number_of(record)])
    client = signed_in("alice")
    answer = client.post(url, {"on": "2026-11-23", "session": wednesday})
    assert answer.status_code == 422
    assert "This person is expected in this session already." in text_of(answer)
    assert client.post(url, {"on": "2026-11-23", "session": "x"}).status_code == 404


def test_one_persons_week_shows_sessions_hours_and_the_decision(missed, signed_in, clock):
    record, _ = missed
    clock(evening(SATURDAY, 400))
    client = signed_in("alice")
    shown = text_of(client.get(week_url(record)))
    for words in ("Held for decision", "540 min on 3 days", "Absent", "not recorded"):
        assert (words, words in shown) == (words, True)
    url = reverse("schedule:decide_week", args=[number_of(record)])
    typed = {"on": "2026-11-23", "decision": "released"}
    assert "Fill this in." in text_of(client.post(url, typed))
    client.post(url, typed | {"reason": "Payer agreed on the phone"})
    assert "Payer agreed on the phone" in text_of(client.get(week_url(record)))
    assert week(record, now=evening(SATURDAY, 500)).state == WeekState.DECIDED


def test_the_list_is_filtered_by_state_and_week(missed, signed_in):
    client, number = signed_in("alice"), number_of(missed[0])
    assert number in text_of(client.get(f"{LIST}&state=at_risk"))
    assert number not in text_of(client.get(f"{LIST}&state=documented"))
    assert number not in text_of(client.get("/desk/weeks/?on=2026-11-30"))
    assert "Nothing in this state" in text_of(client.get(f"{LIST}&state=documented"))


def test_the_file_holds_record_numbers_and_no_names(missed, signed_in):
    record, _ = missed
    answer = signed_in("alice").get("/desk/weeks.csv?on=2026-11-23")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    (row,) = csv.DictReader(lines)
    assert row == {
        "record": number_of(record), "track": "Evening A", "week_from": "2026-11-22",
        "week_to": "2026-11-28", "scheduled_minutes": "540", "attended_minutes": "0",
        "missing_minutes": "180", "days_scheduled": "3", "days_attended": "0",
        "missing_days": "1", "unrecorded": "0", "state": "at_risk", "reason": "",
    }  # fmt: skip


def test_all_clinics_of_a_director_or_the_one_of_the_switcher(missed, signed_in):
    record, _ = missed
    client = signed_in("dana")
    assert number_of(record) not in text_of(client.get(LIST))  # Gulf is the first by name
    assert number_of(record) in text_of(client.get(f"{LIST}&where=all"))


def test_bob_may_charlie_finds_nothing_paula_may_not_and_strangers_sign_in(missed, signed_in):
    record, _ = missed
    number, session = number_of(record), missed[1][1]
    for url in (LIST, "/desk/weeks.csv", week_url(record)):
        assert (url, signed_in("bob").get(url).status_code) == (url, 200)
        assert (url, signed_in("paula").get(url).status_code) == (url, 403)
        assert Client().get(url).url.startswith("/accounts/login/")
    assert number not in text_of(signed_in("charlie").get(f"{LIST}&where=all"))
    assert signed_in("charlie").get(week_url(record)).status_code == 404
    posts = [
        ("book_makeup", [number]), ("decide_week", [number]), ("leave_makeup", [number, session]),
    ]  # fmt: skip
    for name, args in posts:
        url = reverse(f"schedule:{name}", args=args)
        assert (name, signed_in("charlie").post(url).status_code) == (name, 404)
        assert (name, signed_in("bob").get(url).status_code) == (name, 405)
    assert signed_in("fred").post(reverse("schedule:decide_week", args=[number])).status_code == 403


def test_the_list_costs_the_same_for_one_and_three(network, clock, signed_in):
    clock(evening(MONDAY, 220))
    other_track()
    track = make_track()
    monday, counts = sessions_of(track)[0], []
    for _ in range(2):
        for record in make_enrolled(track, 1 + len(counts)):
            miss(monday, record, MONDAY)
        client = signed_in("alice")
        client.get(LIST)
        counts.append(statements(lambda c=client: c.get(LIST)))
    assert counts == [18, 18]
