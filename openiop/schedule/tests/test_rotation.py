"""Topics of a track: planned, set by hand, mended, undone; many hands at once."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.http import Http404

from openiop.access.door import opened_for
from openiop.config.network_for_tests import IDS
from openiop.kernel.permits import Refused
from openiop.schedule.actions import rotation as actions
from openiop.schedule.models import RotationRun, Session, SessionTopic
from openiop.schedule.queries.rotation import rotation, stale_track, weigh
from openiop.schedule.queries.sessions import track_sessions
from openiop.schedule.tests.test_races import together
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_enrolled, make_track

WRITE, MEND = "schedule.rotation.write", "schedule.rotation.mend"
FOLLOW = "schedule.rotation.follow"
LATER = NOW + timedelta(minutes=5)


def following(people: int = 2, *, weeks: int = 4, **plan: Any) -> tuple[int, list[int], list[int]]:
    """A track that follows the thirty sessions: its id, its sessions, its people."""
    track = make_track(weeks=weeks, **plan)
    people_there = make_enrolled(track, people)
    with as_job(FOLLOW) as permit:
        actions.follow(permit, track, "iop-30", 1, TODAY)
        sessions = [each.id for each in track_sessions(permit, track, TODAY)]
    return track, sessions, people_there


def topics(track: int) -> list[tuple[str, int, str]]:
    with as_job("schedule.read"):
        rows = SessionTopic.objects.filter(session__track_id=track).order_by("session__starts_at")
        return list(rows.values_list("topic", "part", "state"))


def test_a_track_that_follows_a_curriculum_has_its_topics_in_order(network: Any) -> None:
    track, sessions, _people = following()
    found = [topic for topic, _part, _state in topics(track)]
    assert (len(found), len(set(found))) == (12, 12)
    assert found[:3] == ["motivation", "body-chemistry", "triggers"]
    # Not on the Monday after triggers: whoever begins that day would miss what comes before.
    assert found[3] != "cravings"
    with as_job("schedule.read"):
        first = Session.objects.get(pk=sessions[0])
        assert first.topic == "Motivation: your own reasons"
        run = RotationRun.objects.get()
        assert (run.cause, run.optimal, run.repeats, len(run.after)) == ("follow", True, [], 12)


def test_a_plan_made_again_changes_nothing(network: Any) -> None:
    track, _sessions, _people = following()
    was = topics(track)
    with as_job(MEND, LATER) as permit:
        actions.replan(permit, track, "night")
        assert RotationRun.objects.get(cause="night").after == {}
    assert topics(track) == was


def test_a_track_without_a_curriculum_has_no_plan(network: Any) -> None:
    track = make_track()
    with as_job(MEND) as permit:
        assert actions.replan(permit, track, "night") is None
        assert rotation(permit, track) is None


def test_a_replaced_topic_stays_and_comes_again_later(network: Any) -> None:
    track, sessions, _people = following()
    with as_job(WRITE) as permit:
        actions.replace(permit, sessions[0], title="For Maria", reason="A death in the group")
    with as_job(MEND, LATER) as permit:
        actions.replan(permit, track, "join")
        held = rotation(permit, track).held[sessions[0]]
        assert held == (sessions[0], "", 1, "replaced", "For Maria", "A death in the group")
        assert Session.objects.get(pk=sessions[0]).topic == "For Maria"
    assert topics(track)[1:3] == [("body-chemistry", 1, "planned"), ("triggers", 1, "planned")]


def test_a_pinned_topic_stays_where_it_is_and_is_not_held_twice(network: Any) -> None:
    track, sessions, _people = following()
    with as_job(WRITE) as permit:
        actions.pin(permit, sessions[5], "family")
    with as_job(MEND, LATER) as permit:
        actions.replan(permit, track, "join")
    found = topics(track)
    assert found[5] == ("family", 1, "pinned")
    assert [each[0] for each in found].count("family") == 1


def test_an_unpinned_topic_may_move_again(network: Any) -> None:
    _track, sessions, _people = following()
    with as_job(WRITE) as permit:
        actions.pin(permit, sessions[5], "family")
        actions.unpin(permit, sessions[5])
        with pytest.raises(Refused) as no:
            actions.unpin(permit, sessions[5])
        assert no.value.code == "not_pinned"
        assert SessionTopic.objects.get(session_id=sessions[5]).state == "planned"


def test_two_sessions_swap_their_topics(network: Any) -> None:
    track, sessions, _people = following()
    with as_job(WRITE) as permit:
        actions.swap(permit, sessions[0], sessions[7])
    found = topics(track)
    assert found[0] == ("tobacco", 1, "pinned")
    assert found[7] == ("motivation", 1, "pinned")


def test_a_swap_is_undone_with_the_mending_since(network: Any) -> None:
    track, sessions, _people = following()
    was = topics(track)
    with as_job(WRITE) as permit:
        run = actions.swap(permit, sessions[2], sessions[9])
    make_enrolled(track, 1, start_on=TODAY + timedelta(days=7))
    with as_job(MEND, LATER) as permit:
        actions.replan(permit, track, "join")
    with as_job(WRITE, LATER) as permit:
        actions.undo(permit, run)
    assert topics(track) == was
    with as_job(WRITE, LATER) as permit:
        with pytest.raises(Refused) as no:
            actions.undo(permit, run)
        assert no.value.code == "undone"


def test_only_the_newest_change_of_a_hand_is_undone(network: Any) -> None:
    _track, sessions, _people = following()
    with as_job(WRITE) as permit:
        first = actions.pin(permit, sessions[5], "family")
        actions.pin(permit, sessions[6], "grief")
        with pytest.raises(Refused) as no:
            actions.undo(permit, first)
    assert no.value.code == "changed_since"


def test_a_plan_is_not_undone_as_a_hand_s_change_is(network: Any) -> None:
    following()
    with as_job(WRITE) as permit, pytest.raises(Http404):
        actions.undo(permit, RotationRun.objects.get().id)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [({"reason": " ", "title": "Own"}, "reason"), ({"reason": "Crisis"}, "topic"),
     ({"reason": "Crisis", "topic": "cooking"}, "unknown_topic"),
     ({"reason": "Crisis", "topic": "sleep", "part": 2}, "unknown_topic")],
)  # fmt: skip
def test_a_replacement_needs_a_reason_and_a_known_topic(
    network: Any, wanted: dict[str, Any], code: str
) -> None:
    _track, sessions, _people = following()
    with as_job(WRITE) as permit, pytest.raises(Refused) as no:
        actions.replace(permit, sessions[0], **wanted)
    assert no.value.code == code


def test_a_session_that_is_over_keeps_its_topic(network: Any) -> None:
    track, sessions, _people = following()
    after = NOW + timedelta(days=1)
    with as_job(WRITE, after) as permit:
        with pytest.raises(Refused) as no:
            actions.replace(permit, sessions[0], title="Own", reason="Crisis")
        assert no.value.code == "over"
        actions.replan(permit, track, "night")
    assert topics(track)[0] == ("motivation", 1, "planned")


def test_the_cost_of_a_swap_is_known_before_it_is_made(network: Any) -> None:
    track, sessions, people = following()
    with as_job(WRITE) as permit:
        found = rotation(permit, track)
        later = weigh(found, {sessions[0]: ("sleep", 1), sessions[6]: ("motivation", 1)})
        assert (later.repeats, later.landings, later.torn, later.free) == ((), 0, False, True)
        again = weigh(found, {sessions[1]: ("motivation", 1)})
        assert [(each.person, each.slot) for each in again.repeats] == [(p, 1) for p in people]
        early = weigh(found, {sessions[0]: ("communication", 2)})
        assert (early.landings, early.torn) == (2, True)


def test_a_plan_is_stale_when_somebody_joins_or_a_hand_changed_it(network: Any) -> None:
    track, sessions, _people = following()
    with as_job(MEND, LATER) as permit:
        actions.replan(permit, track, "join")
    soon, later = LATER + timedelta(minutes=5), LATER + timedelta(minutes=10)
    with as_job(WRITE, soon) as permit:
        assert stale_track(permit) is None
        actions.pin(permit, sessions[5], "family")
    with as_job(MEND, later) as permit:
        assert stale_track(permit) == track
        actions.replan(permit, track, "join")
        assert stale_track(permit) is None


def test_another_clinic_s_track_is_not_there(network: Any) -> None:
    track, sessions, _people = following()
    with opened_for(IDS.users["charlie"], WRITE, now=NOW) as permit:
        for act in (
            lambda: actions.replan(permit, track, "night"),
            lambda: actions.pin(permit, sessions[5], "family"),
            lambda: rotation(permit, track),
        ):
            with pytest.raises(Http404):
                act()
    with opened_for(IDS.users["alice"], WRITE, now=NOW) as permit:
        assert actions.pin(permit, sessions[5], "family") > 0


@pytest.mark.slow
def test_of_24_plans_and_pins_at_once_no_pin_is_lost(own_database: str, network: Any) -> None:
    track, sessions, _people = following(4)
    pinned = dict(zip(sessions[4:], ("family", "grief", "support", "leisure", "values"),
                      strict=False))  # fmt: skip

    def planning() -> str:
        with as_job(MEND, LATER) as permit:
            actions.replan(permit, track, "join")
        return "done"

    def pinning(session: int, topic: str) -> Any:
        def run() -> str:
            with as_job(WRITE, LATER) as permit:
                actions.pin(permit, session, topic)
            return "done"

        return run

    works = [planning] * 19 + [pinning(*each) for each in pinned.items()]
    Random(3).shuffle(works)
    assert together(works, 8) == {"done": 24}
    with as_job("schedule.read"):
        rows = SessionTopic.objects.filter(session_id__in=pinned)
        assert dict(rows.values_list("session_id", "topic")) == pinned
        assert set(rows.values_list("state", flat=True)) == {"pinned"}
        assert RotationRun.objects.count() == 25
    found = [each[:2] for each in topics(track)]
    assert len(set(found)) == len(found) == 12
