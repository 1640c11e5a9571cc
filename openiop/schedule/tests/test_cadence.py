"""How often: set anew, overdue from day 21, a task a person, the share in time."""

from datetime import timedelta

import pytest

from openiop.config.network_for_tests import NORTH, SOUTH
from openiop.schedule.actions import appointments, attendance
from openiop.schedule.actions.cadence import OVERDUE, remind_overdue, set_cadence
from openiop.schedule.models import Cadence
from openiop.schedule.queries.cadence import due_list, rhythm_of, rhythms
from openiop.schedule.tests.test_attendance import after, refusal, sessions_of, tasks
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_enrolled, make_person, make_track

WRITE = "schedule.appointment.write"


@pytest.fixture
def maria(network):
    """In care since today."""
    return make_enrolled(make_track())[0]


def rhythm(record: int, days: int = 0):
    with as_job("schedule.read", NOW + timedelta(days=days)) as permit:
        return rhythm_of(permit, record)


def hold(record: int, day: int, outcome: str = "held") -> None:
    """A one-to-one at noon so many days from today, marked in the evening."""
    with as_job(WRITE, after(24 * 60 * day - 400)) as permit:
        visit = appointments.book(
            permit, record=record, clinic=NORTH, kind="individual", staff=2, minutes=50,
            starts_at=after(24 * 60 * day - 360),
        )  # fmt: skip
    with as_job(WRITE, after(24 * 60 * day)) as permit:
        appointments.attest(permit, visit, outcome)


def test_who_has_no_rhythm_set_comes_monthly_and_is_overdue_from_day_21(maria):
    assert rhythm(maria).every_name == "Every month"
    assert [rhythm(maria, days).due.overdue for days in (20, 21, 22)] == [0, 1, 2]


def test_only_what_was_held_counts(maria):
    hold(maria, 1, "no_show")
    assert (rhythm(maria, 21).last_on, rhythm(maria, 21).due.overdue) == (None, 1)
    hold(maria, 2)
    found = rhythm(maria, 21)
    assert (found.last_on, found.due.due_on) == (
        TODAY + timedelta(days=2), TODAY + timedelta(days=22),
    )  # fmt: skip


def test_a_one_to_one_inside_the_group_counts_once_the_person_came(maria, opened):
    session = sessions_of_person(maria)
    with opened("bob", WRITE, now=after(-60)) as permit:
        appointments.book(permit, record=maria, clinic=NORTH, kind="individual", staff=2,
                          minutes=30, starts_at=after(30), nested_in=session)  # fmt: skip
    assert rhythm(maria, 1).last_on is None
    with opened("alice", "schedule.attendance.write", now=after(0)) as permit:
        attendance.arrive_all(permit, session)
    assert rhythm(maria, 1).last_on == TODAY


def sessions_of_person(record: int) -> int:
    from openiop.programs.queries import current_enrollments

    with as_job("schedule.read") as permit:
        track = current_enrollments(permit, [record], TODAY)[record].track
    return sessions_of(track)[0]


def test_a_new_rhythm_holds_at_once_and_the_old_one_stays_in_the_book(maria, opened):
    with opened("bob", WRITE, now=NOW) as permit:
        set_cadence(permit, maria, "month")
        set_cadence(permit, maria, "week", "Asked for more")
        assert refusal(set_cadence, permit, maria, "daily") == "every"
    assert rhythm(maria).every == "week"
    assert rhythm(maria, 8).due.overdue == 1
    with as_job("schedule.read"):
        rows = Cadence.objects.order_by("id").values_list("every", "reason", "from_on")
        assert list(rows) == [("month", "", TODAY), ("week", "Asked for more", TODAY)]


def test_each_person_overdue_gets_one_task_until_a_visit_is_booked(maria):
    for _ in range(2):
        with as_job("schedule.cadence.remind", NOW + timedelta(days=22)) as permit:
            assert remind_overdue(permit) == 1
    assert tasks(record=maria) == [(OVERDUE, maria)]
    other = make_enrolled(make_track(name="B", room=2, staff=((2, "lead"),)))[0]
    with as_job(WRITE, NOW + timedelta(days=22)) as permit:
        appointments.book(permit, record=other, clinic=NORTH, kind="individual", staff=2,
                          minutes=50, starts_at=NOW + timedelta(days=24))  # fmt: skip
    with as_job("schedule.cadence.remind", NOW + timedelta(days=22)) as permit:
        remind_overdue(permit)
    assert tasks(record=other) == []


def test_the_list_shows_who_is_overdue_first_and_the_share_in_time(maria):
    jose = make_enrolled(make_track(name="B", room=2, staff=((2, "lead"),)))[0]
    hold(jose, 5)
    with as_job("schedule.read", NOW + timedelta(days=22)) as permit:
        found = due_list(permit, [NORTH])
        assert [line.rhythm.record for line in found.lines] == [maria, jose]
        assert (found.everybody, found.overdue, found.in_time) == (2, 1, 50)
        assert due_list(permit, [SOUTH]).everybody == 0


def test_the_list_costs_the_same_for_one_and_for_five(maria, django_assert_num_queries):
    def cost(count: int) -> None:
        with (
            as_job("schedule.read", NOW + timedelta(days=30)) as permit,
            django_assert_num_queries(4),
        ):
            assert len(due_list(permit, [NORTH]).lines) == count

    cost(1)
    make_enrolled(make_track(name="B", room=2, staff=((2, "lead"),)), 4)
    cost(5)


def test_who_is_not_in_care_has_no_rhythm(network):
    assert rhythm(make_person()) is None
    with as_job("schedule.read") as permit:
        assert rhythms(permit, [NORTH]) == []
