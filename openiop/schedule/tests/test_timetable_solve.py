"""The search: what it finds keeps every rule, costs what it says, and is proven."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from openiop.schedule.tests.timetable_world import make_facts, week_at
from openiop.schedule.timetable.check import check
from openiop.schedule.timetable.conflicts import needed
from openiop.schedule.timetable.facts import Demand, Facts, Hours, Timetable
from openiop.schedule.timetable.laws import Rule
from openiop.schedule.timetable.points import points
from openiop.schedule.timetable.solve import gap, solve


def test_everybody_who_waits_gets_a_seat_where_there_is_room() -> None:
    facts = make_facts()
    best = solve(facts, 10)
    assert (best.status, best.gap) == ("optimal", 0.0)
    assert check(facts, best.timetable) == ()
    seats = {one.demand: one.people for track in best.timetable.tracks for one in track.seats}
    assert seats == {"afternoon": 5, "work": 3}
    # One group begun for the afternoon; another for those who work on Mondays, as Evening meets
    # then: it ends, being empty, or stays: either way five points a change.
    assert best.objective == points(facts, best.timetable).total == 10


def test_nobody_who_sits_is_moved_and_the_facilitator_stays() -> None:
    best = solve(make_facts(), 10)
    (morning,) = [one for one in best.timetable.tracks if one.today == 1]
    assert (morning.weekdays, morning.starts, morning.room, morning.lead) == ((0, 2, 4), 540, 1, 1)


def test_weights_decide_what_matters() -> None:
    facts = make_facts()
    calm = replace(facts, weights=replace(facts.weights, waiting=1, change=50))
    best = solve(calm, 10)
    assert points(calm, best.timetable).changes == 0
    assert points(calm, best.timetable).left_waiting == 8


def test_an_impossible_week_names_the_rules_and_whom_they_concern() -> None:
    facts = make_facts()
    alone = tuple(
        replace(one, shifts=week_at(1, 8 * 60, 10 * 60)) if one.id != 1 and one.id != 5 else one
        for one in facts.members
    )
    best = solve(replace(facts, members=alone), 10)
    assert (best.status, best.objective, best.timetable) == ("infeasible", None, Timetable())
    told = best.as_json()["blocking"]
    assert [one["rule"] for one in told] == ["ended_unasked", "alone_in_building"]
    assert {tuple(one["concerns"]) for one in told} == {("Morning",)}
    assert told[1]["sentence"] == Rule.ALONE_IN_BUILDING.words


def test_the_search_stops_when_told() -> None:
    best = solve(make_facts(), 30, stopped=lambda: True)
    assert (best.status, best.gap) == ("unknown", None)
    assert best.seconds < 5


def test_each_better_timetable_is_heard_with_its_bound() -> None:
    heard = []
    best = solve(make_facts(), 10, heard=heard.append)
    assert heard[-1].objective == best.objective
    assert all(one.bound <= one.objective for one in heard if one.objective is not None)


def test_the_gap_is_a_share_of_the_objective() -> None:
    assert [gap(100, 95), gap(0, 0), gap(None, 3), gap(10, 10)] == [0.05, 0.0, None, 0.0]


def test_a_conflict_needs_each_of_its_parts() -> None:
    assert needed("abcdef", lambda kept: {"b", "e"} <= set(kept)) == ["b", "e"]


def random_facts(seed: int) -> Facts:
    """Another question each time: hours, caseloads, people in groups, who waits and when not."""
    draw = random.Random(seed)
    facts = make_facts()
    members = tuple(
        replace(
            one, caseload=draw.randint(0, 20), visit_minutes=60 * draw.randint(0, 4),
            shifts=week_at(
                one.shifts[0].clinic, 60 * draw.randint(8, 11), 60 * draw.randint(16, 22)
            ),
        ) for one in facts.members
    )  # fmt: skip
    demand = tuple(
        Demand(
            f"d{n}", "gulf", draw.choice([(1,), (2,), (1, 2)]),
            draw.choice(["morning", "afternoon", "evening"]), draw.choice([1, 1, 2]),
            draw.choice(["", "", "trauma"]), draw.choice(["en", "en", "es"]),
            draw.choice(["in_person", "in_person", "virtual"]), draw.randint(0, 9),
            draw.randint(0, 4), draw.random() < 0.3,
            (Hours(draw.randint(0, 4), 480, draw.randint(500, 1200)),),
        ) for n in range(draw.randint(0, 6))
    )  # fmt: skip
    today = tuple(
        replace(one, people=(sitting := draw.randint(0, 14)), staying=draw.randint(0, sitting),
                co=draw.choice([None, 3]), step_free=draw.random() < 0.2) for one in facts.today
    )  # fmt: skip
    return replace(facts, members=members, demand=demand, today=today)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_whatever_is_found_passes_the_checker_and_costs_what_it_says(seed: int) -> None:
    facts = random_facts(seed)
    best = solve(facts, 5)
    if best.status == "infeasible":
        assert best.conflicts[0].rules
        return
    assert check(facts, best.timetable) == ()
    assert best.objective == points(facts, best.timetable).total
