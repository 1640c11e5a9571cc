"""The checker: each broken timetable is caught by the name of the rule it breaks."""

import ast
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openiop.schedule.tests.timetable_world import (
    AFTERNOON,
    BLOCKS,
    EVENING,
    MORNING,
    MORNING_TRACK,
    NEW_TRACK,
    make_facts,
    make_timetable,
    week_at,
)  # fmt: skip
from openiop.schedule.timetable import check as checker
from openiop.schedule.timetable import look
from openiop.schedule.timetable.check import check
from openiop.schedule.timetable.facts import (
    Facts,
    Hours,
    Seated,
    Shift,
    Timetable,
    Visits,
    from_json,
    to_json,
)  # fmt: skip
from openiop.schedule.timetable.laws import TITLES, Rule


def changed_member(number: int, **values: Any) -> Facts:
    facts = make_facts()
    members = tuple(replace(one, **values) if one.id == number else one for one in facts.members)
    return replace(facts, members=members)


def changed_today(**values: Any) -> Facts:
    facts = make_facts()
    return replace(facts, today=(replace(facts.today[0], **values), facts.today[1]))


def changed_demand(**values: Any) -> Facts:
    facts = make_facts()
    return replace(facts, demand=(replace(facts.demand[0], **values), facts.demand[1]))


def limited(**values: int) -> Facts:
    facts = make_facts()
    return replace(facts, limits=replace(facts.limits, **values))


def test_a_timetable_that_keeps_every_rule_is_not_found_fault_with() -> None:
    assert check(make_facts(), make_timetable()) == ()


EVENING_BEN = replace(NEW_TRACK, name="Late", starts=EVENING, weekdays=(0, 1, 2), room=1,
                      seats=(Seated("work", 3),))  # fmt: skip
SHORT = (("counseling", 60),)
FEW = (Seated("afternoon", 2),)
BROKEN: list[tuple[Rule, Facts, Timetable]] = [
    (Rule.UNKNOWN, make_facts(), make_timetable(new={"room": 99})),
    (Rule.UNKNOWN, make_facts(), make_timetable(new={"clinic": 99})),
    (Rule.UNKNOWN, make_facts(), make_timetable(new={"seats": (Seated("nobody", 5),)})),
    (Rule.UNKNOWN, make_facts(), make_timetable(kept={"staff": 99})),
    (Rule.UNKNOWN, make_facts(), make_timetable(replace(MORNING_TRACK, starts=EVENING))),
    (Rule.NO_FACILITATOR, make_facts(), make_timetable(new={"lead": None})),
    (Rule.NO_FACILITATOR, make_facts(), make_timetable(new={"co": 2})),
    (Rule.NO_PLACE, make_facts(), make_timetable(new={"room": None})),
    (Rule.NO_PLACE, make_facts(), make_timetable(new={"mode": "virtual"})),
    (Rule.ROOM_ELSEWHERE, make_facts(), make_timetable(new={"room": 3})),
    (Rule.ROOM_TAKEN, make_facts(), make_timetable(
        new={"room": 1, "weekdays": (0, 2, 4), "starts": 10 * 60})),
    (Rule.ROOM_SMALL, make_facts(), make_timetable(new={"room": 4})),
    (Rule.STEP_FREE, changed_demand(step_free=True), make_timetable()),
    (Rule.STEP_FREE, changed_today(step_free=True), make_timetable(morning={"room": 2})),
    (Rule.CLOSED, make_facts(), make_timetable(new={"weekdays": (1, 2, 5)})),
    (Rule.CLOSED, make_facts(), make_timetable(kept={"starts": 7 * 60, "ends": 8 * 60})),
    (Rule.STAFF_TAKEN, make_facts(), make_timetable(new={"lead": 1, "starts": 11 * 60,
                                                         "weekdays": (0, 2, 4)})),
    (Rule.STAFF_TAKEN, make_facts(), make_timetable(kept={"weekday": 0})),
    (Rule.OFF_HOURS, changed_member(2, shifts=week_at(1, 8 * 60, 16 * 60)), make_timetable()),
    (Rule.CREDENTIAL, changed_member(2, leads=("IL substance_use counseling",)), make_timetable()),
    (Rule.LANGUAGE, make_facts(), make_timetable(new={"language": "es"})),
    (Rule.INTERN_ALONE, changed_member(3, supervisors=()), make_timetable(new={"lead": 3})),
    (Rule.TRAUMA_LEAD, make_facts(), make_timetable(new={"lead": 3, "focus": "trauma"})),
    (Rule.ALONE_IN_BUILDING, limited(staff_in_building=5), make_timetable()),
    (Rule.REST, limited(rest_minutes=13 * 60), make_timetable(
        EVENING_BEN, new={"weekdays": (1, 2, 3), "starts": MORNING})),
    (Rule.DAY_HOURS, limited(day_minutes=180), make_timetable()),
    (Rule.WEEK_HOURS, limited(week_minutes=500), make_timetable()),
    (Rule.LEGAL_CAP, changed_demand(waiting=30), make_timetable(
        new={"room": 1, "seats": (Seated("afternoon", 17),)})),
    (Rule.HOUSE_CAP, changed_demand(waiting=30), make_timetable(
        new={"seats": (Seated("afternoon", 12),)})),
    (Rule.TRAUMA_CAP, changed_demand(waiting=30, focus="trauma"), make_timetable(
        new={"focus": "trauma", "seats": (Seated("afternoon", 9),)})),
    (Rule.FACILITATOR_RATIO, changed_today(people=13), make_timetable()),
    (Rule.TOO_SMALL, make_facts(), make_timetable(new={"seats": FEW})),
    (Rule.SHORT_WEEK, make_facts(), make_timetable(new={"blocks": SHORT})),
    (Rule.MOVED_UNASKED, make_facts(), make_timetable(morning={"weekdays": (0, 2, 3)})),
    (Rule.ENDED_UNASKED, make_facts(), Timetable((NEW_TRACK,), make_timetable().visits)),
    (Rule.SEAT_ELSEWHERE, changed_demand(clinics=(2,)), make_timetable()),
    (Rule.SEAT_MODE, changed_demand(mode="virtual"), make_timetable()),
    (Rule.SEAT_DAYPART, changed_demand(daypart="evening"), make_timetable()),
    (Rule.SEAT_PROGRAM, changed_demand(program=2), make_timetable()),
    (Rule.SEAT_FOCUS, changed_demand(focus="women"), make_timetable()),
    (Rule.SEAT_LANGUAGE, changed_demand(language="es"), make_timetable()),
    (Rule.COMMITMENT, changed_demand(busy=(Hours(2, AFTERNOON, AFTERNOON + 30),)),
     make_timetable()),
    (Rule.COMMITMENT, make_facts(), make_timetable(morning={"weekdays": (1, 2, 4)})),
    (Rule.SEATED_TWICE, changed_demand(forecast=0), make_timetable()),
    (Rule.CASELOAD, changed_member(2, caseload=18), make_timetable(new={"lead": 2})),
    (Rule.ONE_TO_ONES, changed_member(1, visit_minutes=120), make_timetable()),
    (Rule.ONE_TO_ONE_SHORT, make_facts(), make_timetable(kept={"ends": 10 * 60 + 30})),
    (Rule.ONE_TO_ONE_ROOM, replace(make_facts(), rooms=make_facts().rooms[2:3]),
     Timetable((), (Visits(1, 1, 1, 600, 660), Visits(2, 1, 1, 600, 660)))),
]  # fmt: skip


def name_of(value: Any) -> str:
    return value.value if isinstance(value, Rule) else ""


@pytest.mark.parametrize(("rule", "facts", "timetable"), BROKEN, ids=name_of)
def test_a_broken_timetable_is_caught_by_name(
    rule: Rule, facts: Facts, timetable: Timetable
) -> None:
    if rule is Rule.CASELOAD:
        facts = replace(facts, members=tuple(
            replace(one, caseload=18) if one.id == 1 else one for one in facts.members
        ))  # fmt: skip
    found = check(facts, timetable)
    assert rule in {each.rule for each in found}
    assert all(each.sentence.endswith(".") for each in found)


def test_every_rule_has_a_timetable_that_breaks_it_and_a_title() -> None:
    assert {rule for rule, _facts, _timetable in BROKEN} == set(Rule)
    assert set(TITLES) == set(Rule)


def test_a_sentence_says_which_group_and_when() -> None:
    found = check(make_facts(), make_timetable(new={"weekdays": (1, 2, 5)}))
    assert [each.sentence for each in found if each.rule is Rule.CLOSED] == [
        "Afternoon: Gulf is closed on Saturday, 13:00 to 16:20."
    ]


def test_shifts_that_follow_on_each_other_are_one_stretch() -> None:
    halves = tuple(Shift(1, day, *hours) for day in range(5) for hours in ((480, 840), (840, 1290)))
    assert check(changed_member(2, shifts=halves), make_timetable()) == ()


def test_the_checker_knows_nothing_of_the_search() -> None:
    tree = ast.parse(Path(checker.__file__).read_text())
    known = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {name for name in known if name and name.startswith("openiop")}
    room = "openiop.schedule.timetable"
    assert ours == {f"{room}.facts", f"{room}.laws", f"{room}.look"}
    looked = ast.parse(Path(look.__file__).read_text())
    below = {node.module for node in ast.walk(looked) if isinstance(node, ast.ImportFrom)}
    assert {name for name in below if name and name.startswith("openiop")} == {f"{room}.facts"}


def test_facts_and_timetables_are_the_same_after_a_file() -> None:
    facts, timetable = make_facts(), make_timetable()
    assert from_json(Facts, json.loads(json.dumps(to_json(facts)))) == facts
    assert from_json(Timetable, json.loads(json.dumps(to_json(timetable)))) == timetable


@pytest.mark.parametrize(("values", "sentence"), [
    ({"tracks": 3}, "tracks: a list is expected."),
    ({"what": []}, "Timetable: unknown what."),
    ({"visits": [{"staff": "x"}]}, "staff: 'x' is no int."),
    ({"visits": [{"staff": 1}]}, "Visits: clinic, weekday, starts, ends are expected."),
])  # fmt: skip
def test_what_is_wrong_in_a_file_is_said(values: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.replace(".", r"\.")):
        from_json(Timetable, values)


def test_blocks_are_three_countable_hours() -> None:
    assert sum(minutes for kind, minutes in BLOCKS if kind != "break") == 180
