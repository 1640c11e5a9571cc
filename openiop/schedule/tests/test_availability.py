"""Free times across clinics: nobody away, taken or without a credential is offered."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from openiop.config.network_for_tests import GULF, NORTH, SOUTH
from openiop.kernel.days import local
from openiop.kernel.permits import Refused
from openiop.schedule.actions.appointments import book
from openiop.schedule.actions.types import found_types
from openiop.schedule.actions.working import Week, add_away, add_extra, set_hours
from openiop.schedule.models import Commitment
from openiop.schedule.queries.availability import Asked, open_slots
from openiop.schedule.queries.types import types
from openiop.schedule.tests.world import TODAY, as_job, make_person, make_track

ZONE = "America/Chicago"
TUESDAY = TODAY + timedelta(days=1)
ALICE, BOB, CHARLIE, TESS, NORA, SAM = 1, 2, 3, 5, 10, 7
READ = "schedule.read"


def type_id(code: str = "therapy") -> int:
    with as_job(READ) as permit:
        return next(each.id for each in types(permit) if each.code == code)


def works(staff: int, *weeks: tuple[int, int, int], clinic: int = NORTH, **facts) -> None:
    """(weekday, from hour, to hour) of a colleague's week."""
    with as_job("schedule.hours.write") as permit:
        set_hours(
            permit, staff,
            [Week(clinic, day, time(a), time(b), **facts) for day, a, b in weeks], TODAY,
        )  # fmt: skip


def at(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    return local(day, time(hour, minute), ZONE)


@pytest.fixture
def typed(network):
    """The shipped types, and Alice at North on Tuesdays from 9 to 12."""
    with as_job("schedule.type.write") as permit:
        found_types(permit)
    works(ALICE, (1, 9, 12))


def slots(**facts):
    asked = {"type": type_id(), "clinics": frozenset({NORTH}), "start": TUESDAY, "days": 7} | facts
    with as_job(READ) as permit:
        return open_slots(permit, Asked(**asked))


def starts(**facts) -> list[str]:
    """Who and when, on the clocks of the place."""
    return [
        f"{slot.staff_name} {slot.starts_at.astimezone(at(0).tzinfo):%a %H:%M}"
        for slot in slots(**facts)
    ]


def away(staff: int, starts_at: datetime, ends_at: datetime, kind: str = "leave") -> int:
    with as_job("schedule.away.write") as permit:
        return add_away(permit, staff, kind, starts_at, ends_at)


def test_a_colleague_is_offered_in_their_hours_with_what_stays_free_after(typed):
    assert starts() == ["Alice Adams Tue 09:00", "Alice Adams Tue 10:15"]
    first = slots()[0]
    assert (first.clinic_name, first.room_name, first.ends_at - first.starts_at, first.mode) == (
        "North", "Birch", timedelta(minutes=60), "in_person",
    )  # fmt: skip


def test_nobody_is_offered_while_away(typed):
    away(ALICE, at(0), at(10))
    assert starts() == ["Alice Adams Tue 10:00"]


def test_nobody_is_offered_while_taken_nor_within_the_pause_after_a_visit(typed):
    record = make_person()
    with as_job("schedule.appointment.write") as permit:
        book(permit, record=record, clinic=NORTH, kind="individual", staff=ALICE,
             starts_at=at(9), minutes=30)  # fmt: skip
    assert starts() == ["Alice Adams Tue 09:45"]


def test_the_persons_own_day_is_kept_free(typed):
    record = make_person()
    works(BOB, (1, 8, 21))
    with as_job("schedule.appointment.write") as permit:
        book(permit, record=record, clinic=NORTH, kind="individual", staff=BOB,
             starts_at=at(10), minutes=60)  # fmt: skip
    assert starts(record=record, staff=ALICE) == ["Alice Adams Tue 09:00"]
    assert starts(staff=ALICE) == ["Alice Adams Tue 09:00", "Alice Adams Tue 10:15"]


def test_hours_somebody_works_or_has_court_are_no_free_times_of_theirs(typed):
    record = make_person()
    with as_job("schedule.appointment.write"):
        from openiop.access.backend.base import writing

        with writing():
            Commitment.objects.create(
                organization_id=1, clinic_id=NORTH, record_id=record, kind="court", weekdays=[1],
                starts=time(9, 30), ends=time(10, 30), during=(TODAY, None),
                set_at=datetime(2026, 11, 1, tzinfo=UTC),
            )  # fmt: skip
    assert starts(record=record) == ["Alice Adams Tue 10:30"]


def test_hours_kept_for_one_to_ones_come_first_on_their_day(typed):
    works(BOB, (1, 15, 17), use="visits")
    assert starts() == [
        "Bob Brown Tue 15:00", "Alice Adams Tue 09:00", "Alice Adams Tue 10:15",
    ]  # fmt: skip


def test_a_day_of_extra_hours_is_offered_once(typed):
    with as_job("schedule.hours.write") as permit:
        add_extra(permit, ALICE, TUESDAY + timedelta(days=2), Week(NORTH, 0, time(13), time(15)))
    assert starts(start=TUESDAY + timedelta(days=1), days=13) == [
        "Alice Adams Thu 13:00", "Alice Adams Tue 09:00", "Alice Adams Tue 10:15",
    ]  # fmt: skip


def test_evenings_begin_at_five(typed):
    works(BOB, (1, 15, 20))
    assert starts(daypart="evening") == ["Bob Brown Tue 17:00", "Bob Brown Tue 18:15"]
    assert starts(daypart="morning") == ["Alice Adams Tue 09:00", "Alice Adams Tue 10:15"]


def test_a_credential_of_another_state_does_not_count(typed):
    works(TESS, (1, 9, 12), clinic=GULF)
    works(SAM, (1, 9, 12), clinic=GULF)
    assert starts(clinics=frozenset({GULF}), daypart="morning", limit=2) == [
        "Tess Tran Tue 09:00", "Sam Stone Tue 09:00",
    ]  # fmt: skip
    with as_job("access.staff.write"):
        from openiop.access.backend.base import writing
        from openiop.access.models import Credential

        with writing():
            Credential.objects.filter(staff_id=TESS).update(expires_on=TODAY)
    assert starts(clinics=frozenset({GULF}), limit=1) == ["Sam Stone Tue 09:00"]


def test_only_roles_that_may_hold_the_type_are_offered(typed):
    works(NORA, (1, 9, 10))
    assert starts(type=type_id("nursing")) == [
        "Nora Nash Tue 09:00", "Nora Nash Tue 09:30",
    ]  # fmt: skip
    assert starts(type=type_id("test"), role="nurse", limit=1) == ["Nora Nash Tue 09:00"]
    assert starts(type=type_id("psychiatry")) == []


def test_all_clinics_are_looked_at_where_none_is_named(typed):
    works(CHARLIE, (1, 9, 10), clinic=SOUTH)
    works(CHARLIE, (1, 9, 11), clinic=SOUTH)
    assert starts(clinics=frozenset()) == [
        "Alice Adams Tue 09:00", "Charlie Clark Tue 09:00", "Alice Adams Tue 10:15",
    ]  # fmt: skip


def test_places_near_a_zip_code_say_how_far_they_are(typed):
    assert [slot.miles for slot in slots(near="60614", limit=1)] == [3.0]
    assert slots(near="77002", miles=10) == []
    with pytest.raises(Refused) as no:
        slots(near="00000")
    assert no.value.field == "near"


def test_a_visit_by_video_needs_no_room_and_hours_at_home_no_visit_in_one(typed):
    works(BOB, (1, 9, 11), virtual=True)
    assert starts(staff=BOB) == []
    (slot, *_) = slots(staff=BOB, mode="virtual")
    assert (slot.room, slot.room_name, slot.mode) == (None, "", "virtual")
    with pytest.raises(Refused) as no:
        slots(type=type_id("nursing"), mode="virtual")
    assert no.value.sentence == "Nurse visit is not held that way."


def test_no_room_no_visit_in_person(typed):
    make_track(start_on=TODAY, weekdays=(1,), starts=time(8), room=1)
    make_track(start_on=TODAY, weekdays=(1,), starts=time(8), room=2, staff=((BOB, "lead"),))
    assert starts(days=1) == []
    works(ALICE, (1, 9, 14))
    assert starts(days=1)[0] == "Alice Adams Tue 11:30"


def test_a_group_a_colleague_holds_is_no_free_time(typed):
    works(ALICE, (0, 14, 21))
    make_track()
    assert starts(start=TODAY, days=1) == [
        "Alice Adams Mon 14:00", "Alice Adams Mon 15:15", "Alice Adams Mon 16:30",
    ]  # fmt: skip


def test_what_has_passed_is_not_offered(typed):
    works(ALICE, (0, 9, 14))
    assert starts(start=TODAY, days=1) == ["Alice Adams Mon 12:15"]


def test_a_visit_that_is_moved_gives_up_its_own_time(typed):
    record = make_person()
    with as_job("schedule.appointment.write") as permit:
        visit = book(permit, record=record, clinic=NORTH, kind="individual", staff=ALICE,
                     starts_at=at(9), minutes=60)  # fmt: skip
    assert starts(record=record) == ["Alice Adams Tue 10:15"]
    assert starts(record=record, moving=visit) == ["Alice Adams Tue 09:00", "Alice Adams Tue 10:15"]


def test_the_same_few_statements_whatever_the_number(typed, django_assert_num_queries):
    record = make_person()
    for staff, clinic in ((ALICE, NORTH), (BOB, NORTH), (CHARLIE, SOUTH), (SAM, GULF)):
        works(staff, *[(day, 8, 20) for day in range(6)], clinic=clinic)
    kind = type_id()
    with as_job(READ) as permit, django_assert_num_queries(5):
        found = open_slots(
            permit, Asked(type=kind, clinics=frozenset(), start=TUESDAY,
                          record=record, limit=400),
        )  # fmt: skip
    assert len(found) == 400
