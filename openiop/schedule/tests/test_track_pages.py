"""Pages of programs and tracks: list, builder, one track, the week's board."""

from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openiop.config.network_for_tests import NORTH
from openiop.programs.queries import track as track_facts
from openiop.programs.queries import tracks
from openiop.schedule.actions.waiting import join
from openiop.schedule.queries.sessions import track_sessions
from openiop.schedule.tests.world import (
    as_job,
    make_enrolled,
    make_person,
    make_program,
    make_track,
)  # fmt: skip


@pytest.fixture
def today() -> Any:
    """Pages live now."""
    return timezone.now().astimezone(ZoneInfo("America/Chicago")).date()


def at_north(client: Any) -> Any:
    """Dana leads three clinics: the switcher stands on North."""
    session = client.session
    session["clinic"] = "NORTH"
    session.save()
    return client


def now_track(today: Any, **plan: Any) -> int:
    return make_track(now=timezone.now(), start_on=today, **plan)


def statements(client: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def planned(today: Any, **facts: Any) -> dict[str, Any]:
    return {
        "name": "Evening A", "program": make_program(), "weekdays": ["0", "2", "4"],
        "starts": "18:00", "start_on": today.isoformat(), "place": "1", "lead": "1",
        "kind_1": "counseling", "minutes_1": "60", "kind_2": "break", "minutes_2": "10",
        "kind_3": "education", "minutes_3": "60", "kind_4": "break", "minutes_4": "10",
        "kind_5": "counseling", "minutes_5": "60",
    } | facts  # fmt: skip


# --- programs ----------------------------------------------------------------------------------


def test_a_program_is_added_once(network: Any, signed_in: Any) -> None:
    client = at_north(signed_in("dana"))
    facts = {"name": "Evening program", "kind": "co_occurring"}
    assert client.post("/desk/programs/new/", facts).status_code == 302
    page = client.get("/desk/programs/").content.decode()
    assert "Evening program" in page and "Co-occurring" in page
    again = client.post("/desk/programs/new/", facts)
    assert again.status_code == 422
    assert "A program with this name exists." in again.content.decode()


def test_a_clinician_sees_programs_and_adds_none(network: Any, signed_in: Any) -> None:
    client = signed_in("alice")
    assert "Add the program" not in client.get("/desk/programs/").content.decode()
    assert client.post("/desk/programs/new/", {"name": "X"}).status_code == 403


# --- the builder -------------------------------------------------------------------------------


def test_a_track_is_built_with_its_first_sessions(network: Any, signed_in: Any, today: Any) -> None:
    answer = at_north(signed_in("dana")).post("/desk/tracks/new/", planned(today))
    track = int(answer["Location"].split("/")[-2])
    with as_job("schedule.read", timezone.now()) as permit:
        facts = track_facts(permit, track)
        laid = track_sessions(permit, track, today)
    assert (facts.name, facts.weekdays, facts.starts) == ("Evening A", (0, 2, 4), time(18))
    assert (facts.minutes, facts.counted_minutes) == (200, 180)
    assert {session.on.weekday() for session in laid} == {0, 2, 4}
    assert len(laid) in (24, 25)


def test_a_draft_shows_what_stands_against_it_and_is_not_built(
    network: Any, signed_in: Any, today: Any
) -> None:
    client = at_north(signed_in("dana"))
    facts = planned(today, minutes_5="50", lead="", check="1")
    page = client.post("/desk/tracks/new/", facts).content.decode()
    assert "170 countable minutes a day; 180 are asked for. Breaks never count." in page
    assert "510 countable minutes a week; 540 are asked for." in page
    assert "Nobody holds this track yet." in page
    with as_job("schedule.read") as permit:
        assert tracks(permit) == []
    assert "First sessions" in page


def test_the_draft_is_checked_while_it_is_typed(network: Any, signed_in: Any, today: Any) -> None:
    client = at_north(signed_in("dana"))
    now_track(today, name="Other")
    page = client.post("/desk/tracks/new/check/", planned(today)).content.decode()
    assert "Maple has Other" in page and "Alice Adams has Other" in page
    virtual = planned(today, place="virtual", lead="2", name="Video")
    page = client.post("/desk/tracks/new/check/", virtual).content.decode()
    assert "Nothing stands against it" in page
    incomplete = client.post("/desk/tracks/new/check/", {"name": "X"}).content.decode()
    assert "Fill in days, blocks and place" in incomplete


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"kind_1": "counseling", "minutes_1": ""}, "Say how long it takes."),
        ({"co": "1"}, "Choose somebody else, or nobody."),
        ({"end_on": "2020-01-01"}, "Choose a day after the first one."),
        ({"weekdays": []}, "Choose one."),
    ],
)
def test_a_draft_that_makes_no_sense_says_what_to_do(
    network: Any, signed_in: Any, today: Any, facts: dict[str, Any], sentence: str
) -> None:
    answer = at_north(signed_in("dana")).post("/desk/tracks/new/", planned(today, **facts))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_two_tracks_of_one_name_are_refused_in_the_form(
    network: Any, signed_in: Any, today: Any
) -> None:
    client = at_north(signed_in("dana"))
    client.post("/desk/tracks/new/", planned(today, place="virtual"))
    again = client.post("/desk/tracks/new/", planned(today, place="virtual"))
    assert again.status_code == 422
    assert "This clinic has a track with this code." in again.content.decode()


def test_a_clinician_builds_no_track(network: Any, signed_in: Any) -> None:
    client = signed_in("alice")
    assert client.get("/desk/tracks/new/").status_code == 403
    assert "Build a track" not in client.get("/desk/tracks/").content.decode()


# --- list, track, board ------------------------------------------------------------------------


def test_the_list_shows_tracks_with_their_seats(network: Any, signed_in: Any, today: Any) -> None:
    track = now_track(today)
    make_enrolled(track, 2, start_on=today)
    page = signed_in("alice").get("/desk/tracks/").content.decode()
    assert "Evening A" in page and "Monday, Wednesday, Friday, 18:00" in page
    assert "2 of 11 filled" in page


def test_the_list_takes_as_many_statements_for_one_track_as_for_three(
    network: Any, signed_in: Any, today: Any
) -> None:
    now_track(today)
    client = signed_in("alice")
    client.get("/desk/tracks/")
    one = statements(client, "/desk/tracks/")
    for hour in (9, 13):
        now_track(today, name=f"At {hour}", starts=time(hour))
    assert statements(client, "/desk/tracks/") == one


def test_a_track_shows_who_sits_who_waits_and_what_is_ahead(
    network: Any, signed_in: Any, today: Any
) -> None:
    track = now_track(today)
    make_enrolled(track, 11, start_on=today)
    waiting = make_person(legal_first="Wanda", legal_last="Waits")
    with as_job("schedule.enroll", timezone.now()) as permit:
        join(permit, record=waiting, track_id=track)
    page = signed_in("alice").get(f"/desk/tracks/{track}/").content.decode()
    assert page.count('data-label="Seat"') == 11
    assert "Wanda Waits" in page
    assert "11 of 11 filled, 1 waiting" in page
    assert "Alice Adams" in page


def test_a_track_takes_as_many_statements_for_one_person_as_for_three(
    network: Any, signed_in: Any, today: Any
) -> None:
    track = now_track(today)
    make_enrolled(track, start_on=today)
    client = signed_in("alice")
    client.get(f"/desk/tracks/{track}/")
    one = statements(client, f"/desk/tracks/{track}/")
    make_enrolled(track, 2, start_on=today)
    assert statements(client, f"/desk/tracks/{track}/") == one


def test_the_board_shows_seats_by_session(network: Any, signed_in: Any, today: Any) -> None:
    track = now_track(today, weekdays=(0, 1, 2, 3, 4, 5, 6))
    make_enrolled(track, 3, start_on=today)
    client = signed_in("alice")
    page = client.get("/desk/tracks/board/").content.decode()
    assert "3 of 11 filled" in page
    after = (today + timedelta(days=7)).isoformat()
    assert (
        client.get(f"/desk/tracks/board/?week={after}").content.decode().count("3 of 11 filled")
        == 2 * 7
    )
    assert client.get("/desk/tracks/board/?week=nonsense").status_code == 200


def test_the_board_takes_as_many_statements_for_one_track_as_for_three(
    network: Any, signed_in: Any, today: Any
) -> None:
    make_enrolled(now_track(today), start_on=today)
    client = signed_in("alice")
    client.get("/desk/tracks/board/")
    one = statements(client, "/desk/tracks/board/")
    for hour in (9, 13):
        make_enrolled(now_track(today, name=f"At {hour}", starts=time(hour)), 3, start_on=today)
    assert statements(client, "/desk/tracks/board/") == one


def test_the_coming_weeks_are_laid_at_a_press(network: Any, signed_in: Any, today: Any) -> None:
    track = now_track(today, weeks=0)
    assert at_north(signed_in("dana")).post("/desk/tracks/lay/").status_code == 302
    with as_job("schedule.read") as permit:
        assert len(track_sessions(permit, track, today)) in (24, 25)


def test_another_clinic_sees_nothing_of_a_track(network: Any, signed_in: Any, today: Any) -> None:
    track = now_track(today)
    client = signed_in("charlie")
    assert client.get(f"/desk/tracks/{track}/").status_code == 404
    assert "Evening A" not in client.get("/desk/tracks/").content.decode()
    assert "Evening A" not in client.get("/desk/tracks/board/").content.decode()


def test_nobody_signed_in_is_sent_to_the_sign_in_page(network: Any, client: Any) -> None:
    for url in ("/desk/tracks/", "/desk/tracks/new/", "/desk/tracks/board/", "/desk/programs/"):
        assert client.get(url)["Location"].startswith("/accounts/login/"), NORTH
