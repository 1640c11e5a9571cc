"""The director's board: seats, groups, notes, waiting; by clinic, and as a file."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from openiop.config.network_for_tests import GULF, NORTH, SOUTH
from openiop.desk.queries import director
from openiop.desk.queries.director import Place
from openiop.desk.views.director import narrowed
from openiop.schedule.actions.attendance import arrive
from openiop.schedule.actions.forecast import make
from openiop.schedule.actions.waiting import join
from openiop.schedule.queries.sessions import track_sessions
from openiop.schedule.queries.sizes import GroupSize, group_sizes
from openiop.schedule.rules.forecast import Week
from openiop.schedule.tests.world import TODAY, as_job, make_enrolled, make_person, make_track

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
BOARD_STATEMENTS = 17  # seven that every test request pays, ten of the page
PLACES = [
    Place(NORTH, "NORTH", "North", "Area", "area"), Place(SOUTH, "SOUTH", "South", "Area", "area"),
    Place(GULF, "GULF", "Gulf", "Bay", "bay"),
]  # fmt: skip


def line(opened, track: int) -> director.TrackLine:
    with opened("dana", "desk.director", now=NOON) as permit:
        lines = director.board(permit, PLACES, TODAY)
    return next(t for each in lines for t in each.tracks if t.track.id == track)


def test_a_track_shows_who_is_enrolled_and_what_is_free(opened, network):
    track = make_track()
    make_enrolled(track, 3)
    shown = line(opened, track)
    assert (shown.enrolled, shown.taken, shown.caps.usual, shown.free) == (3, 3, 11, 8)


def test_whoever_completes_within_four_weeks_is_expected_to_leave(opened, network):
    track = make_track(start_on=TODAY - timedelta(weeks=6), now=NOON - timedelta(weeks=6), weeks=8)
    make_enrolled(track, 1)  # eight weeks from today on
    assert line(opened, track).leaving == 0


def test_who_waits_is_counted(opened, network):
    track = make_track()
    make_enrolled(track, 11)
    person = make_person()
    with as_job("schedule.enroll") as permit:
        join(permit, record=person, track_id=track)
    assert line(opened, track).waiting == 1


def test_group_sizes_count_who_came(opened, network):
    track = make_track()
    records = make_enrolled(track, 3)
    with as_job("schedule.read") as permit:
        one, two = track_sessions(permit, track, TODAY, limit=2)
    for session, came in ((one, 3), (two, 1)):
        for record in records[:came]:
            with as_job("schedule.attendance.write", session.starts_at) as permit:
                arrive(permit, session.id, record)
    with opened("dana", "desk.director") as permit:
        sizes = group_sizes(permit, [NORTH], TODAY, TODAY + timedelta(days=7))
    assert sizes == {track: GroupSize(sessions=2, average=2.0, largest=3)}


def test_the_sums_of_a_clinic_are_those_of_its_tracks(opened, network):
    make_enrolled(make_track(), 2)
    make_enrolled(make_track(room=2, starts=time(9), staff=()), 1)
    with opened("dana", "desk.director", now=NOON) as permit:
        north, south, _gulf = director.board(permit, PLACES, TODAY)
    assert (north.total("enrolled"), north.total("free"), south.total("enrolled")) == (3, 19, 0)
    assert [bucket.count for bucket in director.ages([north, south])] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("area", "clinic", "codes"),
    [("", "", ["NORTH", "SOUTH", "GULF"]), ("area", "", ["NORTH", "SOUTH"]), ("", "GULF", ["GULF"]),
     ("bay", "NORTH", ["NORTH", "SOUTH", "GULF"])],
)  # fmt: skip
def test_an_area_or_a_clinic_narrows_the_board(area, clinic, codes):
    assert [place.code for place in narrowed(PLACES, area, clinic)] == codes


def test_the_forecast_for_four_weeks_stands_beside_what_is_free(opened, signed_in, network):
    track = make_track()
    with as_job("schedule.forecast.make") as permit:
        make(permit)
    shown = line(opened, track)
    assert shown.ahead == Week(TODAY + timedelta(weeks=4), 11, 11.0, 11)
    assert shown.expected == 11
    with as_job("schedule.forecast.make", timezone.now()) as permit:  # pages live now
        make(permit)
    rows = signed_in("dana").get("/desk/board/").context["rows"]
    assert '<td class="num" data-label="Free in four weeks">11</td>' in rows
    answer = signed_in("dana").get(reverse("desk:director_file"))
    head, row = b"".join(answer.streaming_content).decode().splitlines()
    columns = dict(zip(head.split(","), row.split(","), strict=True))
    assert (columns["free_in_4_weeks"], columns["free_in_4_weeks_low"]) == ("11.0", "11")


def test_without_a_forecast_the_board_says_none(opened, network):
    shown = line(opened, make_track())
    assert (shown.ahead, shown.expected) == (None, 0)


# --- the page ----------------------------------------------------------------------------------


def test_the_board_shows_the_leaders_own_clinics_only(signed_in, network):
    make_track(), make_track(SOUTH)
    shown = signed_in("dana").get("/desk/board/?clinic=SOUTH").context["lines"]
    assert [(each.code, len(each.tracks)) for each in shown] == [("SOUTH", 1)]
    shown = signed_in("sam").get("/desk/board/?clinic=SOUTH").context["lines"]
    assert [each.code for each in shown] == ["GULF", "NORTH"]


@pytest.mark.parametrize(("person", "status"), [("alice", 403), ("fred", 403), ("adam", 200)])
def test_the_board_is_for_leaders(signed_in, network, person, status):
    assert signed_in(person).get("/desk/board/").status_code == status


def test_an_empty_network_says_what_brings_something(signed_in, network):
    assert b"No track is running here" in signed_in("dana").get("/desk/board/").content


def test_the_file_has_a_line_a_track(signed_in, network):
    make_enrolled(make_track(name="=Evening"), 2)
    answer = signed_in("dana").get(reverse("desk:director_file"))
    head, row = b"".join(answer.streaming_content).decode().splitlines()
    assert head.split(",")[:5] == ["area", "clinic", "track", "starts", "enrolled"]
    assert row.split(",")[1:5] == ["NORTH", "'=Evening", "18:00", "2"]
    assert answer["Content-Disposition"].endswith('.csv"')


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_takes_the_same_statements_for_one_and_three_tracks(
    signed_in, django_assert_num_queries, network, count
):
    for place in range(count):
        make_enrolled(make_track([NORTH, SOUTH, GULF][place]), 1)
    client = signed_in("dana")
    client.get("/desk/board/")
    with django_assert_num_queries(BOARD_STATEMENTS):
        assert client.get("/desk/board/").context["rows"].count('<th scope="row">') == count


def test_credentials_that_run_out_are_listed(signed_in, network):
    page = signed_in("dana").get(reverse("desk:director_running"), headers={"HX-Request": "true"})
    assert (page.context["count"], page.content.startswith(b"\n<section")) == (0, False)
