"""Pages of topics: the plan of weeks, a session's topic, changing it with the cost first, paper."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openiop.schedule.actions import rotation as actions
from openiop.schedule.models import SessionTopic
from openiop.schedule.queries.topics import topics_of
from openiop.schedule.tests.test_rotation import following, topics
from openiop.schedule.tests.world import NOW, as_job, make_enrolled, make_track

EARLY = NOW - timedelta(hours=1)


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def world(network: Any, clock: Any) -> tuple[int, list[int], list[int]]:
    clock(EARLY)
    return following()


def test_a_track_s_page_shows_the_topics_of_its_weeks(world: Any, signed_in: Any) -> None:
    track, sessions, _people = world
    page = text(signed_in("alice").get(f"/desk/tracks/{track}/topics/"))
    for words in ("Motivation: your own reasons", "Week of 23 November",
                  "Nobody hears a topic twice",
                  f"/desk/sessions/{sessions[0]}/topic/", "Fixed now"):  # fmt: skip
        assert words in page


def test_the_plan_takes_as_many_statements_for_two_people_as_for_five(
    world: Any, signed_in: Any
) -> None:
    track, _sessions, _people = world
    client = signed_in("alice")

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/desk/tracks/{track}/topics/")
        return len(asked)

    statements()
    two = statements()
    make_enrolled(track, 3)
    assert statements() == two


def test_a_swap_shows_its_cost_then_is_made_and_undone(world: Any, signed_in: Any) -> None:
    track, sessions, _people = world
    was = topics(track)
    client, url = signed_in("alice"), f"/desk/sessions/{sessions[0]}/topic/swap/"
    preview = client.post(url, {"other": sessions[7]})
    assert "It costs nothing" in text(preview)
    assert topics(track) == was
    done = text(client.post(url, {"other": sessions[7], "confirmed": "1"}, follow=True))
    assert topics(track)[0] == ("tobacco", 1, "pinned")
    undo = done.split('action="/desk/topics/')[1].split('"')[0]
    assert "Undone" in text(client.post(f"/desk/topics/{undo}", follow=True))
    assert topics(track) == was


def test_a_pin_says_who_would_hear_the_topic_again(world: Any, signed_in: Any) -> None:
    _track, sessions, _people = world
    url = f"/desk/sessions/{sessions[4]}/topic/pin/"
    page = text(signed_in("alice").post(url, {"topic": "motivation:1"}))
    assert "2 people would hear Motivation: your own reasons again" in page


def test_a_topic_is_replaced_on_the_spot_with_a_reason(world: Any, signed_in: Any) -> None:
    _track, sessions, _people = world
    url = f"/desk/sessions/{sessions[0]}/topic/replace/"
    asked = {"reason": "A crisis", "title": "For Maria", "topic": "", "confirmed": "1"}
    client = signed_in("alice")
    assert client.post(url, asked).status_code == 302
    assert "For Maria" in text(client.get(f"/desk/sessions/{sessions[0]}/topic/"))
    nothing = client.post(url, asked | {"title": "", "topic": ""})
    assert (nothing.status_code, "No topic is chosen." in text(nothing)) == (422, True)


def test_a_session_s_topic_has_its_steps_and_a_worksheet(world: Any, signed_in: Any) -> None:
    _track, sessions, _people = world
    client, url = signed_in("alice"), f"/desk/sessions/{sessions[0]}/topic/"
    page = text(client.get(url))
    assert "The four boxes, alone" in page
    sheet = text(client.get(url + "worksheet/"))
    assert "What does it cost me?" in sheet


def test_a_track_without_curriculum_is_given_one(network: Any, signed_in: Any, clock: Any) -> None:
    clock(EARLY)
    track = make_track()
    client, url = signed_in("dana"), f"/desk/tracks/{track}/topics/"
    assert "No curriculum yet" in text(client.get(url))
    asked = {"curriculum": "iop-30:1", "from_on": "2026-11-23"}
    assert client.post(url + "curriculum/", asked).status_code == 302
    assert len(topics(track)) == 9


@pytest.mark.parametrize(
    "page", ["topic/", "topic/worksheet/", "topic/swap/", "topic/pin/", "topic/replace/"]
)
def test_another_clinic_s_session_has_no_topic_here(world: Any, signed_in: Any, page: str) -> None:
    _track, sessions, _people = world
    assert signed_in("charlie").get(f"/desk/sessions/{sessions[0]}/{page}").status_code == 404


def test_a_person_s_topics_are_had_missed_and_to_come(world: Any) -> None:
    _track, sessions, people = world
    with as_job("schedule.read") as permit:
        found = topics_of(permit, people[0])
    assert (found.had, found.missed, len(found.coming)) == ((), (), len(sessions))
    with as_job("schedule.read", NOW + timedelta(days=1)) as permit:
        later = topics_of(permit, people[0])
    assert [each.topic for each in later.had] == ["motivation"]


def test_letting_a_pinned_topic_move_again(world: Any, signed_in: Any) -> None:
    _track, sessions, _people = world
    with as_job(actions.WRITE) as permit:
        actions.pin(permit, sessions[5], "family")
    url = f"/desk/sessions/{sessions[5]}/topic/unpin/"
    assert signed_in("alice").post(url).status_code == 302
    with as_job("schedule.read"):
        assert SessionTopic.objects.get(session_id=sessions[5]).state == "planned"
