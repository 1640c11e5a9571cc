"""Where forecasts of free seats are seen: a track, the week's board, and how good they are."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openiop.config.network_for_tests import GULF
from openiop.programs.queries import enrollments_of
from openiop.schedule.actions.enrollment import enroll, leave_track
from openiop.schedule.actions.forecast import make
from openiop.schedule.jobs import forecast_seats
from openiop.schedule.rules.calibration import Score
from openiop.schedule.tests.world import as_job, make_episode, make_person, make_track
from openiop.schedule.views.forecast import _lean, _verdict

PAGE = "/desk/tracks/forecast/"
GOOD = Score(100, 0.9, 0.91, 0.8, 0.5, 0.7, 2.0, 0.02)


@pytest.fixture
def today() -> Any:
    """Pages live now."""
    return timezone.now().astimezone(ZoneInfo("America/Chicago")).date()


def made() -> None:
    with as_job("schedule.forecast.make", timezone.now()) as permit:
        make(permit)


def begun(today: Any, people: int, clinic: int = 1) -> tuple[int, list[int]]:
    """A track that has run for five weeks, with people known since then."""
    start = today - timedelta(weeks=5)
    then = timezone.now() - timedelta(weeks=5, hours=1)
    track = make_track(clinic, now=then, start_on=start, weeks=8)
    records = [make_person(clinic) for _ in range(people)]
    for record in records:
        episode = make_episode(record, track, then)
        with as_job("schedule.enroll", then) as permit:
            enroll(permit, record=record, track=track, start_on=start, episode=episode)
    return track, records


def statements(client: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_a_track_shows_its_free_seats_by_week(network: Any, signed_in: Any, today: Any) -> None:
    track = make_track(now=timezone.now(), start_on=today)
    client = signed_in("alice")
    assert "Free seats ahead" not in client.get(f"/desk/tracks/{track}/").content.decode()
    made()
    page = client.get(f"/desk/tracks/{track}/").content.decode()
    assert "Free seats ahead" in page
    assert page.count('<td class="num">11.0</td>') == 8
    assert '<b class="num">11</b>' in page


def test_the_board_shows_a_band_by_track(network: Any, signed_in: Any, today: Any) -> None:
    make_track(now=timezone.now(), start_on=today)
    client = signed_in("alice")
    assert "<polygon" not in client.get("/desk/tracks/board/").content.decode()
    made()
    assert client.get("/desk/tracks/board/").content.decode().count("<polygon") == 1


def test_the_forecast_is_made_each_night(network: Any, signed_in: Any, today: Any) -> None:
    make_track(now=timezone.now(), start_on=today)
    with as_job("schedule.forecast.make", timezone.now()) as permit:
        forecast_seats(permit)
    assert "<polygon" in signed_in("alice").get("/desk/tracks/board/").content.decode()


def test_a_network_without_a_past_has_nothing_to_show(network: Any, signed_in: Any) -> None:
    page = signed_in("dana").get(PAGE).content.decode()
    assert "Nothing to hold a forecast against yet" in page


def test_the_past_is_shown_with_what_was_claimed(network: Any, signed_in: Any, today: Any) -> None:
    _track, records = begun(today, 4)
    with as_job("schedule.enroll", timezone.now() - timedelta(days=8)) as permit:
        place = enrollments_of(permit, records[0])[0]
        leave_track(permit, place.id, today - timedelta(days=8), "dropped out")
    answer = signed_in("dana").get(PAGE)
    found = answer.context["found"]
    assert [ahead for ahead, _score in found.by_ahead] == [1, 2, 3, 4][: len(found.by_ahead)]
    assert found.total.number in (10, 15)  # four or five Sundays, one to four weeks ahead of them
    assert found.total.error_now > 0
    page = answer.content.decode()
    assert "By how far ahead" in page and "Came free" in page
    assert page.count("<circle") == len(found.bins)


def test_the_page_takes_as_many_statements_for_one_track_as_for_three(
    network: Any, signed_in: Any, today: Any
) -> None:
    begun(today, 2)
    client = signed_in("dana")
    client.get(PAGE)
    one = statements(client, PAGE)
    begun(today, 3, GULF)
    assert statements(client, PAGE) == one


def test_each_sees_the_clinics_of_their_own(network: Any, signed_in: Any, today: Any) -> None:
    begun(today, 3, GULF)
    assert signed_in("dana").get(PAGE).context["found"].total.number > 0
    assert "found" not in signed_in("alice").get(PAGE).context


def test_those_without_a_board_do_not_see_it(network: Any, signed_in: Any, client: Any) -> None:
    assert client.get(PAGE)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("inside", "tone"), [(0.91, "good"), (0.87, "good"), (0.85, "watch"), (0.97, "info")]
)
def test_a_director_reads_what_to_make_of_it(inside: float, tone: str) -> None:
    assert _verdict(GOOD._replace(inside=inside))["tone"] == tone


def test_the_side_it_leans_to_is_named() -> None:
    assert [_lean(bias) for bias in (0.04, 0.6, -0.61)] == [
        "neither side", "0.6 too many", "0.6 too few",
    ]  # fmt: skip
