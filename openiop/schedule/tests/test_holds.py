"""A time kept for ten minutes: nobody else gets it, it comes free again, it can be booked."""

from datetime import date, time, timedelta
from functools import partial

import pytest

from openiop.config.network_for_tests import NORTH
from openiop.kernel.days import local
from openiop.kernel.permits import Refused
from openiop.schedule.actions import appointments, holds
from openiop.schedule.actions.working import Week, set_hours
from openiop.schedule.models import Appointment, Hold, Occupancy
from openiop.schedule.queries.holds import hold, is_open, live_holds
from openiop.schedule.rules.times import Time
from openiop.schedule.tests.test_races import together
from openiop.schedule.tests.world import NOW, as_job, make_person, make_type

ZONE, TUESDAY = "America/Chicago", date(2026, 11, 24)
AT = local(TUESDAY, time(10), ZONE)
WRITE = "schedule.hold.write"


@pytest.fixture
def typed(network) -> int:
    """Alice works Tuesdays from nine to twelve; a first visit takes 60 minutes, 15 stay free."""
    return given()


def given() -> int:
    with as_job("schedule.hours.write") as permit:
        set_hours(permit, 1, [Week(NORTH, 1, time(9), time(12))], TUESDAY)
    return make_type(minutes=60, buffer_minutes=15, public=True, modes=["in_person", "virtual"])


def wanted(kind: int, **facts) -> Time:
    return Time(**{"type": kind, "clinic": NORTH, "staff": 1, "room": 1, "starts_at": AT,
                   "mode": "in_person"} | facts)  # fmt: skip


def keep(time_: Time, now=NOW):
    with as_job(WRITE, now) as permit:
        return holds.hold(permit, time_)


def refused(work) -> Refused:
    with pytest.raises(Refused) as no:
        work()
    return no.value


def test_a_kept_time_names_when_it_ends_and_takes_colleague_and_room(typed):
    key = keep(wanted(typed))
    with as_job(WRITE) as permit:
        found = hold(permit, key)
        assert found.time == wanted(typed)
        assert (found.ends_at, found.expires_at) == (AT + timedelta(hours=1), NOW + holds.KEPT)
        taken = Occupancy.objects.values_list("kind", "resource")
        assert sorted(taken) == [("room", 1), ("staff", 1)]
        assert live_holds(permit, NORTH) == 1


def test_the_second_is_refused_and_offered_the_closest(typed):
    keep(wanted(typed))
    no = refused(lambda: keep(wanted(typed)))
    assert (no.code, no.sentence) == ("gone", "Somebody just took this time.")
    assert no.choices[0].starts_at > AT


def test_another_room_does_not_help_where_the_colleague_is_taken(typed):
    keep(wanted(typed))
    assert refused(lambda: keep(wanted(typed, room=2))).code == "gone"


@pytest.mark.parametrize(
    "facts",
    [
        {"starts_at": local(TUESDAY, time(11, 30), ZONE)},  # it would end after the hours
        {"starts_at": local(TUESDAY, time(10, 7), ZONE)},  # no quarter of an hour
        {"starts_at": local(date(2026, 11, 25), time(10), ZONE)},  # not their day
        {"staff": 2},  # nobody who works then
        {"room": 3},  # a room of another clinic
        {"room": None},  # in person, but nowhere
        {"mode": "virtual"},  # by video, but in a room
        {"starts_at": NOW - timedelta(hours=1)},
    ],
)
def test_what_is_not_truly_free_is_not_kept(typed, facts):
    with as_job(WRITE) as permit:
        assert is_open(permit, wanted(typed, **facts), ZONE) is None
    assert refused(lambda: keep(wanted(typed, **facts))).code == "gone"


def test_after_ten_minutes_the_time_is_anybody_s(typed):
    key = keep(wanted(typed))
    with as_job(WRITE, NOW + holds.KEPT) as permit:
        assert hold(permit, key) is None
        other = holds.hold(permit, wanted(typed))
        assert other != key
        assert Hold.objects.count() == 1


def test_the_job_gives_back_what_ran_out_and_nothing_else(typed):
    keep(wanted(typed))
    with as_job("schedule.hold.release", NOW + timedelta(minutes=9)) as permit:
        assert holds.release_expired(permit) == 0
    with as_job("schedule.hold.release", NOW + timedelta(minutes=11)) as permit:
        holds.release_expired(permit)
        assert (Hold.objects.count(), Occupancy.objects.count()) == (0, 0)


def test_who_knows_the_key_books_the_time(typed):
    key = keep(wanted(typed))
    person = make_person(NORTH)
    with as_job(WRITE) as permit:
        visit = holds.book_time(permit, wanted(typed), record=person, key=key)
        row = Appointment.objects.get(pk=visit)
        assert (row.starts_at, row.ends_at, row.type_id) == (AT, AT + timedelta(hours=1), typed)
        assert Hold.objects.count() == 0


def test_who_does_not_know_the_key_cannot_book_it(typed):
    keep(wanted(typed))
    person = make_person(NORTH)

    def book():
        with as_job(WRITE) as permit:
            holds.book_time(permit, wanted(typed), record=person)

    assert refused(book).code == "gone"
    with as_job(WRITE):
        assert (Appointment.objects.count(), Hold.objects.count()) == (0, 1)


def test_a_time_that_ran_out_can_still_be_booked_while_it_is_free(typed):
    key, person = keep(wanted(typed)), make_person(NORTH)
    with as_job(WRITE, NOW + timedelta(minutes=20)) as permit:
        assert holds.book_time(permit, wanted(typed), record=person, key=key) > 0


def test_the_key_of_one_time_gives_up_no_other(typed):
    nine = wanted(typed, starts_at=local(TUESDAY, time(9), ZONE))
    key, person = keep(nine), make_person(NORTH)
    other = wanted(typed, starts_at=local(TUESDAY, time(10, 15), ZONE))
    with as_job(WRITE) as permit:
        holds.book_time(permit, other, record=person, key=key)
        assert hold(permit, key) is not None


def test_a_kept_time_stops_the_desk_s_booking_too(typed):
    keep(wanted(typed))
    person = make_person(NORTH)

    def book():
        with as_job("schedule.appointment.write") as permit:
            appointments.book(
                permit, record=person, clinic=NORTH, staff=1, starts_at=AT, minutes=60, type=typed
            )

    assert refused(book).code == "clash"


def test_a_clinic_keeps_no_more_times_than_it_may(typed, monkeypatch):
    monkeypatch.setattr(holds, "MOST", 1)
    keep(wanted(typed, starts_at=local(TUESDAY, time(9), ZONE)))
    no = refused(lambda: keep(wanted(typed, starts_at=local(TUESDAY, time(10, 15), ZONE))))
    assert (no.code, no.next_step) == ("many", "Try again in some minutes, or call us.")


def test_letting_go_twice_is_letting_go_once(typed):
    key = keep(wanted(typed))
    for _ in range(2):
        with as_job(WRITE) as permit:
            holds.let_go(permit, key)
    with as_job(WRITE):
        assert Occupancy.objects.count() == 0


def test_fifty_at_once_and_one_has_it(own_database, network):
    kind = given()

    def run() -> str:
        keep(wanted(kind))
        return "done"

    came = together([run] * 50, threads=20)
    assert came == {"done": 1, "gone": 49}
    with as_job(WRITE):
        assert (Hold.objects.count(), Occupancy.objects.count()) == (1, 2)


def test_fifty_book_one_time_at_once_and_one_person_has_it(own_database, network):
    kind = given()
    people = [make_person(NORTH) for _ in range(50)]

    def run(record: int) -> str:
        with as_job(WRITE) as permit:
            holds.book_time(permit, wanted(kind), record=record)
        return "done"

    came = together([partial(run, record) for record in people], threads=20)
    assert came == {"done": 1, "gone": 49}
    with as_job(WRITE):
        assert Appointment.objects.count() == 1
