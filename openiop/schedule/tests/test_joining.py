"""Coming in by video: who may ask, who is let in, what becomes of their times."""

from datetime import time

import pytest
from django.http import Http404

from openiop.access.door import opened_for
from openiop.access.models import Link
from openiop.config.network_for_tests import IDS, NORTH
from openiop.kernel.permits import Refused
from openiop.messaging.actions import add_contact, add_contact_point
from openiop.messaging.models import Alert, OutboxMessage
from openiop.patients.actions import add_coverage
from openiop.programs.models import Enrollment
from openiop.schedule.actions import appointments, attendance, joining
from openiop.schedule.actions.enrollment import leave_track
from openiop.schedule.actions.join_confirm import confirm
from openiop.schedule.actions.join_links import join_links, send_links
from openiop.schedule.actions.joining import Answers
from openiop.schedule.actions.sessions import cancel
from openiop.schedule.models import Attendance, Join
from openiop.schedule.queries.joining import (
    Acceptance,
    acceptances,
    current,
    joins_of,
    may_be_seen_in,
    proposals,
    session_room,
    visit_room,
)
from openiop.schedule.rules.joining import Alone, Place, Proposal
from openiop.schedule.tests.test_attendance import after, recorded, sessions_of
from openiop.schedule.tests.world import TODAY, as_job, make_enrolled, make_person, make_track

HOME = Answers("12 Elm St, Town", "IL", "312 555 0142", Alone.YES, driving=False)


@pytest.fixture
def group(network):
    """This evening's virtual session at North with three people: (session, records)."""
    track = make_track(mode="virtual")
    return sessions_of(track)[0], make_enrolled(track, 3)


def room_of(session: int):
    with as_job("schedule.read") as permit:
        return session_room(permit, session)


def ask(session: int, record: int, minutes: float = -5, **changes) -> int:
    answers = Answers(**{**vars(HOME), **changes})
    with as_job("schedule.join", after(minutes)) as permit:
        return joining.ask(permit, session_room(permit, session), record, answers)


def staff(verb, session: int, *args, minutes: float = 0, **named):
    """One verb of the staff, by Alice, at a minute of the session."""
    with opened_for(1, joining.WRITE, now=after(minutes)) as permit:
        return verb(permit, session_room(permit, session), *args, **named)


def sign(session: int, record: int, minutes: float):
    with as_job("schedule.join", after(minutes)) as permit:
        return joining.still_here(permit, session_room(permit, session), record)


def signs(session: int, record: int, first: int, last: int) -> None:
    """A sign every two minutes from one minute to another."""
    for minute in range(first, last + 1, 2):
        sign(session, record, minute)


def leave(session: int, record: int, minutes: float) -> None:
    with as_job("schedule.join", after(minutes)) as permit:
        joining.leave(permit, session_room(permit, session), record)


def joins(session: int, minutes: float = 0, record: int | None = None):
    with as_job("schedule.read", after(minutes)) as permit:
        return joins_of(permit, session_room(permit, session), record)


def why(call) -> tuple[str, str | None]:
    with pytest.raises(Refused) as no:
        call()
    return no.value.code, no.value.field


# --- asking ---


def test_who_asks_waits_with_what_they_answered(group):
    session, (maria, *_) = group
    ask(session, maria)
    (one,) = joins(session, -5)
    assert (one.record, one.street, one.state, one.call_back, one.alone, one.place) == (
        maria, "12 Elm St, Town", "IL", "312 555 0142", True, Place.WAITING,
    )  # fmt: skip
    assert (one.admitted_at, one.left_at, one.out) == (None, None, False)


def test_nobody_without_a_seat_may_even_ask(group):
    session, _ = group
    assert why(lambda: ask(session, make_person())) == ("no_seat", None)
    assert joins(session) == []


def test_the_room_opens_half_an_hour_before_and_closes_with_the_session(group):
    session, (maria, *_) = group
    assert why(lambda: ask(session, maria, -31)) == ("not_open", None)
    assert why(lambda: ask(session, maria, 200)) == ("not_open", None)
    ask(session, maria, -30)
    ask(session, maria, 199)
    assert [each.place for each in joins(session, 199)] == [Place.LEFT, Place.WAITING]


def test_nobody_comes_in_while_driving_or_where_others_could_hear(group):
    session, (maria, *_) = group
    assert why(lambda: ask(session, maria, driving=True)) == ("driving", "driving")
    assert why(lambda: ask(session, maria, alone=Alone.NO)) == ("not_alone", "alone")
    ask(session, maria, alone=Alone.COVERED)
    assert [each.alone for each in joins(session)] == [False]


def test_in_another_state_the_license_of_who_holds_the_session_decides(group, network):
    session, (maria, *_) = group
    assert why(lambda: ask(session, maria, state="TX")) == ("other_state", "state")
    sams = make_track(mode="virtual", staff=((IDS.staff["sam"], "lead"),), starts=time(8))
    with as_job("schedule.read") as permit:
        room = session_room(permit, sessions_of(sams)[0])
        assert [may_be_seen_in(permit, room, state) for state in ("IL", "TX", "WI")] == [
            True, True, False,
        ]  # fmt: skip


def test_a_session_that_meets_in_a_room_or_was_cancelled_has_no_virtual_room(network, group):
    here = make_track(name="In the room", weekdays=(0,), room=2, staff=((2, "lead"),))
    (one,) = make_enrolled(here)
    assert why(lambda: ask(sessions_of(here)[0], one)) == ("no_room", None)
    session, (maria, *_) = group
    with as_job("schedule.session.write") as permit:
        cancel(permit, session, reason="Snow")
    assert why(lambda: ask(session, maria)) == ("no_room", None)


def test_a_second_screen_takes_the_place_of_the_first(group):
    session, (maria, *_) = group
    first = ask(session, maria)
    staff(joining.let_in, session, [first])
    second = ask(session, maria, 10)
    assert [(each.id, each.place) for each in joins(session, 10)] == [
        (first, Place.LEFT), (second, Place.WAITING),
    ]  # fmt: skip


# --- letting in ---


def test_staff_let_in_one_or_all_who_wait_and_nobody_twice(group):
    session, people = group
    asked = [ask(session, one) for one in people]
    assert staff(joining.let_in, session, asked[:1]) == 1
    assert staff(joining.let_in, session, asked, minutes=2) == 2
    assert staff(joining.let_in, session, asked, minutes=3) == 0
    assert [(each.admitted_at - after(0)).seconds // 60 for each in joins(session)] == [0, 2, 2]
    assert {row.admitted_by_id for row in _rows(session)} == {1}


def _rows(session: int):
    with as_job("schedule.read"):
        return list(Join.objects.filter(session_id=session).order_by("id"))


def test_who_lost_the_seat_while_waiting_is_not_let_in(group):
    session, (maria, *_) = group
    asked = ask(session, maria)
    with as_job("schedule.enroll") as permit:
        leave_track(permit, Enrollment.objects.get(record_id=maria).id, TODAY, "moved")
    assert why(lambda: staff(joining.let_in, session, [asked])) == ("no_seat", None)
    assert [each.place for each in joins(session)] == [Place.WAITING]


def test_joins_of_another_session_are_not_there(group):
    session, (maria, *_) = group
    other = sessions_of(make_track(mode="virtual", name="B", staff=((2, "lead"),)))[0]
    asked = ask(session, maria)
    for verb in (joining.remove, joining.was_here, joining.mark_at_risk, joining.reached,
                 joining.call_for_help):  # fmt: skip
        with pytest.raises(Http404):
            staff(verb, other, asked)
    with pytest.raises(Http404):
        staff(joining.let_in, other, [asked])
    assert [each.place for each in joins(session)] == [Place.WAITING]


def test_another_clinics_staff_find_no_room(group, opened):
    session, _ = group
    with opened("charlie", joining.WRITE) as permit, pytest.raises(Http404):
        session_room(permit, session)


def test_who_is_removed_is_out_and_may_ask_again(group):
    session, (maria, *_) = group
    asked = ask(session, maria)
    staff(joining.let_in, session, [asked])
    sign(session, maria, 1)
    staff(joining.remove, session, asked, minutes=2)
    staff(joining.remove, session, asked, minutes=25)
    (one,) = joins(session, 30)
    assert (one.left_at, one.place, one.out) == (after(2), Place.LEFT, True)
    ask(session, maria, 30)
    assert current(joins(session, 30, maria)).place is Place.WAITING


# --- being there ---


def test_signs_keep_a_person_in_and_leaving_takes_them_out(group):
    session, (maria, *_) = group
    staff(joining.let_in, session, [ask(session, maria)])
    assert sign(session, maria, 1).place is Place.IN
    assert [each.place for each in joins(session, 3)] == [Place.IN]
    assert [each.place for each in joins(session, 4)] == [Place.DROPPED]
    leave(session, maria, 10)
    leave(session, maria, 12)
    (one,) = joins(session, 12)
    assert (one.left_at, one.place) == (after(1), Place.LEFT)
    assert sign(session, maria, 13) is None


def test_who_comes_back_after_silence_is_in_again_and_the_time_between_does_not_count(group):
    session, (maria, *_) = group
    staff(joining.let_in, session, [ask(session, maria)])
    signs(session, maria, 0, 10)
    back = sign(session, maria, 30)
    assert (back.place, back.street, back.asked_at) == (Place.IN, "12 Elm St, Town", after(30))
    first, second = joins(session, 30)
    assert (first.left_at, second.admitted_at) == (after(10), after(30))
    assert proposed(session, 30)[maria].offsets(after(0)) == (10, 30)


def proposed(session: int, minutes: float) -> dict[int, Proposal]:
    with as_job("schedule.read", after(minutes)) as permit:
        room = session_room(permit, session)
        return proposals(room, joins_of(permit, room), permit.now)


def test_the_facilitator_says_that_a_silent_screen_was_there_all_along(group):
    session, (maria, *_) = group
    asked = ask(session, maria)
    staff(joining.let_in, session, [asked])
    signs(session, maria, 0, 10)
    staff(joining.was_here, session, asked, minutes=20)
    assert [each.place for each in joins(session, 21)] == [Place.IN]
    sign(session, maria, 40)
    assert proposed(session, 40)[maria].offsets(after(0)) == (20, 40)
    staff(joining.was_here, session, asked, minutes=41)
    assert proposed(session, 41)[maria] == Proposal(after(0), None)


def test_to_be_there_takes_being_let_in(group):
    session, (maria, *_) = group
    asked = ask(session, maria)
    staff(joining.was_here, session, asked, minutes=5)
    assert [(each.seen_at, each.place) for each in joins(session)] == [(after(-5), Place.WAITING)]


# --- at risk ---


def test_who_drops_out_while_at_risk_needs_help_until_reached(group):
    session, (maria, *_) = group
    asked = ask(session, maria)
    staff(joining.let_in, session, [asked])
    staff(joining.mark_at_risk, session, asked, minutes=1)
    sign(session, maria, 2)
    assert [each.needs_help for each in joins(session, 3)] == [False]
    assert [each.needs_help for each in joins(session, 10)] == [True]
    staff(joining.reached, session, asked, minutes=12)
    assert [each.needs_help for each in joins(session, 13)] == [False]


def test_the_on_call_is_alerted_by_words_that_name_nobody(group):
    session, (maria, *_) = group
    asked = ask(session, maria)
    staff(joining.let_in, session, [asked])
    staff(joining.call_for_help, session, asked, minutes=10)
    (one,) = joins(session, 10)
    assert (one.at_risk_at, one.needs_help) == (after(10), True)
    with as_job("messaging.alert.escalate"):
        (alert,) = Alert.objects.all()
    assert (alert.kind, alert.record_id, alert.clinic_id, alert.raised_by_id) == (
        "virtual_drop", maria, NORTH, 1,
    )  # fmt: skip
    assert alert.sentence == (
        "A person at risk dropped out of a video session: open its virtual room."
    )


def test_being_at_risk_is_remembered_when_they_come_back(group):
    session, (maria, *_) = group
    asked = ask(session, maria)
    staff(joining.let_in, session, [asked])
    staff(joining.mark_at_risk, session, asked, minutes=1)
    leave(session, maria, 5)
    assert [each.needs_help for each in joins(session, 6)] == [True]
    ask(session, maria, 8)
    assert joins(session, 8)[-1].at_risk_at == after(1)
    staff(joining.mark_at_risk, session, asked, False, minutes=9)
    assert joins(session, 9)[0].needs_help is False


# --- attendance ---


def confirmed(session: int, minutes: float, **options):
    with opened_for(1, joining.WRITE, now=after(minutes)) as permit:
        return confirm(permit, session, **options)


def test_one_press_attests_the_times_and_closes(group):
    session, (maria, will, grace) = group
    staff(joining.let_in, session, [ask(session, maria), ask(session, will)])
    signs(session, maria, 0, 30)
    leave(session, maria, 30)
    staff(joining.let_in, session, [ask(session, maria, 48)], minutes=50)
    signs(session, maria, 50, 200)
    signs(session, will, 0, 200)
    done = confirmed(session, 201, close=True)
    assert (set(done.present), done.absent) == ({maria, will}, (grace,))
    here, part, absent = (recorded(session, one) for one in (will, maria, grace))
    assert (here.status, here.minutes, here.virtual, here.method) == ("present", 180, True, "video")
    assert (part.minutes, part.late, part.left_at) == (160, 0, None)
    assert absent.status == "absent"


def test_confirming_early_is_followed_by_the_times_and_by_hand_wins(group):
    session, (maria, will, _grace) = group
    staff(joining.let_in, session, [ask(session, maria), ask(session, will)])
    with as_job("schedule.attendance.write", after(2)) as permit:
        attendance.arrive(permit, session, will, at=after(1))
    assert confirmed(session, 2).present == (maria,)
    assert confirmed(session, 2).present == ()
    leave(session, maria, 2)
    assert confirmed(session, 60).present == (maria,)
    assert (recorded(session, maria).minutes, recorded(session, will).minutes) == (2, 179)


def test_the_time_away_stays_out_when_a_visit_is_booked_inside(group):
    session, (maria, *_) = group
    staff(joining.let_in, session, [ask(session, maria)])
    signs(session, maria, 0, 20)
    signs(session, maria, 40, 60)
    confirmed(session, 60)
    with as_job("schedule.appointment.write", after(61)) as permit:
        appointments.book(
            permit, record=maria, clinic=NORTH, kind="individual", staff=2,
            starts_at=after(150), minutes=10, nested_in=session,
        )  # fmt: skip
    found = recorded(session, maria)
    assert (found.minutes, found.visits) == (180 - 20 - 10, {"individual": 10})
    with as_job("schedule.read"):
        assert Attendance.objects.get(session_id=session, record_id=maria).away == [20, 40]


def test_who_has_no_seat_any_more_is_not_marked(group):
    session, (maria, *_) = group
    staff(joining.let_in, session, [ask(session, maria)])
    sign(session, maria, 1)
    with as_job("schedule.enroll") as permit:
        leave_track(permit, Enrollment.objects.get(record_id=maria).id, TODAY, "moved")
    assert confirmed(session, 5).present == ()


# --- one-to-ones ---


@pytest.fixture
def visit(network):
    """A one-to-one by video with Bob at the session's hour: (visit, record)."""
    record = make_person()
    with as_job("schedule.appointment.write") as permit:
        number = appointments.book(
            permit, record=record, clinic=NORTH, kind="individual", staff=2,
            starts_at=after(0), minutes=50, mode="virtual",
        )  # fmt: skip
    return number, record


def test_a_one_to_one_has_its_own_room_for_its_one_person(visit):
    number, record = visit
    with as_job("schedule.join.visit", after(0)) as permit:
        room = visit_room(permit, number)
        asked = joining.ask(permit, room, record, HOME)
        assert (set(room.records), room.staff, room.name) == ({record}, (2,), "One-to-one")
        assert why(lambda: joining.ask(permit, room, make_person(), HOME)) == ("no_seat", None)
    with as_job(joining.WRITE, after(1)) as permit:
        assert joining.let_in(permit, visit_room(permit, number), [asked]) == 1
        with pytest.raises(Http404):
            visit_room(permit, number + 99)


# --- links and payers ---


def test_each_person_gets_a_link_of_their_own_until_the_end(group):
    session, people = group
    made = staff(join_links, session, people)
    assert (sorted(made), len(set(made.values()))) == (sorted(people), 3)
    with as_job("access.audit.seal"):
        links = list(Link.objects.filter(act="schedule.join").order_by("record_id"))
    assert [(each.record_id, each.target, each.expires_at) for each in links] == [
        (one, session, after(200)) for one in sorted(people)
    ]
    assert staff(join_links, session, [make_person()]) == {}
    assert why(lambda: staff(join_links, session, people, minutes=200)) == ("no_room", None)


def test_links_are_sent_only_where_that_is_safe_and_in_neutral_words(group):
    session, (maria, will, grace) = group
    _reach(maria, kind="phone", value="+13125550171", safe_to_text=True)
    _reach(will, kind="email", value="will@example.org", safe_to_leave_message=True)
    _reach(grace, kind="phone", value="+13125550173", safe_to_call=True)
    told = staff(send_links, session, [maria, will, grace], lambda token: f"https://x.example/{token}",
                 minutes=-60)  # fmt: skip
    assert (told.sent, told.to_call) == ({maria, will}, {grace})
    with as_job("messaging.outbox.send"):
        letters = {row.record_id: row for row in OutboxMessage.objects.all()}
    assert {one: (row.channel, row.to) for one, row in letters.items()} == {
        maria: ("text", "+13125550171"), will: ("email", "will@example.org"),
    }  # fmt: skip
    start, end = letters[maria].body.split("https://x.example/")
    assert start == "Your appointment of Mon 23 Nov, 18:00 is by video: "
    assert end.endswith(" Questions: +13125550101.")


def _reach(record: int, **point) -> None:
    with as_job("messaging.contact.write") as permit:
        contact = add_contact(permit, record=record, clinic=NORTH, name="", relationship="self")
        add_contact_point(permit, contact=contact, **point)


def test_staff_see_what_the_payer_says_of_video(group):
    session, (maria, will, _) = group
    with as_job("patients.coverage.write") as permit:
        add_coverage(permit, record=maria, payer_name="Medicare", rule_pack="medicare")
    with as_job("schedule.read") as permit:
        said = acceptances(permit, session_room(permit, session))
    assert said[maria] == Acceptance(False, False)
    assert said[will].accepted is True
