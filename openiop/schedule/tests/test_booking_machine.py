"""Any sequence of booking, moving, exchanging, cancelling, series and undo: never two at once, and
undo, the latest first, puts every row back."""

from datetime import time, timedelta
from itertools import combinations
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)  # fmt: skip

from openiop.config.network_for_tests import NORTH
from openiop.kernel.permits import Refused
from openiop.schedule.actions import appointments
from openiop.schedule.actions.moving import Move, move, undo
from openiop.schedule.actions.series import end_series, start_series
from openiop.schedule.models import Appointment, AppointmentChange, Occupancy, Series
from openiop.schedule.queries.series import SeriesAsked
from openiop.schedule.tests.test_attendance import after
from openiop.schedule.tests.test_moving import rows
from openiop.schedule.tests.world import NOW, TODAY, as_job, make_person, make_type

WRITE = "schedule.appointment.write"
SLOT = st.integers(0, 5)
STAFF, ROOM, MINUTES = (
    st.sampled_from([1, 2]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([30, 60]),
)
WHICH = st.integers(0, 30)


def at(slot: int) -> Any:
    """Half hours of tomorrow's evening."""
    return after(24 * 60 + 30 * slot)


class Booking(RuleBasedStateMachine):
    """One desk that does anything in any order; every refusal leaves all as it was."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = transaction.savepoint()
        self.people = [make_person() for _ in range(3)]
        self.type = make_type()
        self.done: list[tuple[Any, Any]] = []
        self.series: list[int] = []

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.kept)

    def act(self, work: Any) -> Any:
        """What it came to; the state before and the batch, or unchanged rows when refused."""
        before = self.everything()
        try:
            with as_job(WRITE, NOW) as permit:
                result = work(permit)
        except Refused:
            assert self.everything() == before
            return None
        with as_job("schedule.read", NOW):
            self.done.append((AppointmentChange.objects.latest("id").batch, before))
        return result

    @staticmethod
    def everything() -> Any:
        with as_job("schedule.read", NOW):
            return rows(), list(Series.objects.order_by("id").values())

    def visit(self, which: int) -> int | None:
        with as_job("schedule.read", NOW):
            ids = list(Appointment.objects.order_by("id").values_list("id", flat=True))
        return ids[which % len(ids)] if ids else None

    @rule(who=st.integers(0, 2), staff=STAFF, room=ROOM, slot=SLOT, minutes=MINUTES)
    def book(self, who: int, staff: int, room: int | None, slot: int, minutes: int) -> None:
        self.act(lambda permit: appointments.book(
            permit, record=self.people[who], clinic=NORTH, kind="individual", staff=staff,
            room=room, starts_at=at(slot), minutes=minutes))  # fmt: skip

    @rule(which=WHICH, staff=STAFF, room=ROOM, slot=SLOT)
    def move_one(self, which: int, staff: int, room: int | None, slot: int) -> None:
        if visit := self.visit(which):
            self.act(lambda permit: move(permit, [Move(visit, at(slot), staff, room)]))

    @rule(one=WHICH, other=WHICH)
    def exchange(self, one: int, other: int) -> None:
        first, second = self.visit(one), self.visit(other)
        if first and second and first != second:
            with as_job("schedule.read", NOW):
                a, b = (Appointment.objects.get(pk=each) for each in (first, second))
            self.act(lambda permit: move(permit, [
                Move(a.id, b.starts_at, b.staff_id, b.room_id),
                Move(b.id, a.starts_at, a.staff_id, a.room_id)]))  # fmt: skip

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        if visit := self.visit(which):
            self.act(lambda permit: appointments.cancel(permit, visit, "Ill"))

    @rule(
        who=st.integers(0, 2), staff=STAFF, room=ROOM, hour=st.integers(18, 20), over=st.booleans()
    )
    def start(self, who: int, staff: int, room: int | None, hour: int, over: bool) -> None:
        old = self.series[-1] if over and self.series else None
        wanted = SeriesAsked(
            record=self.people[who], clinic=NORTH, type=self.type, staff=staff, room=room,
            every="week", weekday=1, starts=time(hour), minutes=60, replaces=old,
            from_on=TODAY, until_on=TODAY + timedelta(days=8),
        )  # fmt: skip
        if made := self.act(lambda permit: start_series(permit, wanted)):
            self.series.append(made[0])

    @precondition(lambda self: self.series)
    @rule()
    def end(self) -> None:
        self.act(lambda permit: end_series(permit, self.series[-1], TODAY, "Other plan"))

    @precondition(lambda self: self.done)
    @rule()
    def undo_latest(self) -> None:
        batch, before = self.done.pop()
        with as_job(WRITE, NOW) as permit:
            undo(permit, batch)
        assert self.everything() == before
        with as_job("schedule.read", NOW):
            alive = set(Series.objects.values_list("id", flat=True))
        self.series = [each for each in self.series if each in alive]

    @invariant()
    def never_two_at_once(self) -> None:
        with as_job("schedule.read", NOW):
            visits = list(Appointment.objects.filter(cancelled_at__isnull=True))
            taken = {
                (row.kind, row.resource, row.during.lower, row.during.upper, row.appointment_id)
                for row in Occupancy.objects.all()
            }
        wanted = {
            (kind, resource, visit.starts_at, visit.ends_at, visit.id)
            for visit in visits
            for kind, resource in [("staff", visit.staff_id), ("record", visit.record_id),
                                   ("room", visit.room_id)]
            if resource
        }  # fmt: skip
        assert taken == wanted
        for one, other in combinations(taken, 2):
            if one[:2] == other[:2]:
                assert one[3] <= other[2] or other[3] <= one[2]


@pytest.mark.parametrize("steps", [25])
def test_no_sequence_of_acts_books_anybody_twice_and_undo_is_exact(network, steps):
    run_state_machine_as_test(
        Booking, settings=settings(max_examples=30, stateful_step_count=steps, deadline=None)
    )
