"""Enrolling, leaving, returning, make-up seats; what is refused and in which words."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from openiop.access.backend.base import writing
from openiop.access.models import HousePolicy
from openiop.config.network_for_tests import GULF, NORTH, SOUTH
from openiop.kernel.permits import Refused
from openiop.patients.actions import keep_apart
from openiop.programs.queries import current_enrollments, enrollments_of
from openiop.schedule.actions.enrollment import (
    Enrolled,
    change_track,
    enroll,
    leave_makeup_seat,
    leave_track,
    take_makeup_seat,
)  # fmt: skip
from openiop.schedule.models import Occupancy, Seat
from openiop.schedule.queries.seats import seats
from openiop.schedule.queries.sessions import roster, rosters, track_sessions
from openiop.schedule.tests.world import (
    NOW,
    TODAY,
    as_job,
    make_enrolled,
    make_episode,
    make_person,
    make_program,
    make_track,
)  # fmt: skip

WEEK = timedelta(days=7)


def enroll_at(track: int, record: int, **options: object) -> Enrolled:
    episode = make_episode(record, track)
    with as_job("schedule.enroll") as permit:
        return enroll(
            permit, record=record, track=track, episode=episode,
            **{"start_on": TODAY, **options},
        )  # fmt: skip


def refusal(track: int, record: int, **options: object) -> Any:
    with pytest.raises(Refused) as no:
        enroll_at(track, record, **options)
    return no.value


def times_taken(record: int) -> int:
    with as_job("schedule.read"):
        return Occupancy.objects.filter(kind="record", resource=record).count()


def apart(one: int, other: int) -> None:
    with as_job("patients.apart.write") as permit:
        keep_apart(permit, one, other, "court_order")


def test_enrolling_gives_the_lowest_seat_and_the_first_session(network: object) -> None:
    track = make_track()
    first, second = make_person(), make_person()
    one, two = enroll_at(track, first), enroll_at(track, second)
    with as_job("schedule.read") as permit:
        ahead = track_sessions(permit, track, TODAY)
    assert (one.seat_number, two.seat_number) == (1, 2)
    assert one.first_session == ahead[0].id
    assert times_taken(first) == len(ahead) == 9


def test_enrolling_takes_nine_statements(network: object) -> None:
    track, record = make_track(weeks=8), make_person()
    episode = make_episode(record, track)
    with as_job("schedule.enroll") as permit, CaptureQueriesContext(connection) as asked:
        enroll(permit, record=record, track=track, start_on=TODAY, episode=episode)
    assert len(asked) == 9  # two of them a savepoint


def test_somebody_who_starts_later_is_on_later_rosters_only(network: object) -> None:
    track, record = make_track(), make_person()
    enroll_at(track, record, start_on=TODAY + WEEK)
    with as_job("schedule.read") as permit:
        found = track_sessions(permit, track, TODAY)
        lists = rosters(permit, [each.id for each in found])
    assert [len(lists[each.id]) for each in found] == [0, 0, 0, 1, 1, 1, 1, 1, 1]


def test_leaving_frees_the_seat_and_the_later_evenings(network: object) -> None:
    track = make_track()
    record, after = make_person(), make_person()
    place = enroll_at(track, record)
    with as_job("schedule.enroll") as permit:
        leave_track(permit, place.enrollment, TODAY + WEEK, "moved_away")
    with as_job("schedule.read") as permit:
        found = track_sessions(permit, track, TODAY)
        lists = rosters(permit, [each.id for each in found])
    assert [len(lists[each.id]) for each in found] == [1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert times_taken(record) == 3
    assert enroll_at(track, after, start_on=TODAY + WEEK).seat_number == 1


def test_a_person_can_leave_and_return(network: object) -> None:
    track, record = make_track(), make_person()
    episode = make_episode(record, track)
    with as_job("schedule.enroll") as permit:
        first = enroll(permit, record=record, track=track, start_on=TODAY, episode=episode)
        leave_track(permit, first.enrollment, TODAY + timedelta(days=1), "paused")
        again = enroll(permit, record=record, track=track, start_on=TODAY + WEEK, episode=episode)
        places = enrollments_of(permit, record)
    assert [(each.start_on, each.end_on) for each in places] == [
        (TODAY + WEEK, None), (TODAY, TODAY + timedelta(days=1))
    ]  # fmt: skip
    assert again.enrollment != first.enrollment
    assert times_taken(record) == 7


def test_leaving_before_the_first_day_leaves_no_trace_on_any_roster(network: object) -> None:
    track, record = make_track(), make_person()
    place = enroll_at(track, record, start_on=TODAY + WEEK)
    with as_job("schedule.enroll") as permit:
        leave_track(permit, place.enrollment, TODAY, "never_came")
        assert current_enrollments(permit, [record], TODAY + WEEK) == {}
    assert times_taken(record) == 0


def test_leaving_twice_is_refused(network: object) -> None:
    track, record = make_track(), make_person()
    place = enroll_at(track, record)
    with as_job("schedule.enroll") as permit:
        leave_track(permit, place.enrollment, TODAY + WEEK, "moved_away")
        with pytest.raises(Refused) as no:
            leave_track(permit, place.enrollment, TODAY + WEEK, "moved_away")
    assert no.value.code == "left"


def test_changing_track_keeps_the_episode_and_leaves_no_gap(network: object) -> None:
    program = make_program()
    evening = make_track(program=program)
    morning = make_track(program=program, name="Morning A", starts=time(9), room=2, staff=())
    record = make_enrolled(evening)[0]
    with as_job("schedule.enroll") as permit:
        place = current_enrollments(permit, [record], TODAY)[record]
        change_track(permit, enrollment=place.id, track=morning, on=TODAY + WEEK)
        places = enrollments_of(permit, record)
    assert [(each.track, each.start_on, each.end_on) for each in places] == [
        (morning, TODAY + WEEK, None), (evening, TODAY, TODAY + WEEK)
    ]  # fmt: skip
    assert {each.episode for each in places} == {place.episode}
    assert times_taken(record) == 9


# --- limits ------------------------------------------------------------------------------------


def test_over_the_house_limit_it_takes_a_reason_and_a_supervisor(network, opened) -> None:
    track = make_track()
    make_enrolled(track, 11)
    record = make_person()
    episode = make_episode(record, track)
    facts = {"record": record, "track": track, "start_on": TODAY, "episode": episode}
    reason = "Released from hospital today."
    for person, why in (("fred", reason), ("dana", "")):
        with opened(person, "schedule.enroll", now=NOW) as permit:
            with pytest.raises(Refused) as no:
                enroll(permit, **facts, over_house_reason=why)
            assert no.value.code == "over_house"
            assert no.value.field == "over_house_reason"
    with opened("dana", "schedule.enroll", now=NOW) as permit:
        assert enroll(permit, **facts, over_house_reason=reason).seat_number == 12


def test_over_the_legal_limit_it_is_refused_with_the_rule_and_free_tracks(network) -> None:
    program = make_program()
    full = make_track(GULF, program=program, code="full")
    other = make_track(
        GULF, program=program, name="Morning A", starts=time(9), staff=(), code="other"
    )
    with as_job("schedule.over_house") as permit:
        for _ in range(16):
            record = make_person(GULF)
            enroll(
                permit, record=record, track=full, start_on=TODAY,
                episode=make_episode(record, full), over_house_reason="one more",
            )  # fmt: skip
    no = refusal(full, make_person(GULF), over_house_reason="one more")
    assert no.code == "full"
    assert no.sentence == "16 people sit here, and 16 is the most (26 TAC 564.901(b))."
    assert [(each.id, each.free, str(each)) for each in no.choices] == [
        (other, 11, "Morning A, Mon, Wed, Fri at 09:00, 11 free")
    ]


def test_a_clinics_own_house_limit_counts(network: object) -> None:
    with as_job("access.house.write") as permit, writing():
        HousePolicy.objects.create(
            organization_id=permit.organization, clinic_id=NORTH, key="group.house.max",
            value="2", from_on=TODAY, reason="small rooms",
        )  # fmt: skip
    track = make_track()
    make_enrolled(track, 2)
    no = refusal(track, make_person())
    assert no.sentence == "2 people sit here, and the house's own limit is 2."


# --- clashes -----------------------------------------------------------------------------------


def test_a_person_in_another_track_is_told_which_and_offered_others(network) -> None:
    track = make_track()
    other = make_track(name="Morning A", starts=time(9), room=2, staff=())
    third = make_track(name="Video", mode="virtual", staff=())
    record = make_enrolled(other)[0]
    no = refusal(track, record)
    assert no.code == "enrolled"
    assert no.sentence == "This person has a place in Morning A."
    assert [each.id for each in no.choices] == [third]


def test_somebody_making_up_a_session_then_is_elsewhere_and_it_is_said_where(network) -> None:
    host = make_track(name="Other evening", room=2, staff=())
    track = make_track()
    record = make_person()
    with as_job("schedule.makeup.write") as permit:
        session = track_sessions(permit, host, TODAY)[0]
        take_makeup_seat(permit, record=record, session=session.id)
    no = refusal(track, record)
    assert no.code == "elsewhere"
    assert no.sentence == (
        "Somebody enrolled here has Other evening on Mon 23 Nov, 18:00 to 21:20."
    )


def test_without_an_open_episode_nobody_is_enrolled(network: object) -> None:
    track, record = make_track(), make_person()
    with as_job("schedule.enroll") as permit, pytest.raises(Refused) as no:
        enroll(permit, record=record, track=track, start_on=TODAY, episode=0)
    assert no.value.code == "episode"


def test_another_clinics_track_is_not_there(network: object, opened) -> None:
    track, record = make_track(), make_person(SOUTH)
    with opened("charlie", "schedule.enroll", now=NOW) as permit, pytest.raises(Http404):
        enroll(permit, record=record, track=track, start_on=TODAY, episode=1)


def test_a_person_of_another_clinic_is_seen_where_they_are_enrolled(network, opened) -> None:
    track, record = make_track(), make_person(SOUTH)
    enroll_at(track, record)
    with opened("alice", "schedule.read", now=NOW) as permit:
        session = track_sessions(permit, track, TODAY)[0]
        assert [seated.number != "" for seated in roster(permit, session.id)] == [True]


# --- kept apart --------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["in_person", "virtual"])
def test_two_people_kept_apart_never_share_a_track(network: object, mode: str) -> None:
    track = make_track(mode=mode)
    sitting, coming = make_enrolled(track)[0], make_person()
    apart(sitting, coming)
    no = refusal(track, coming)
    assert (no.sentence, no.next_step) == (
        "This group does not suit this person.", "Choose another."
    )  # fmt: skip


def test_two_people_kept_apart_may_follow_one_another(network: object) -> None:
    track = make_track()
    leaving, coming = make_person(), make_person()
    place = enroll_at(track, leaving)
    apart(leaving, coming)
    with as_job("schedule.enroll") as permit:
        leave_track(permit, place.enrollment, TODAY + WEEK, "completed")
    assert enroll_at(track, coming, start_on=TODAY + WEEK).seat_number == 1


def test_no_free_track_with_the_other_person_is_offered(network: object) -> None:
    full = make_track(mode="virtual", staff=())
    other = make_track(name="Morning A", starts=time(9), room=2, staff=())
    coming = make_person()
    apart(make_enrolled(full)[0], coming)
    apart(make_enrolled(other)[0], coming)
    assert refusal(full, coming).choices == ()


def test_a_make_up_beside_somebody_kept_apart_is_refused(network: object) -> None:
    track = make_track()
    sitting, coming = make_enrolled(track)[0], make_person()
    apart(sitting, coming)
    with as_job("schedule.makeup.write") as permit:
        session = track_sessions(permit, track, TODAY)[0]
        with pytest.raises(Refused) as no:
            take_makeup_seat(permit, record=coming, session=session.id)
    assert no.value.code == "choose_another"


# --- make-ups ----------------------------------------------------------------------------------


def test_a_make_up_seat_is_for_one_session_and_counts_that_day(network: object) -> None:
    track = make_track()
    make_enrolled(track, 2)
    guest = make_person()
    with as_job("schedule.makeup.write") as permit:
        session = track_sessions(permit, track, TODAY)[1]
        take_makeup_seat(permit, record=guest, session=session.id)
        lists = rosters(permit, [session.id, session.id + 1])
        assert [seats(permit, [track], day)[track].taken for day in (TODAY, session.on)] == [2, 3]
    assert [(seated.record, seated.makeup) for seated in lists[session.id]][-1] == (guest, True)
    assert [seated.makeup for seated in lists[session.id + 1]] == [False, False]


def test_a_make_up_takes_at_most_ten_statements(network: object) -> None:
    track, guest = make_track(), make_person()
    with as_job("schedule.makeup.write") as permit:
        session = track_sessions(permit, track, TODAY)[0].id
        with CaptureQueriesContext(connection) as asked:
            take_makeup_seat(permit, record=guest, session=session)
    assert len(asked) == 10


def test_a_make_up_is_given_back(network: object) -> None:
    track, guest = make_track(), make_person()
    with as_job("schedule.makeup.write") as permit:
        session = track_sessions(permit, track, TODAY)[0].id
        take_makeup_seat(permit, record=guest, session=session)
        leave_makeup_seat(permit, record=guest, session=session)
        assert roster(permit, session) == []
        take_makeup_seat(permit, record=guest, session=session)
        assert [seated.record for seated in roster(permit, session)] == [guest]


@pytest.mark.parametrize("when", ["expected", "over"])
def test_a_make_up_is_refused_where_it_makes_no_sense(network: object, when: str) -> None:
    track = make_track()
    record = make_enrolled(track)[0] if when == "expected" else make_person()
    later = NOW if when == "expected" else NOW + timedelta(hours=10)
    with as_job("schedule.makeup.write", later) as permit:
        session = track_sessions(permit, track, TODAY)[0].id
        with pytest.raises(Refused) as no:
            take_makeup_seat(permit, record=record, session=session)
    assert no.value.code == {"expected": "expected", "over": "session_over"}[when]


def test_somebody_who_made_up_here_becomes_enrolled_on_one_seat(network: object) -> None:
    track, record = make_track(), make_person()
    with as_job("schedule.makeup.write") as permit:
        session = track_sessions(permit, track, TODAY)[1].id
        take_makeup_seat(permit, record=record, session=session)
    enroll_at(track, record)
    with as_job("schedule.read") as permit:
        assert [seated.makeup for seated in roster(permit, session)] == [False]
        held = Seat.objects.filter(record_id=record, released_at__isnull=True)
        assert [seat.kind for seat in held] == ["enrolled"]
    assert times_taken(record) == 9


def test_a_later_make_up_makes_way_for_a_place_for_good(network: object) -> None:
    """Single days never keep somebody from a place that the headcount leaves free."""
    track = make_track()
    early, late, coming = make_person(), make_person(), make_person()
    enroll_at(track, early)
    with as_job("schedule.makeup.write") as permit:
        session = track_sessions(permit, track, TODAY)[4]
        take_makeup_seat(permit, record=late, session=session.id)
    place = enroll_at(track, coming)
    with as_job("schedule.read") as permit:
        found = {seated.record: seated.seat for seated in roster(permit, session.id)}
    assert place.seat_number == found[coming]
    assert sorted(found.values()) == [1, 2, 3]


def test_a_later_place_takes_another_number_so_that_nobody_is_refused_for_one(
    network: object,
) -> None:
    track = make_track()
    leaving, coming, now = make_person(), make_person(), make_person()
    place = enroll_at(track, leaving)
    later = enroll_at(track, coming, start_on=TODAY + WEEK)
    with as_job("schedule.enroll") as permit:
        leave_track(permit, place.enrollment, TODAY + WEEK, "completed")
    assert (place.seat_number, later.seat_number) == (1, 2)
    assert enroll_at(track, now).seat_number == 2
    with as_job("schedule.read") as permit:
        numbers = [
            {seated.record: seated.seat for seated in roster(permit, each.id)}
            for each in track_sessions(permit, track, TODAY)
        ]
    assert numbers[0] == {leaving: 1, now: 2}
    assert numbers[-1] == {coming: 1, now: 2}


def test_a_start_before_the_track_begins_is_its_first_day(network: object) -> None:
    track = make_track(start_on=TODAY + WEEK)
    record = make_person()
    enroll_at(track, record)
    with as_job("schedule.read") as permit:
        assert enrollments_of(permit, record)[0].start_on == TODAY + WEEK


def test_a_track_that_ends_before_takes_nobody(network: object) -> None:
    track = make_track(end_on=date(2026, 12, 1))
    assert refusal(track, make_person(), start_on=date(2026, 12, 2)).code == "track_ended"
