"""Pages of timetables: asked for, watched, compared, told in words."""

from datetime import date, timedelta
from datetime import time as clock
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openiop.access.backend.base import writing
from openiop.config.network_for_tests import NORTH, SOUTH
from openiop.programs.actions import wait
from openiop.schedule.actions import timetable
from openiop.schedule.actions.enrollment import enroll
from openiop.schedule.models import TimetablePlan
from openiop.schedule.tests.world import (
    as_job,
    make_episode,
    make_person,
    make_program,
    make_track,
)  # fmt: skip
from openiop.schedule.timetable.facts import Weights

pytestmark = pytest.mark.django_db
LIST = "/desk/timetables/"


def today() -> date:
    """Pages live now."""
    return timezone.now().astimezone(ZoneInfo("America/Chicago")).date()


def monday() -> date:
    return today() + timedelta(days=7 - today().weekday())


def opening() -> Any:
    return as_job(timetable.SEARCH, timezone.now())


def crowded(clinic: int = NORTH, people: int = 15) -> int:
    """An evening track three people sit in, and more in line for it than a group holds."""
    now = timezone.now()
    track = make_track(clinic, now=now, start_on=today(), starts=clock(17), weeks=8)
    for record in [make_person(clinic) for _ in range(3)]:
        episode = make_episode(record, track, now)
        with as_job("schedule.enroll", now) as permit:
            enroll(permit, record=record, track=track, start_on=today(), episode=episode)
    for _ in range(people):
        record = make_person(clinic)
        with as_job("programs.waiting.write", timezone.now()) as permit:
            wait(permit, record=record, clinic=clinic, track=track)
    return track


def asked(seconds: int = 10) -> int:
    with as_job(timetable.WRITE, timezone.now()) as permit:
        return timetable.ask(permit, area="", on=monday(), seconds=seconds, weights=Weights())


def searched() -> int:
    number = asked()
    timetable.search(opening, number)
    return number


def set_plan(number: int, **values: Any) -> None:
    with as_job(timetable.WRITE), writing():
        TimetablePlan.objects.filter(pk=number).update(**values)


def page(client: Any, number: int, query: str = "") -> str:
    answer = client.get(f"{LIST}{number}/{query}")
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def test_a_director_asks_for_a_timetable(network: Any, signed_in: Any) -> None:
    crowded()
    dana = signed_in("dana")
    assert "No timetable was asked for yet" in dana.get(LIST).content.decode()
    answer = dana.post(f"{LIST}ask/", {
        "area": "area", "on": monday().isoformat(), "seconds": "20", "waiting": "10", "size": "2",
        "facilitator": "3", "change": "0",
    })  # fmt: skip
    assert answer.status_code == 302
    shown = page(dana, int(answer.url.split("/")[-2]))
    assert "Waits for the worker" in shown
    assert "0 of 20 seconds" in shown
    assert "Waits for the worker" in dana.get(LIST).content.decode()


@pytest.mark.parametrize("typed", [
    {"on": "2020-01-06"}, {"area": "elsewhere"}, {"waiting": "-1"}, {"seconds": "7"},
])  # fmt: skip
def test_a_question_typed_wrong_comes_back(network: Any, signed_in: Any, typed: Any) -> None:
    crowded(people=0)
    good = {"area": "", "on": monday().isoformat(), "seconds": "20", "waiting": "10", "size": "2",
            "facilitator": "3", "change": "5"}  # fmt: skip
    assert signed_in("dana").post(f"{LIST}ask/", good | typed).status_code == 422


def test_a_search_shows_how_far_it_is_and_asks_again_by_itself(
    network: Any, signed_in: Any
) -> None:
    crowded()
    number = asked(60)
    set_plan(number, state="running", seconds=12.3, objective=100, bound=95, best={"tracks": []})
    shown = page(signed_in("dana"), number)
    assert "12 of 60 seconds" in shown
    assert "Best so far: 100 points. None can be better by more than 5.0 %." in shown
    assert 'data-hx-trigger="every 2s"' in shown
    assert "Stop and keep the best" in shown
    assert "Look again" in shown


def test_a_plan_is_compared_with_today(network: Any, signed_in: Any) -> None:
    crowded()
    number = searched()
    dana = signed_in("dana")
    shown = page(dana, number)
    assert "The independent check found every hard rule kept." in shown
    assert '<th scope="row">People left waiting</th><td class="num" data-label="Today">15' in shown
    assert "1 group begins, 1 group stays." in shown
    assert "It is proven that none is better" in shown
    assert shown.count('<rect class="mark"') == 3  # the new group's three days
    assert "Groups at North" in shown
    assert "data-hx-trigger" not in shown.split('id="plan"')[1].split(">")[0]


def test_each_clinic_has_its_own_picture(network: Any, signed_in: Any) -> None:
    crowded()
    number = searched()
    shown = page(signed_in("dana"), number, f"?clinic={SOUTH}")
    assert "Groups at South" in shown
    assert '<rect class="mark"' not in shown


def test_pages_take_as_many_statements_for_many_groups_as_for_one(
    network: Any, signed_in: Any
) -> None:
    dana = signed_in("dana")
    program = make_program()

    def statements() -> int:
        number = searched()
        page(dana, number)  # what is remembered between pages is remembered now
        with CaptureQueriesContext(connection) as sent:
            page(dana, number)
        return len(sent)

    make_track(now=timezone.now(), start_on=today(), starts=clock(17), program=program)
    one = statements()
    for hour in (9, 13):
        make_track(now=timezone.now(), start_on=today(), starts=clock(hour), program=program)
    assert statements() == one


def test_rules_in_conflict_are_named(network: Any, signed_in: Any) -> None:
    crowded()
    number = asked()
    set_plan(
        number,
        state="impossible",
        blocking=[
            {"area": "area", "rule": "rest", "sentence": "Enough rest", "concerns": ["Evening A"]}
        ],
    )
    shown = page(signed_in("dana"), number)
    assert "These rules cannot all be kept" in shown
    assert "<li>Enough rest: Evening A</li>" in shown


def test_a_faulty_plan_is_told(network: Any, signed_in: Any) -> None:
    crowded()
    number = searched()
    with as_job("schedule.read"):
        best = TimetablePlan.objects.get(pk=number).best
    for track in best["tracks"]:
        track["room"] = 1
    best["tracks"][0]["weekdays"] = best["tracks"][1]["weekdays"] = [0, 2, 4]
    set_plan(number, best=best)
    shown = page(signed_in("dana"), number)
    assert "The check found fault with this plan" in shown
    assert "One group in a room at a time" in shown


def test_a_search_nobody_hears_of_is_told_and_ended(network: Any, signed_in: Any) -> None:
    crowded()
    number = asked(20)
    set_plan(number, state="running", asked_at=timezone.now() - timedelta(minutes=10))
    dana = signed_in("dana")
    assert "Nothing was heard of this search for a while" in page(dana, number)
    assert dana.post(f"{LIST}{number}/give-up/").status_code == 302
    assert "Broken off" in page(dana, number)


def test_a_search_is_stopped_and_a_plan_discarded(network: Any, signed_in: Any) -> None:
    crowded()
    number = asked()
    dana = signed_in("dana")
    assert dana.post(f"{LIST}{number}/discard/").status_code == 422
    assert dana.post(f"{LIST}{number}/stop/").status_code == 302
    assert "No timetable was found in this time." in page(dana, number)
    assert dana.post(f"{LIST}{number}/discard/").status_code == 302
    assert dana.get(f"{LIST}{number}/").status_code == 404


@pytest.mark.parametrize(("who", "status"), [
    ("alice", 403), ("fred", 403), ("sam", 404), ("riva", 404), ("adam", 200), ("dana", 200),
])  # fmt: skip
def test_plans_are_there_for_leaders_of_all_their_clinics(
    network: Any, signed_in: Any, who: str, status: int
) -> None:
    crowded(people=0)
    number = asked()
    client = signed_in(who)
    assert client.get(f"{LIST}{number}/").status_code == status
    posted = client.post(f"{LIST}{number}/stop/").status_code
    assert posted == {200: 302, 403: 403}.get(status, 403 if who == "sam" else 404)


def test_a_supervisor_reads_and_does_not_ask(network: Any, signed_in: Any) -> None:
    shown = signed_in("sam").get(LIST)
    assert (shown.status_code, "Ask for a timetable</h2>" in shown.content.decode()) == (200, False)
    assert signed_in("dana").get("/desk/settings/").content.decode().count(LIST) == 1


def test_a_plan_is_applied_once_and_undone(network: Any, signed_in: Any) -> None:
    track = crowded()
    number = searched()
    dana = signed_in("dana")
    assert "Apply from a day on" in page(dana, number)
    confirm = dana.get(f"{LIST}{number}/apply/").content.decode()
    assert "Whom it affects" in confirm
    assert "Evening begins with" in confirm
    assert f'value="{monday().isoformat()}"' in confirm
    typed = {"on": monday().isoformat(), "confirmed": "1"}
    assert dana.post(f"{LIST}{number}/apply/", typed).status_code == 302
    twice = dana.post(f"{LIST}{number}/apply/", typed)
    assert twice.status_code == 422
    assert "This plan is applied already." in twice.content.decode()
    shown = page(dana, number)
    assert "Undo the timetable" in shown
    assert "Apply from a day on" not in shown
    with as_job("schedule.read"):
        (begun,) = TimetablePlan.objects.get(pk=number).applied["begun"]
    assert dana.get(f"/desk/tracks/{begun}/").status_code == 200
    assert dana.post(f"{LIST}{number}/undo/").status_code == 302
    assert dana.get(f"/desk/tracks/{begun}/").status_code == 404
    assert dana.get(f"/desk/tracks/{track}/").status_code == 200
    assert dana.post(f"{LIST}{number}/undo/").status_code == 422
    assert "Undone" in page(dana, number)


def test_a_day_that_is_over_is_refused(network: Any, signed_in: Any) -> None:
    crowded()
    number = searched()
    answer = signed_in("dana").post(f"{LIST}{number}/apply/", {"on": today().isoformat()})
    assert answer.status_code == 422
    assert "A timetable begins between tomorrow and seven weeks" in answer.content.decode()


def test_nothing_found_is_not_applied(network: Any, signed_in: Any) -> None:
    crowded(people=0)
    number = asked()
    assert signed_in("dana").get(f"{LIST}{number}/apply/").status_code == 404


@pytest.mark.parametrize("verb", ["apply", "undo", "stop", "discard", "give-up", "ask"])
def test_supervisors_and_clinicians_change_nothing(network: Any, signed_in: Any, verb: str) -> None:
    crowded(people=0)
    where = f"{LIST}ask/" if verb == "ask" else f"{LIST}{asked()}/{verb}/"
    assert [signed_in(who).post(where).status_code for who in ("sam", "alice")] == [403, 403]
