"""The draws keep within the published rates and never contradict themselves."""

from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from openiop.simulation import rules

START = date(2026, 8, 31)


@given(st.integers(0, 10_000))
def test_a_course_ends_between_its_start_and_its_plan(seed):
    course = rules.course(Random(seed), START)
    assert START < course.end_on <= course.planned_end_on
    assert timedelta(weeks=6) <= course.planned_end_on - START <= timedelta(weeks=10)
    if course.reason == "completed":
        assert course.end_on == course.planned_end_on


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_who_leaves_early_was_there_first(seed, attends):
    part = rules.presence(Random(seed), attends, 200)
    if part.status != "present":
        assert (part.late_minutes, part.left_after_minutes) == (0, None)
    elif part.left_after_minutes is not None:
        assert part.late_minutes < part.left_after_minutes < 200


def test_the_same_seed_draws_the_same_course():
    assert rules.course(Random(7), START) == rules.course(Random(7), START)


def test_about_six_in_ten_stay_to_the_end():
    random = Random(1)
    drawn = [rules.course(random, START).reason for _ in range(5000)]
    assert 0.55 < drawn.count("completed") / 5000 < 0.65


def test_people_come_to_seventy_to_ninety_percent_of_sessions():
    random = Random(1)
    came = 0
    for _ in range(5000):
        attends = rules.course(random, START).attends
        came += rules.presence(random, attends, 200).status == "present"
    assert 0.74 < came / 5000 < 0.86


def test_a_full_track_still_gets_somebody_now_and_then_and_never_many():
    random = Random(3)
    drawn = [rules.arrivals(random, 9, 9, 11) for _ in range(1000)]
    assert set(drawn) == {0, 1}
    assert 250 < sum(drawn) < 450


def test_nobody_starts_in_a_full_track():
    assert {rules.arrivals(Random(each), 11, 9, 11) for each in range(100)} == {0}


def test_an_empty_track_fills_within_a_few_weeks():
    random, taken = Random(5), 0
    for _ in range(6):
        taken += rules.arrivals(random, taken, 9, 11)
    assert taken >= 9
