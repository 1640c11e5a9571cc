"""A timetable is asked for, searched for by a worker, stopped, discarded."""

import time
from datetime import time as clock
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.http import Http404

from openiop.access import door
from openiop.access.backend.base import writing
from openiop.kernel.permits import NotPermitted, Refused
from openiop.schedule.actions import timetable
from openiop.schedule.models import TimetablePlan
from openiop.schedule.queries.plans import found_of, plan, plans
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_enrolled, make_track
from openiop.schedule.timetable.check import check
from openiop.schedule.timetable.facts import Weights

pytestmark = pytest.mark.django_db
MONDAY = TODAY + timedelta(days=7)
OPENING = partial(as_job, timetable.SEARCH)


def ask(**asked: Any) -> int:
    wanted: dict[str, Any] = {"area": "", "on": MONDAY, "seconds": 5, "weights": Weights()} | asked
    with as_job(timetable.WRITE) as permit:
        return timetable.ask(permit, **wanted)


def told(number: int, now: Any = NOW) -> Any:
    with as_job("schedule.timetable.read", now) as permit:
        return plan(permit, number)


def set_state(number: int, state: str) -> None:
    with as_job(timetable.WRITE), writing():
        TimetablePlan.objects.filter(pk=number).update(state=state)


def test_a_plan_is_asked_for_and_searched(network: Any) -> None:
    make_enrolled(make_track(starts=clock(17)), 3)
    number = ask(weights=Weights(waiting=20))
    asked = told(number)
    assert (asked.state, asked.on, asked.found, asked.open) == ("queued", MONDAY, False, True)
    timetable.search(OPENING, number)
    done = told(number)
    assert (done.state, done.found, done.gap, done.open) == ("done", True, 0.0, False)
    with as_job("schedule.timetable.read") as permit:
        found = found_of(permit, number)
    assert found.facts.weights == Weights(waiting=20)
    assert found.timetable is not None
    assert check(found.facts, found.timetable) == ()
    assert [track.today for track in found.timetable.tracks] == [found.facts.today[0].id]


def test_what_cannot_be_kept_is_named(network: Any) -> None:
    make_enrolled(make_track(starts=clock(18)), 2)  # until 21:20, and the clinic closes at 21:00
    number = ask()
    timetable.search(OPENING, number)
    assert told(number).state == "impossible"
    with as_job("schedule.timetable.read") as permit:
        blocking = found_of(permit, number).blocking
    assert [(one["rule"], one["concerns"]) for one in blocking] == [
        ("ended_unasked", ["Evening A"]), ("alone_in_building", ["Evening A"]),
    ]  # fmt: skip


def test_a_search_stopped_before_it_began_finds_nothing(network: Any) -> None:
    make_track()
    number = ask()
    with as_job(timetable.WRITE) as permit:
        timetable.stop(permit, number)
    assert told(number).state == "done"
    timetable.search(OPENING, number)
    assert told(number).found is False


def test_a_running_search_is_told_to_stop_within_a_second(network: Any) -> None:
    """The watch reads the state each second; here somebody pressed Stop just before."""
    make_enrolled(make_track(starts=clock(17)), 3)
    number = ask(seconds=60)
    opened: list[float] = []

    def opening() -> Any:
        if len(opened) == 1:
            set_state(number, "stopping")
        opened.append(time.monotonic())
        return as_job(timetable.SEARCH)

    begun = time.monotonic()
    timetable.search(opening, number)
    assert time.monotonic() - begun < 10
    assert told(number).state == "done"


def test_a_search_whose_worker_died_begins_again(network: Any) -> None:
    make_enrolled(make_track(starts=clock(17)), 3)
    number = ask()
    set_state(number, "running")
    assert told(number).silent is False
    later = NOW + timedelta(minutes=3)
    assert told(number, later).silent is True
    timetable.search(OPENING, number)
    assert told(number, later).state == "done"


def test_a_search_nobody_hears_of_may_be_given_up(network: Any) -> None:
    make_track()
    number = ask()
    set_state(number, "running")
    with as_job(timetable.WRITE) as permit, pytest.raises(Refused, match="still at work"):
        timetable.give_up(permit, number)
    with as_job(timetable.WRITE, NOW + timedelta(minutes=3)) as permit:
        timetable.give_up(permit, number)
        timetable.discard(permit, number)
        assert plans(permit) == []


def test_a_search_at_work_is_not_discarded(network: Any) -> None:
    make_track()
    number = ask()
    with as_job(timetable.WRITE) as permit, pytest.raises(Refused, match="still at work"):
        timetable.discard(permit, number)


@pytest.mark.parametrize(("asked", "field"), [
    ({"area": "nowhere"}, "area"), ({"on": TODAY}, "on"),
])  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(network: Any, asked: Any, field: str) -> None:
    make_track()
    with pytest.raises(Refused) as no:
        ask(**asked)
    assert no.value.field == field


def test_without_groups_and_people_there_is_nothing_to_plan(network: Any) -> None:
    with pytest.raises(Refused, match="nobody waits"):
        ask()


def test_the_job_searches(network: Any) -> None:
    from openiop.schedule.jobs import search_timetable

    make_enrolled(make_track(starts=clock(17)), 3)
    number = ask()
    search_timetable(organization=1, plan=number)
    assert told(number).state == "done"


def test_only_leaders_ask_and_only_at_their_clinics(network: Any) -> None:
    make_track()
    number = ask()
    with pytest.raises(NotPermitted), door.opened_for(network.users["alice"], timetable.WRITE):
        pass
    with door.opened_for(network.users["dana"], "schedule.timetable.read") as permit:
        assert [each.id for each in plans(permit)] == [number]
    with door.opened_for(network.users["sam"], "schedule.timetable.read") as permit:
        assert plans(permit) == []  # a plan of South too, where he does not work
        with pytest.raises(Http404):
            plan(permit, number)
