"""Earlier times: who is in line, whom a free time fits, the answers, and what undo gives back."""

from datetime import time, timedelta

import pytest
from django.http import Http404

from openiop.access.backend.base import writing
from openiop.access.models import Closure
from openiop.config.network_for_tests import NORTH
from openiop.messaging.queries.tasks import open_tasks
from openiop.patients.models import Patient
from openiop.schedule.actions import appointments, earlier
from openiop.schedule.actions.moving import Move, move, undo
from openiop.schedule.jobs import expire_earlier_times
from openiop.schedule.models import Appointment, Away, Commitment, EarlierWish
from openiop.schedule.queries.earlier import line, stale, wished
from openiop.schedule.tests.test_attendance import after, refusal
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_person, make_type

WRITE, A_DAY = "schedule.appointment.write", 24 * 60
WEDNESDAY = TODAY + timedelta(days=2)
ALICE, BOB, SAM, MAPLE, BIRCH = 1, 2, 7, 1, 2


@pytest.fixture
def permit(network, opened):
    """Fred's at the front desk, Monday noon."""
    with opened("fred", WRITE, now=NOW) as permit:
        yield permit


def visit(permit, start: float, staff: int = BOB, record: int | None = None, **facts) -> int:
    """A visit of 50 minutes so many minutes after Monday's six o'clock."""
    wanted = {"clinic": NORTH, "kind": "individual", "minutes": 50, "room": BIRCH} | facts
    return appointments.book(
        permit, record=record or make_person(), staff=staff, starts_at=after(start), **wanted
    )  # fmt: skip


def in_line(permit, start: float = 3 * A_DAY, wish: dict | None = None, **facts) -> int:
    """Somebody booked Thursday at six in the evening, and in line for an earlier time."""
    return earlier.wish(permit, visit(permit, start, **facts), **(wish or {}))


def states() -> list[str]:
    return list(EarlierWish.objects.order_by("id").values_list("state", flat=True))


def offers(permit) -> list[tuple[int, str, str]]:
    """Which wish is offered when, and with whom."""
    return [
        (row.id, f"{row.offer.starts_at:%d %H:%M}", row.offer.staff_name)
        for row in line(permit)
        if row.offer
    ]


def tasks(permit) -> list[tuple[str, int]]:
    return [(task.role, task.about[1]) for task in open_tasks(permit, kinds=["earlier_time"])]


def test_a_cancelled_time_is_offered_to_the_first_in_line_with_a_task_for_the_desk(permit):
    first, _second = in_line(permit), in_line(permit, 4 * A_DAY)
    free = visit(permit, A_DAY)
    appointments.cancel(permit, free, "Ill")
    assert offers(permit) == [(first, "25 00:00", "Bob Brown")]
    assert states() == ["offered", "waiting"]
    assert tasks(permit) == [("front_desk", first)]


def test_accepted_the_visit_moves_and_the_time_it_leaves_goes_on_down_the_line(permit):
    first, second = in_line(permit), in_line(permit, 4 * A_DAY)
    appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    earlier.accept(permit, first)
    moved = EarlierWish.objects.get(pk=first).appointment
    assert (moved.starts_at, moved.staff_id, moved.room_id) == (after(A_DAY), BOB, BIRCH)
    assert states() == ["taken", "offered"]
    assert offers(permit) == [(second, "27 00:00", "Bob Brown")]
    assert tasks(permit) == [("front_desk", second)]


def test_undo_of_an_accepted_time_puts_the_visit_and_its_place_in_line_back(permit):
    wish = in_line(permit)
    before = list(Appointment.objects.filter(wishes=wish).values())
    appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    batch = earlier.accept(permit, wish)
    undo(permit, batch)
    assert list(Appointment.objects.filter(wishes=wish).values()) == before
    assert states() == ["waiting"]


def test_declined_it_goes_to_the_next_and_comes_not_back_to_the_same(permit):
    first, second = in_line(permit), in_line(permit, 4 * A_DAY)
    appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    assert earlier.decline(permit, first) == [second]
    assert earlier.decline(permit, second) == []
    assert (states(), tasks(permit)) == (["waiting", "waiting"], [])
    appointments.cancel(permit, visit(permit, A_DAY), "Ill again")
    assert offers(permit) == []
    appointments.cancel(permit, visit(permit, A_DAY + 60), "Ill")
    assert offers(permit) == [(first, "25 01:00", "Bob Brown")]


def test_a_time_left_by_a_move_is_offered_and_one_still_half_taken_is_not(permit):
    wish = in_line(permit)
    one = visit(permit, A_DAY)
    move(permit, [Move(one, after(A_DAY + 30), BOB, BIRCH)])
    assert offers(permit) == []
    move(permit, [Move(one, after(2 * A_DAY), BOB, BIRCH)])
    assert offers(permit) == [(wish, "25 00:30", "Bob Brown")]


def test_withdrawn_or_cancelled_the_offer_goes_to_the_next(permit):
    first, second, third = (in_line(permit, day * A_DAY) for day in (3, 4, 5))
    appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    earlier.withdraw(permit, first)
    assert offers(permit) == [(second, "25 00:00", "Bob Brown")]
    batch = appointments.cancel(permit, EarlierWish.objects.get(pk=second).appointment_id, "Moved")
    assert offers(permit) == [(third, "25 00:00", "Bob Brown")]
    assert states() == ["ended", "ended", "offered"]
    undo(permit, batch)
    assert states() == ["ended", "waiting", "offered"]


@pytest.mark.parametrize(
    ("facts", "fits"),
    [
        ({}, True),
        ({"kind": "nurse"}, False),
        ({"minutes": 60}, False),
        ({"start": 60}, False),
        ({"wish": {"dayparts": ["evening"]}}, True),
        ({"wish": {"dayparts": ["morning", "afternoon"]}}, False),
        ({"wish": {"from_on": TODAY + timedelta(days=1)}}, True),
        ({"wish": {"from_on": TODAY + timedelta(days=2)}}, False),
        ({"staff": ALICE, "room": MAPLE}, True),
    ],
)
def test_only_what_fits_is_offered(permit, facts, fits):
    wish = in_line(permit, **facts)
    appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    assert offers(permit) == ([(wish, "25 00:00", "Bob Brown")] if fits else [])


@pytest.mark.parametrize(("holders", "fits"), [("clinician", True), ("nurse", False)])
def test_another_colleague_is_offered_only_where_they_may_hold_that_type(permit, holders, fits):
    kind = make_type(holders=[holders, "supervisor"])
    wish = in_line(permit, staff=SAM, type=kind, room=MAPLE)
    appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    assert offers(permit) == ([(wish, "25 00:00", "Bob Brown")] if fits else [])


def test_somebody_busy_committed_or_elsewhere_then_is_passed_over(permit):
    busy, committed, free = (make_person() for _ in range(3))
    in_line(permit, record=busy)
    visit(permit, A_DAY - 20, ALICE, record=busy, room=None)
    in_line(permit, 4 * A_DAY, record=committed)
    with writing():
        Commitment.objects.create(
            organization_id=1, clinic_id=NORTH, record_id=committed, kind="work", weekdays=[1],
            starts=time(18, 30), ends=time(20), during=(TODAY, None), set_at=NOW,
        )  # fmt: skip
    wish = in_line(permit, 5 * A_DAY, record=free)
    appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    assert offers(permit) == [(wish, "25 00:00", "Bob Brown")]


def test_who_needs_a_room_without_a_step_is_offered_only_such(permit):
    wish = in_line(permit)
    record = EarlierWish.objects.get(pk=wish).record_id
    with as_job("patients.patient.write"), writing():
        Patient.objects.filter(record_id=record).update(step_free=True)
    with as_job("access.network.write"), writing():
        from openiop.access.models import Room

        Room.objects.filter(pk=BIRCH).update(accessible=False)
    appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    assert offers(permit) == []


def test_leave_and_days_the_clinic_is_closed_free_no_time(permit):
    in_line(permit)
    one, two = visit(permit, A_DAY), visit(permit, 2 * A_DAY)
    with writing():
        Away.objects.create(
            organization_id=1, staff_id=BOB, kind="leave", recorded_at=NOW,
            during=(after(A_DAY - 60), after(A_DAY + 60)),
        )  # fmt: skip
        Closure.objects.create(organization_id=1, clinic_id=NORTH, name="Water",
                               start_on=WEDNESDAY, end_on=WEDNESDAY)  # fmt: skip
    appointments.cancel_each(permit, [one, two], "Away and closed")
    assert (offers(permit), states()) == ([], ["waiting"])


def test_by_video_no_room_is_taken(permit):
    wish = in_line(permit, mode="virtual", room=None)
    appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    earlier.accept(permit, wish)
    assert EarlierWish.objects.get(pk=wish).appointment.room_id is None


def test_the_wish_itself_is_checked(permit, opened):
    late = visit(permit, A_DAY)
    assert refusal(earlier.wish, permit, late, TODAY + timedelta(days=3)) == "from_on"
    assert refusal(earlier.wish, permit, late, None, ["noon"]) == "dayparts"
    wish = earlier.wish(permit, late, None, ["evening"])
    assert refusal(earlier.wish, permit, late) == "wished"
    record = EarlierWish.objects.get(pk=wish).record_id
    assert wished(permit, record) == {late}
    assert refusal(earlier.accept, permit, wish) == "no_offer"
    earlier.withdraw(permit, wish)
    assert refusal(earlier.withdraw, permit, wish) == "closed"
    assert wished(permit, record) == frozenset()
    with opened("charlie", WRITE, now=NOW) as elsewhere, pytest.raises(Http404):
        earlier.withdraw(elsewhere, wish)


def test_a_time_booked_meanwhile_is_refused_by_its_clash_and_taken_back_by_the_job(permit):
    wish = in_line(permit)
    appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    assert stale(permit) == []
    visit(permit, A_DAY + 30)
    assert refusal(earlier.accept, permit, wish) == "clash"
    assert [(each.wish, each.over) for each in stale(permit)] == [(wish, False)]
    with as_job(earlier.EXPIRE) as job:
        assert earlier.expire(job) == 1
    assert (states(), tasks(permit)) == (["waiting"], [])


def test_an_offer_ends_with_its_time_and_a_wish_with_its_visit(permit, opened):
    wish = in_line(permit)
    appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    with opened("fred", WRITE, now=after(A_DAY)) as late:
        assert refusal(earlier.accept, late, wish) == "past"
    with as_job(earlier.EXPIRE, after(A_DAY)) as job:
        assert earlier.expire(job) == 1
    assert (states(), tasks(permit)) == (["waiting"], [])
    with as_job(earlier.EXPIRE, after(3 * A_DAY)) as job:
        assert earlier.expire(job) == 1
        assert earlier.expire(job) == 0
    assert states() == ["ended"]


def test_an_offer_that_lost_its_sense_goes_to_the_next(permit):
    first, second, third = (in_line(permit, day * A_DAY) for day in (3, 4, 5))
    appointments.cancel(permit, visit(permit, 2 * A_DAY), "Ill")
    mine = EarlierWish.objects.get(pk=first).appointment_id
    move(permit, [Move(mine, after(A_DAY), BOB, BIRCH)])
    with as_job(earlier.EXPIRE) as job:
        earlier.expire(job)
    assert sorted(offers(permit)) == [
        (second, "27 00:00", "Bob Brown"), (third, "26 00:00", "Bob Brown"),
    ]  # fmt: skip


def test_the_job_takes_back_what_is_gone_and_leaves_what_stands(permit):
    wish = in_line(permit)
    with as_job(earlier.EXPIRE) as job:
        expire_earlier_times(job)
    assert states() == ["waiting"]
    appointments.cancel(permit, visit(permit, A_DAY), "Ill")
    with as_job(earlier.EXPIRE) as job:
        expire_earlier_times(job)
    assert (states(), tasks(permit)) == (["offered"], [("front_desk", wish)])
    with as_job(earlier.EXPIRE, after(A_DAY)) as job:
        expire_earlier_times(job)
    assert (states(), tasks(permit)) == (["waiting"], [])


@pytest.mark.parametrize("people", [1, 5])
def test_cancelling_costs_the_same_however_long_the_line(permit, people, django_assert_num_queries):
    for number in range(people):
        in_line(permit, (3 + number) * A_DAY)
    free = visit(permit, A_DAY)
    with django_assert_num_queries(13):
        appointments.cancel(permit, free, "Ill")


def test_the_list_costs_the_same_for_one_and_for_five(permit, django_assert_num_queries):
    for number in range(5):
        in_line(permit, (3 + number) * A_DAY)
        appointments.cancel(permit, visit(permit, A_DAY + 120 * number), "Ill")
        with django_assert_num_queries(4):
            assert len(line(permit)) == number + 1
