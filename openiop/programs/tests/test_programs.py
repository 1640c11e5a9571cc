"""Tracks, episodes and levels of care as they are written and read."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.http import Http404

from openiop.access import door
from openiop.config.network_for_tests import NORTH, SOUTH
from openiop.kernel.permits import NotPermitted, Refused
from openiop.patients.actions import register
from openiop.programs.actions import (
    add_program,
    build_track,
    change_pattern,
    close_entry,
    close_episode,
    end_enrollment_row,
    offer_entry,
    open_enrollment,
    open_episode,
    restore_staffing,
    set_level,
    staff_track,
    wait,
)  # fmt: skip
from openiop.programs.queries import (
    current_enrollments,
    enrollment,
    enrollments_of,
    episodes,
    episodes_of,
    expected_ends,
    expired_offers,
    movements,
    programs,
    staffing,
    track,
    track_enrollments,
    tracks,
    waiting_at,
    waiting_entry,
    waiting_lists,
)  # fmt: skip
from openiop.programs.rules import TrackPlan

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
BLOCKS = (("counseling", 90), ("break", 20), ("education", 90))


def as_job(act: str, **options: Any) -> Any:
    return door.opened_for_job(act, 1, now=NOW, **options)


def program(code: str = "iop", kind: str = "co_occurring") -> int:
    with as_job("programs.track.write") as permit:
        return add_program(permit, code=code, name=f"Program {code}", kind=kind)


def built(**facts: Any) -> int:
    usual: dict[str, Any] = {
        "clinic": NORTH, "program": 0, "code": "evening", "name": "Evening", "weekdays": (4, 0, 2),
        "starts": time(18), "blocks": BLOCKS, "start_on": TODAY, "room": 1,
        "staff": ((1, "lead"), (2, "co")),
    }  # fmt: skip
    plan = usual | facts
    plan["program"] = plan["program"] or program(code=f"p-{plan['code']}-{plan['clinic']}")
    with as_job("programs.track.write") as permit:
        return build_track(permit, TrackPlan(**plan))


def person(clinic: int = NORTH) -> int:
    with as_job("patients.patient.write") as permit:
        return register(permit, clinic=clinic, legal_first="Ana", legal_last="Lopez",
                        birth_on=None).record  # fmt: skip


def opened_episode(record: int, program_id: int, **facts: Any) -> int:
    with as_job("programs.episode.write") as permit:
        return open_episode(
            permit, record=record, clinic=NORTH, program=program_id, opened_on=TODAY, **facts
        )


# --- programs and tracks -----------------------------------------------------------------------


def test_programs_have_one_of_three_kinds(network: Any) -> None:
    program("a", "substance_use")
    program("b", "mental_health")
    with as_job("programs.read") as permit:
        assert [(each.code, each.label) for each in programs(permit)] == [
            ("a", "Substance use"), ("b", "Mental health")
        ]  # fmt: skip


def test_a_code_is_given_once(network: Any) -> None:
    program("a")
    with as_job("programs.track.write") as permit, pytest.raises(Refused) as no:
        add_program(permit, code="a", name="Again", kind="mental_health")
    assert (no.value.code, no.value.field) == ("program_code", "code")


def test_a_track_is_read_as_it_was_built(network: Any) -> None:
    built_id = built(end_on=TODAY + 90 * DAY)
    with as_job("programs.read") as permit:
        found = track(permit, built_id)
        staff = staffing(permit, [built_id], TODAY)[built_id]
    assert (found.weekdays, found.starts, found.room_name) == ((0, 2, 4), time(18), "Maple")
    assert [(block.kind, block.minutes) for block in found.blocks] == list(BLOCKS)
    assert (found.minutes, found.counted_minutes) == (200, 180)
    assert (found.program_kind, found.state, found.timezone) == (
        "co_occurring", "IL", "America/Chicago"
    )  # fmt: skip
    assert (found.start_on, found.pattern_from) == (TODAY, TODAY)
    assert [(each.name, each.part) for each in staff] == [
        ("Alice Adams", "lead"), ("Bob Brown", "co")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"room": None}, "track_place"), ({"code": "taken", "program": 0}, "track_code")],
)
def test_a_track_without_a_place_or_with_a_taken_code_is_refused(
    network: Any, facts: dict[str, Any], code: str
) -> None:
    shared = program()
    if code == "track_code":
        built(code="taken", program=shared)
    with pytest.raises(Refused) as no:
        built(**(facts | {"program": shared}))
    assert no.value.code == code


def test_tracks_that_ended_are_left_out_and_other_clinics_too(network: Any, opened: Any) -> None:
    shared = program()
    ended = built(code="ended", program=shared, end_on=TODAY - DAY, start_on=TODAY - 9 * DAY)
    running = built(code="running", program=shared)
    south = built(code="south", program=shared, clinic=SOUTH, room=3, staff=())
    with as_job("programs.read") as permit:
        assert {each.id for each in tracks(permit, running_on=TODAY)} == {running, south}
        assert {each.id for each in tracks(permit, [NORTH])} == {ended, running}
        assert [each.id for each in tracks(permit, ids=[south])] == [south]
    with opened("charlie", "programs.read", now=NOW) as permit:
        assert [each.id for each in tracks(permit, [NORTH, SOUTH])] == [south]
        with pytest.raises(Http404):
            track(permit, running)


def test_only_leaders_and_supervisors_build(network: Any, opened: Any) -> None:
    with pytest.raises(NotPermitted), opened("alice", "programs.track.write"):
        pass


def test_new_staff_hold_a_track_from_a_day_on_and_the_old_ones_come_back(network: Any) -> None:
    built_id = built()

    def holders(day: date) -> list[tuple[int, str]]:
        with as_job("programs.read") as permit:
            return [(each.id, each.part) for each in staffing(permit, [built_id], day)[built_id]]

    with as_job("programs.track.write") as permit:
        was = staff_track(permit, built_id, [(4, "lead")], TODAY + 7 * DAY)
    assert holders(TODAY + 6 * DAY) == [(1, "lead"), (2, "co")]
    assert holders(TODAY + 7 * DAY) == [(4, "lead")]
    with as_job("programs.track.write") as permit:
        restore_staffing(permit, built_id, was)
    assert holders(TODAY + 7 * DAY) == [(1, "lead"), (2, "co")]


def test_a_pattern_takes_only_its_own_fields(network: Any) -> None:
    built_id = built()
    with as_job("programs.track.write") as permit:
        change_pattern(permit, built_id, weekdays=[1, 3], pattern_from=TODAY + DAY)
        found = track(permit, built_id)
        with pytest.raises(TypeError, match="name"):
            change_pattern(permit, built_id, name="Other")
    assert (found.weekdays, found.pattern_from) == ((1, 3), TODAY + DAY)


# --- episodes ----------------------------------------------------------------------------------


def test_an_episode_has_the_level_in_force_on_the_day(network: Any) -> None:
    record, offered = person(), program()
    episode = opened_episode(record, offered, level="2.1", days_a_week=3, expected_weeks=10)
    with as_job("programs.episode.write") as permit:
        set_level(permit, episode, level="1.0", days_a_week=1, from_on=TODAY + 7 * DAY,
                  reason="stepping down")  # fmt: skip
        now = episodes(permit, [record], TODAY)[record]
        then = episodes(permit, [record], TODAY + 7 * DAY)[record]
    assert (now.level, now.days_a_week, then.level, then.days_a_week) == ("2.1", 3, "1.0", 1)
    assert now.expected_end_on == TODAY + timedelta(weeks=10)


def test_a_second_open_episode_in_one_program_is_refused(network: Any) -> None:
    record, offered = person(), program()
    opened_episode(record, offered)
    with pytest.raises(Refused) as no:
        opened_episode(record, offered)
    assert no.value.code == "episode_open"


def test_an_episode_closes_once_and_another_may_open(network: Any) -> None:
    record, offered = person(), program()
    episode = opened_episode(record, offered)
    with as_job("programs.episode.write") as permit:
        with pytest.raises(Refused) as early:
            close_episode(permit, episode, TODAY - DAY, "completed")
        assert early.value.code == "episode_order"
    with as_job("programs.episode.write") as permit:
        close_episode(permit, episode, TODAY + DAY, "completed")
        with pytest.raises(Refused) as again:
            close_episode(permit, episode, TODAY + DAY, "completed")
        assert again.value.code == "episode_closed"
        assert episodes(permit, [record], TODAY) == {}
    opened_episode(record, offered)
    with as_job("programs.read") as permit:
        assert [each.close_reason for each in episodes_of(permit, record, TODAY)] == [
            "", "completed"
        ]  # fmt: skip


def test_an_episode_stays_open_while_a_place_in_a_track_is_held(network: Any) -> None:
    record, offered = person(), program()
    built_id = built(program=offered)
    episode = opened_episode(record, offered)
    with as_job("programs.episode.write") as permit:
        place = open_enrollment(permit, record=record, clinic=NORTH, track=built_id,
                                episode=episode, start_on=TODAY)  # fmt: skip
        with pytest.raises(Refused) as no:
            close_episode(permit, episode, TODAY + DAY, "completed")
        assert no.value.code == "still_enrolled"
        end_enrollment_row(permit, place, start_on=TODAY, on=TODAY + DAY, reason="completed")
        close_episode(permit, episode, TODAY + DAY, "completed")


# --- places and lines --------------------------------------------------------------------------


def test_places_are_read_by_record_by_track_and_by_day(network: Any) -> None:
    record, offered = person(), program()
    built_id = built(program=offered)
    episode = opened_episode(record, offered, counselor=1, expected_weeks=1)
    with as_job("programs.episode.write") as permit:
        place = open_enrollment(permit, record=record, clinic=NORTH, track=built_id,
                                episode=episode, start_on=TODAY)  # fmt: skip
        assert enrollment(permit, place).counselor == 1
        assert [each.id for each in enrollments_of(permit, record)] == [place]
        assert current_enrollments(permit, [record], TODAY - DAY) == {}
        assert [each.id for each in track_enrollments(permit, [built_id], TODAY)] == [place]
        week, fortnight = TODAY + 7 * DAY, TODAY + 14 * DAY
        assert movements(permit, [built_id], TODAY, week) == {built_id: (0, 0)}
        assert movements(permit, [built_id], TODAY, fortnight) == {built_id: (1, 0)}
        assert expected_ends(permit, [built_id], TODAY, fortnight) == {built_id: [week]}
        end_enrollment_row(permit, place, start_on=TODAY, on=TODAY, reason="never_came")
        assert enrollments_of(permit, record) == []
        with pytest.raises(Http404):
            enrollment(permit, place)


def test_a_line_is_read_in_order_and_an_offer_ends(network: Any) -> None:
    built_id = built()
    first, second = person(), person()
    with as_job("programs.waiting.write") as permit:
        one = wait(permit, record=first, clinic=NORTH, track=built_id, note="evenings")
        two = wait(permit, record=second, clinic=NORTH, track=built_id)
        offer_entry(permit, one, NOW)
        line = waiting_lists(permit, [built_id])[built_id]
        assert [(each.record, each.place, each.state) for each in line] == [
            (first, 1, "offered"), (second, 2, "waiting")
        ]  # fmt: skip
        assert [each.id for each in waiting_at(permit, [NORTH])] == [one, two]
        assert movements(permit, [built_id], TODAY, TODAY + DAY) == {built_id: (0, 2)}
        assert [each.id for each in expired_offers(permit)] == [one]
        close_entry(permit, one, "expired")
        assert [each.place for each in waiting_at(permit, [NORTH])] == [1]
        with pytest.raises(Http404):
            waiting_entry(permit, one)
