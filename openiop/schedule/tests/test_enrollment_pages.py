"""Pages of places in tracks and of the waiting lists."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openiop.patients.queries import person
from openiop.programs.queries import current_enrollments, episodes, waiting_lists
from openiop.schedule.actions.enrollment import leave_track
from openiop.schedule.actions.waiting import join
from openiop.schedule.tests.world import as_job, make_enrolled, make_person, make_track


@pytest.fixture
def today() -> date:
    """Pages live now."""
    return timezone.now().astimezone(ZoneInfo("America/Chicago")).date()


def now_track(today: date, people: int = 0, **plan: Any) -> tuple[int, list[int]]:
    track = make_track(now=timezone.now(), start_on=today, **plan)
    return track, make_enrolled(track, people, start_on=today)


def number_of(record: int) -> str:
    with as_job("schedule.read") as permit:
        return person(permit, record).number


def place_of(record: int, day: date) -> Any:
    with as_job("schedule.read") as permit:
        return current_enrollments(permit, [record], day).get(record)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def enroll_url(track: int, record: int) -> str:
    return f"/desk/tracks/{track}/enroll/?record={number_of(record)}"


def test_enrolling_begins_with_the_record_number(network: Any, signed_in: Any, today: date) -> None:
    track, _people = now_track(today)
    page = text(signed_in("fred").get(f"/desk/tracks/{track}/enroll/"))
    assert 'name="record"' in page
    unknown = signed_in("fred").get(f"/desk/tracks/{track}/enroll/?record=99999999")
    assert unknown.status_code == 404


def test_the_first_place_opens_an_episode(network: Any, signed_in: Any, today: date) -> None:
    track, _people = now_track(today)
    record = make_person()
    client, url = signed_in("fred"), enroll_url(track, record)
    assert "This opens an episode of care." in text(client.get(url))
    facts = {"start_on": today.isoformat(), "expected_weeks": "8", "days_a_week": "3",
             "counselor": "1"}  # fmt: skip
    done = client.post(url, facts, follow=True)
    assert "Enrolled on seat 1." in text(done)
    with as_job("schedule.read") as permit:
        found = episodes(permit, [record], today)[record]
    assert (found.counselor, found.days_a_week) == (1, 3)
    assert found.expected_end_on == today + timedelta(weeks=8)
    assert place_of(record, today).track == track


def test_a_person_with_an_episode_is_asked_for_the_day_only(
    network: Any, signed_in: Any, today: date
) -> None:
    track, (record, *_rest) = now_track(today, 1)
    with as_job("schedule.enroll", timezone.now()) as permit:
        leave_track(permit, place_of(record, today).id, today, "left")
    client, url = signed_in("fred"), enroll_url(track, record)
    assert 'name="expected_weeks"' not in text(client.get(url))
    client.post(url, {"start_on": today.isoformat()})
    assert place_of(record, today).track == track


def test_a_full_track_is_said_with_the_number_and_asks_for_a_reason(
    network: Any, signed_in: Any, today: date
) -> None:
    track, _people = now_track(today, 11)
    record = make_person()
    url = enroll_url(track, record)
    facts = {"start_on": today.isoformat(), "expected_weeks": "8", "days_a_week": "3"}
    no = signed_in("fred").post(url, facts)
    assert no.status_code == 422
    # The apostrophe is escaped in HTML.
    assert "11 people sit here, and the house&#x27;s own limit is 11." in text(no)
    assert "Ask a supervisor or director to seat them" in text(no)
    yes = signed_in("sam").post(url, facts | {"over_house_reason": "Released today"})
    assert yes.status_code == 302
    with as_job("schedule.read") as permit:
        assert len(episodes(permit, [record], today)) == 1


def test_a_person_enrolled_elsewhere_is_offered_free_tracks_as_links(
    network: Any, signed_in: Any, today: date
) -> None:
    first, (record,) = now_track(today, 1)
    second, _none = now_track(today, name="Video", mode="virtual", staff=())
    third, _none = now_track(today, name="Video B", mode="virtual", staff=())
    number = number_of(record)
    no = signed_in("fred").post(enroll_url(second, record), {"start_on": today.isoformat()})
    assert "This person has a place in Evening A." in text(no)
    assert f'href="/desk/tracks/{third}/enroll/?record={number}"' in text(no)
    assert f'href="/desk/tracks/{first}/enroll/?record={number}"' not in text(no)


def test_a_refused_first_place_leaves_no_episode_behind(
    network: Any, signed_in: Any, today: date
) -> None:
    track, _people = now_track(today, 11)
    record = make_person()
    facts = {"start_on": today.isoformat(), "expected_weeks": "8", "days_a_week": "3"}
    signed_in("fred").post(enroll_url(track, record), facts)
    with as_job("schedule.read") as permit:
        assert episodes(permit, [record], today) == {}


def test_a_place_is_ended_and_changed_from_its_pages(
    network: Any, signed_in: Any, today: date
) -> None:
    _track, (one, two) = now_track(today, 2)
    other, _none = now_track(today, name="Video", mode="virtual", staff=())
    client, later = signed_in("fred"), today + timedelta(days=3)
    leave = f"/desk/enrollments/{place_of(one, today).id}/leave/"
    client.post(leave, {"on": later.isoformat(), "reason": "completed"})
    assert place_of(one, later) is None
    change = f"/desk/enrollments/{place_of(two, today).id}/change/"
    client.post(change, {"track": str(other), "on": later.isoformat()})
    assert place_of(two, later).track == other
    assert client.post(leave, {"on": later.isoformat(), "reason": "left"}).status_code == 422


def test_another_clinic_reaches_no_place_and_no_line(
    network: Any, signed_in: Any, today: date
) -> None:
    track, (record, *_rest) = now_track(today, 11)
    place = place_of(record, today).id
    entry = waiting(track)
    client = signed_in("charlie")
    pages = [enroll_url(track, record), f"/desk/waiting/{entry}/accept/"]
    pages += [f"/desk/enrollments/{place}/{verb}/" for verb in ("leave", "change")]
    for url in pages:
        assert client.get(url).status_code == 404, url
    assert client.post(f"/desk/waiting/{entry}/decline/").status_code == 404


def waiting(track: int) -> int:
    with as_job("schedule.enroll", timezone.now()) as permit:
        return join(permit, record=make_person(), track_id=track)


def test_somebody_is_put_in_line_once(network: Any, signed_in: Any, today: date) -> None:
    track, _people = now_track(today, 11)
    number = number_of(make_person())
    client = signed_in("fred")
    facts = {"record": number, "track": str(track), "note": "evenings only"}
    assert "In line." in text(client.post("/desk/waiting/", facts, follow=True))
    page = text(client.get("/desk/waiting/"))
    assert number in page and "evenings only" in page
    again = client.post("/desk/waiting/", facts)
    assert again.status_code == 422
    assert "This person is on the waiting list already." in text(again)
    unknown = client.post("/desk/waiting/", facts | {"record": "99999999"})
    assert "No record of your clinics has this number." in text(unknown)


def test_an_offer_is_declined_and_the_next_accepts(
    network: Any, signed_in: Any, today: date
) -> None:
    track, (leaving, *_rest) = now_track(today, 11)
    first, second = waiting(track), waiting(track)
    with as_job("schedule.enroll", timezone.now()) as permit:
        leave_track(permit, place_of(leaving, today).id, today, "completed")
        line = {each.id: each.record for each in waiting_lists(permit, [track])[track]}
    client = signed_in("fred")
    assert "Accepts" in text(client.get("/desk/waiting/"))
    said = client.post(f"/desk/waiting/{first}/decline/", follow=True)
    assert "The seat is offered to the next in line." in text(said)
    opened = client.get(f"/desk/waiting/{second}/accept/")
    assert opened["Location"] == enroll_url(track, line[second])
    facts = {"start_on": today.isoformat(), "expected_weeks": "8", "days_a_week": "3"}
    client.post(opened["Location"], facts)
    assert place_of(line[second], today).track == track
    assert "Nobody is waiting" in text(client.get("/desk/waiting/"))


def test_the_waiting_page_takes_as_many_statements_for_one_as_for_three(
    network: Any, signed_in: Any, today: date
) -> None:
    track, _people = now_track(today, 11)
    waiting(track)
    client = signed_in("fred")
    client.get("/desk/waiting/")

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/desk/waiting/")
        return len(asked)

    one = statements()
    waiting(track)
    waiting(track)
    assert statements() == one
