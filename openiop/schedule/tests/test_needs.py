"""Interpreters, rides and childcare: noted, booked, in one place at a time, never family."""

from datetime import time, timedelta

import pytest
from django.http import Http404

from openiop.config.network_for_tests import NORTH
from openiop.kernel.permits import Refused
from openiop.messaging.actions import add_contact
from openiop.schedule.actions import appointments
from openiop.schedule.actions.enrollment import enroll
from openiop.schedule.actions.moving import Move, move, undo
from openiop.schedule.actions.needs import (
    add_provider,
    book_need,
    cancel_need,
    retire_provider,
    want,
)
from openiop.schedule.actions.sessions import move as move_session
from openiop.schedule.models import Need, Occupancy, Seat
from openiop.schedule.queries.needs import (
    fitting,
    need_of,
    needs_between,
    needs_of,
    providers,
)
from openiop.schedule.tests.test_attendance import after, sessions_of
from openiop.schedule.tests.test_races import together
from openiop.schedule.tests.world import (
    NOW,
    TODAY,
    as_job,
    make_enrolled,
    make_episode,
    make_person,
    make_track,
)  # fmt: skip

WRITE, READ, CHANGE = "schedule.need.write", "schedule.read", "schedule.provider.write"
BOB, ALICE = 2, 1


def make_provider(name: str = "Ana Ruiz", kinds=("spoken",), languages=("es",), **facts) -> int:
    with as_job(CHANGE) as permit:
        return add_provider(permit, name=name, kinds=kinds, languages=languages, **facts)


def visit(record: int, start: float = 1200, staff: int = BOB) -> int:
    """A visit of 50 minutes, so many minutes after the session of Monday began."""
    with as_job(WRITE) as permit:
        return appointments.book(
            permit, record=record, clinic=NORTH, kind="individual", staff=staff,
            starts_at=after(start), minutes=50,
        )  # fmt: skip


def needs(record: int, kind: str = "spoken", language: str = "es", **what) -> int:
    with as_job(WRITE) as permit:
        return want(permit, record, kind, language=language, **what)


def book(record: int, need: int, provider: int | None, reference: str = "") -> str:
    with as_job(WRITE) as permit:
        book_need(permit, record, need, provider, reference)
    return "done"


def refused(action, *args, **facts) -> tuple[str, str, str]:
    """Its code, its sentence and what to do."""
    with pytest.raises(Refused) as no:
        action(*args, **facts)
    return no.value.code, no.value.sentence, no.value.next_step


def taken() -> list[tuple[int, int | None, int | None]]:
    """(provider, visit, session) of what is taken."""
    with as_job(READ):
        rows = Occupancy.objects.filter(kind="provider").order_by("id")
        return list(rows.values_list("resource", "appointment_id", "session_id"))


def facts(record: int, need: int):
    with as_job(READ) as permit:
        return need_of(permit, record, need)


# --- who provides ---


def test_providers_stand_by_name_with_what_they_do_and_leave_and_come_back(network):
    ana = make_provider(phone=" 312 555 0101 ")
    ride = make_provider("City ride", ["ride", "childcare"], [])
    sign = make_provider("Ben Sign", ["asl"], [])
    with as_job(CHANGE) as permit:
        retire_provider(permit, ride)
        assert [(each.id, each.languages, each.phone) for each in providers(permit)] == [
            (ana, frozenset({"es"}), "312 555 0101"), (sign, frozenset({"ase"}), ""),
        ]  # fmt: skip
        assert [each.retired for each in providers(permit, retired=True)] == [False, False, True]
        retire_provider(permit, ride, back=True)
        assert [each.name for each in providers(permit)] == ["Ana Ruiz", "Ben Sign", "City ride"]
        with pytest.raises(Http404):
            retire_provider(permit, 999)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": " "}, "Give a name."),
        ({"kinds": []}, "Choose what they provide."),
        ({"kinds": ["sing"]}, "Choose what they provide."),
        ({"languages": []}, "Choose the languages."),
        ({"languages": ["ase"]}, "Choose the languages."),
        ({"languages": ["es", "elvish"]}, "Choose languages of the list."),
        ({"name": "Known"}, "This name is there already."),
    ],
)
def test_a_provider_that_cannot_be_is_refused(network, wrong, sentence):
    make_provider("Known")
    assert refused(make_provider, **wrong)[1] == sentence


# --- noted, booked, called off ---


def test_an_interpreter_is_noted_booked_and_taken_then_and_free_when_called_off(network):
    record, ana = make_person(), make_provider(phone="312 555 0101")
    meeting = visit(record)
    need = needs(record, appointment=meeting)
    assert (facts(record, need).state, taken()) == ("wanted", [])
    book(record, need, ana, " A-17 ")
    with as_job(READ) as permit:
        (row,) = needs_of(permit, record, NOW)
    assert (row.state, row.provider_name, row.phone, row.reference, row.language, row.off) == (
        "booked", "Ana Ruiz", "312 555 0101", "A-17", "es", False,
    )  # fmt: skip
    assert (row.title, row.starts_at, row.clinic) == ("One-to-one", after(1200), NORTH)
    assert taken() == [(ana, meeting, None)]
    for _twice in range(2):
        with as_job(WRITE) as permit:
            cancel_need(permit, record, need)
    with as_job(READ) as permit:
        assert (needs_of(permit, record, NOW), taken()) == ([], [])
    assert refused(book, record, need, ana)[:2] == ("over", "This is cancelled or over.")
    assert needs(record, appointment=meeting) > need


def test_a_ride_takes_up_nobody_and_two_people_share_one(network):
    car = make_provider("City ride", ["ride"], [])
    for record in (make_person(), make_person()):
        meeting = visit(record, staff=BOB if record % 2 else ALICE)
        book(record, needs(record, "ride", appointment=meeting), car)
    assert taken() == []
    with as_job(READ):
        rows = Need.objects.filter(state="booked", language="")
        assert list(rows.values_list("provider_id", flat=True)) == [car, car]


def test_what_cannot_be_needed_is_refused(network):
    record, other = make_person(), make_person()
    meeting, (group, *_) = visit(record), sessions_of(make_track())
    assert refused(needs, record, "dance")[1] == "Choose what is needed."
    assert refused(needs, record, language="")[1] == "Choose the language."
    assert refused(needs, record)[1] == "Choose a visit or a group."
    assert refused(needs, record, appointment=meeting, session=group)[0] == "what"
    for who, what in ((other, {"appointment": meeting}), (record, {"session": group})):
        with pytest.raises(Http404):
            needs(who, **what)
    needs(record, appointment=meeting)
    assert refused(needs, record, appointment=meeting)[1] == "This is noted already."
    with as_job(WRITE) as permit:
        appointments.cancel(permit, meeting, "Ill")
    assert refused(needs, record, "ride", appointment=meeting)[1] == "This is cancelled or over."


def test_nobody_books_a_need_under_another_person(network):
    record = make_person()
    need, ana = needs(record, appointment=visit(record)), make_provider()
    with pytest.raises(Http404):
        book(make_person(), need, ana)


# --- who interprets ---


def test_family_and_friends_never_interpret_neither_as_such_nor_by_name(network):
    record = make_person()
    with as_job("messaging.contact.write") as permit:
        add_contact(permit, record=record, clinic=NORTH, name="Rosa Test", relationship="Sister")
    need = needs(record, appointment=visit(record))
    rosa = make_provider("rosa test")
    sentence = "A family member or friend never interprets."
    instead = "Choose an interpreter; family may come along as family."
    assert refused(book, record, need, None) == ("family", sentence, instead)
    assert refused(book, record, need, rosa) == ("family", sentence, instead)
    assert (facts(record, need).state, taken()) == ("wanted", [])
    ride = needs(record, "ride", appointment=facts(record, need).appointment)
    assert refused(book, record, ride, None)[:2] == ("provider", "Choose with whom.")


def test_only_who_does_it_in_that_language_and_is_in_use_is_booked(network):
    record = make_person()
    need = needs(record, appointment=visit(record))
    polish, sign = make_provider("Pavel", languages=["pl"]), make_provider("Ben", ["asl"], [])
    gone = make_provider("Gone")
    with as_job(CHANGE) as permit:
        retire_provider(permit, gone)
    for one, name in ((polish, "Pavel"), (sign, "Ben"), (gone, "Gone")):
        assert refused(book, record, need, one) == (
            "unfit", f"{name} does not do this.", "Choose somebody else.",
        )  # fmt: skip


def test_an_interpreter_is_in_one_place_and_who_is_free_is_told(network):
    one, other = make_person(), make_person()
    ana = make_provider()
    book(one, needs(one, appointment=visit(one)), ana)
    later = needs(other, appointment=visit(other, 1230, ALICE))
    assert refused(book, other, later, ana) == (
        "clash", "Ana Ruiz has a visit on Tue 24 Nov, 14:00 to 14:50.", "Nobody else is free then.",
    )  # fmt: skip
    luis = make_provider("Luis Gil")
    assert refused(book, other, later, ana)[2] == "Free then: Luis Gil."
    with as_job(READ) as permit:
        need = need_of(permit, other, later)
        assert [each.id for each in fitting(permit, [need])[later]] == [luis]
    book(other, later, luis)
    assert [who for who, *_ in taken()] == [ana, luis]
    book(other, later, luis, "B-2")
    assert refused(book, other, later, ana)[0] == "clash"
    assert (facts(other, later).provider_name, facts(other, later).reference) == ("Luis Gil", "B-2")


# --- what moves takes its interpreter along ---


def test_a_visit_that_moves_takes_its_interpreter_along_or_is_told_why_not(network):
    one, other, ana = make_person(), make_person(), make_provider()
    first, second = visit(one), visit(other, 1300, ALICE)
    book(one, needs(one, appointment=first), ana)
    book(other, needs(other, appointment=second), ana)
    with as_job(WRITE) as permit:
        batch = move(permit, [Move(first, after(1500), BOB, None)])
    with as_job(READ):
        during = Occupancy.objects.get(kind="provider", appointment_id=first).during
    assert (during.lower, during.upper) == (after(1500), after(1550))
    with as_job(WRITE) as permit, pytest.raises(Refused) as no:
        move(permit, [Move(first, after(1310), BOB, None)])
    assert no.value.sentence == "Ana Ruiz has a visit on Tue 24 Nov, 15:40 to 16:30."
    with as_job(WRITE) as permit:
        undo(permit, batch)
    with as_job(WRITE) as permit:
        gone = appointments.cancel(permit, first, "Ill")
    assert taken() == [(ana, second, None)]
    with as_job(READ) as permit:
        assert [each.off for each in needs_of(permit, one, NOW)] == [True]
    with as_job(WRITE) as permit:
        undo(permit, gone)
    assert sorted(taken()) == [(ana, first, None), (ana, second, None)]


def test_a_group_that_moves_takes_its_interpreter_along_or_is_told_why_not(network):
    track = make_track()
    (record,) = make_enrolled(track)
    wednesday = sessions_of(track)[1]
    ana, other = make_provider(), make_person()
    book(record, needs(record, session=wednesday), ana)
    assert taken() == [(ana, None, wednesday)]
    thursday = TODAY + timedelta(days=3)
    book(other, needs(other, appointment=visit(other, 3 * 1440 + 60)), ana)
    with as_job("schedule.session.write") as permit, pytest.raises(Refused) as no:
        move_session(permit, wednesday, on=thursday, starts=time(18))
    assert no.value.sentence == "Ana Ruiz has a visit on Thu 26 Nov, 19:00 to 19:50."
    with as_job("schedule.session.write") as permit:
        move_session(permit, wednesday, on=TODAY + timedelta(days=1), starts=time(18))
    with as_job(READ):
        during = Occupancy.objects.get(kind="provider", session_id=wednesday).during
    assert during.lower == after(1440)


def test_one_interpreter_serves_two_people_of_a_group_and_stays_for_the_second(network):
    track = make_track()
    people, ana = make_enrolled(track, 2), make_provider()
    group = sessions_of(track)[0]
    both = [needs(each, session=group) for each in people]
    for each, need in zip(people, both, strict=True):
        book(each, need, ana)
    assert taken() == [(ana, None, group)]
    with as_job(WRITE) as permit:
        cancel_need(permit, people[0], both[0])
    assert taken() == [(ana, None, group)]
    with as_job(WRITE) as permit:
        cancel_need(permit, people[1], both[1])
    assert taken() == []


def test_an_interpreter_is_no_seat_and_does_not_count_toward_the_cap(network):
    track = make_track()
    people = make_enrolled(track, 10)
    group, ana = sessions_of(track)[0], make_provider()
    book(people[0], needs(people[0], session=group), ana)
    last = make_person()
    episode = make_episode(last, track)
    with as_job("schedule.enroll") as permit:
        enroll(permit, record=last, track=track, start_on=TODAY, episode=episode)
    with as_job(READ):
        assert Seat.objects.filter(track_id=track, released_at=None).count() == 11
    over = make_person()
    twelfth = make_episode(over, track)
    with as_job("schedule.enroll") as permit, pytest.raises(Refused) as no:
        enroll(permit, record=over, track=track, start_on=TODAY, episode=twelfth)
    assert no.value.code == "over_house"


# --- the day's list ---


def test_the_days_list_has_what_is_needed_then_and_what_must_be_called_off(network):
    record, ana = make_person(), make_provider()
    first, second = visit(record), visit(record, 2640)
    booked, ride = needs(record, appointment=first), needs(record, "ride", appointment=first)
    needs(record, appointment=second)
    book(record, booked, ana)
    start, end = after(360), after(1800)
    with as_job(READ) as permit:
        assert [each.id for each in needs_between(permit, NORTH, start, end)] == [booked, ride]
    with as_job(WRITE) as permit:
        appointments.cancel(permit, first, "Ill")
    with as_job(READ) as permit:
        found = needs_between(permit, NORTH, start, end)
        assert [(each.id, each.off) for each in found] == [(booked, True)]
        assert needs_between(permit, 99, start, end) == []


# --- two at once ---


@pytest.mark.slow
def test_of_five_visits_at_one_time_one_gets_the_interpreter_whoever_presses(own_database, network):
    ana, wanted = make_provider(), []
    for staff in (1, 2, 4, 7, 10):
        record = make_person()
        wanted.append((record, needs(record, appointment=visit(record, staff=staff))))

    def booking(record: int, need: int):
        return lambda: book(record, need, ana)

    came = together([booking(*each) for each in wanted * 6], 30)
    assert came == {"done": 6, "clash": 24}
    assert len(taken()) == 1
    with as_job(READ):
        assert Need.objects.filter(state="booked").count() == 1
