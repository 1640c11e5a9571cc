"""The waiting list: in order, offers held for a time, passed on, never beside the wrong person."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Max
from django.http import Http404
from django.utils import timezone

from openiop.access.backend.base import writing
from openiop.access.models import AuditEvent
from openiop.config.network_for_tests import NORTH
from openiop.kernel.permits import Refused
from openiop.messaging.actions import add_contact, add_contact_point
from openiop.messaging.jobs import _work
from openiop.messaging.models import OutboxMessage
from openiop.messaging.queries import open_tasks
from openiop.patients.actions import keep_apart
from openiop.programs.models import WaitingEntry
from openiop.programs.queries import current_enrollments, waiting_at, waiting_lists
from openiop.schedule import jobs
from openiop.schedule.actions.enrollment import enroll, leave_track
from openiop.schedule.actions.waiting import (
    accept,
    decline,
    expire_offers,
    join,
    offer,
    withdraw,
)  # fmt: skip
from openiop.schedule.queries.seats import seats
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

DAY = timedelta(days=1)


def waiting(track: int) -> list[tuple[int, str, int]]:
    with as_job("schedule.read") as permit:
        return [(one.record, one.state, one.place) for one in waiting_lists(permit, [track])[track]]


def line_up(track: int, people: int) -> dict[int, int]:
    """So many people in line, a minute apart: their entries by record."""
    found = {}
    for minute in range(people):
        record = make_person()
        with as_job("schedule.enroll", NOW + timedelta(minutes=minute)) as permit:
            found[record] = join(permit, record=record, track_id=track)
    return found


def leave(record: int) -> None:
    with as_job("schedule.enroll", NOW + timedelta(hours=1)) as permit:
        place = current_enrollments(permit, [record], TODAY)[record]
        leave_track(permit, place.id, TODAY, "moved_away")


def full_track(**options: Any) -> tuple[int, list[int]]:
    track = make_track(**options)
    return track, make_enrolled(track, 11)


def test_people_wait_in_the_order_they_came(network: object) -> None:
    track, _sitting = full_track()
    first, second = line_up(track, 2)
    assert waiting(track) == [(first, "waiting", 1), (second, "waiting", 2)]


def test_nobody_waits_twice(network: object) -> None:
    track, _sitting = full_track()
    (record,) = line_up(track, 1)
    with as_job("schedule.enroll") as permit, pytest.raises(Refused) as no:
        join(permit, record=record, track_id=track)
    assert no.value.code == "waiting"


def test_a_free_seat_is_offered_at_once_to_whoever_joins(network: object) -> None:
    track = make_track()
    (record,) = line_up(track, 1)
    assert waiting(track) == [(record, "offered", 1)]


def test_a_seat_that_is_left_goes_to_the_first_in_line_and_is_held(network: object) -> None:
    track, sitting = full_track()
    first, second = line_up(track, 2)
    leave(sitting[0])
    assert waiting(track) == [(first, "offered", 1), (second, "waiting", 2)]
    with as_job("schedule.read") as permit:
        count = seats(permit, [track], TODAY)[track]
        tasks = open_tasks(permit, kinds=["waiting_offer"])
    assert (count.taken, count.enrolled, count.held, count.free) == (11, 10, 1, 0)
    assert [(task.record, task.title) for task in tasks] == [
        (first, "Offer the seat in Evening A, held until Tue 24 Nov, 13:00.")
    ]


def test_the_held_seat_is_nobody_elses(network: object) -> None:
    track, sitting = full_track()
    line_up(track, 1)
    leave(sitting[0])
    other = make_person()
    episode = make_episode(other, track)
    with as_job("schedule.enroll") as permit, pytest.raises(Refused) as no:
        enroll(permit, record=other, track=track, start_on=TODAY, episode=episode)
    assert no.value.code == "over_house"


def test_accepting_makes_the_held_seat_a_place(network: object) -> None:
    track, sitting = full_track()
    (record,) = (entries := line_up(track, 1))
    leave(sitting[4])
    episode = make_episode(record, track)
    with as_job("schedule.enroll", NOW + timedelta(hours=2)) as permit:
        place = accept(permit, entries[record], start_on=TODAY + DAY, episode=episode)
        assert open_tasks(permit, kinds=["waiting_offer"]) == []
        count = seats(permit, [track], TODAY + DAY)[track]
    assert place.seat_number == 5
    assert waiting(track) == []
    assert (count.taken, count.enrolled, count.held) == (11, 11, 0)


def test_accepting_ends_the_place_in_another_track(network: object) -> None:
    program = make_program()
    morning = make_track(program=program, name="Morning A", room=2, staff=(), mode="virtual")
    evening, sitting = full_track(program=program)
    record = make_enrolled(morning)[0]
    with as_job("schedule.enroll") as permit:
        entry = join(permit, record=record, track_id=evening)
        episode = current_enrollments(permit, [record], TODAY)[record].episode
    leave(sitting[0])
    with as_job("schedule.enroll", NOW + timedelta(hours=2)) as permit:
        accept(permit, entry, start_on=TODAY + DAY, episode=episode)
        found = [current_enrollments(permit, [record], day)[record].track
                 for day in (TODAY, TODAY + DAY)]  # fmt: skip
    assert found == [morning, evening]


def test_declining_passes_the_seat_to_the_next(network: object) -> None:
    track, sitting = full_track()
    first, second = (entries := line_up(track, 2))
    leave(sitting[0])
    with as_job("schedule.enroll", NOW + timedelta(hours=2)) as permit:
        assert decline(permit, entries[first]) == [entries[second]]
    assert waiting(track) == [(second, "offered", 1)]


def test_an_offer_nobody_answers_ends_and_goes_to_the_next(network: object) -> None:
    track, sitting = full_track()
    first, second = (entries := line_up(track, 2))
    leave(sitting[0])
    for hours, expired in ((24, 0), (25, 1), (26, 0)):
        with as_job("schedule.offer.expire", NOW + timedelta(hours=hours)) as permit:
            assert expire_offers(permit) == expired
    assert waiting(track) == [(second, "offered", 1)]
    episode = make_episode(first, track)
    late = NOW + timedelta(hours=26)
    with as_job("schedule.enroll", late) as permit, pytest.raises(Http404):
        accept(permit, entries[first], start_on=TODAY + 2 * DAY, episode=episode)


def test_a_look_for_offers_that_ended_is_audited_only_when_there_were_some(network: object) -> None:
    _track, sitting = full_track()
    line_up(_track, 1)
    leave(sitting[0])
    assert [looked(ends_in) for ends_in in (1, -1, -1)] == [
        [], [("schedule.offer.expire", 1)], [],
    ]  # fmt: skip


def looked(ends_in: int) -> list[tuple[str, int | None]]:
    """What the job wrote of itself, when the one offer ends in so many minutes."""
    with as_job("schedule.offer.expire"), writing():
        ends = timezone.now() + timedelta(minutes=ends_in)
        WaitingEntry.objects.filter(state="offered").update(offer_expires_at=ends)
        last = AuditEvent.objects.aggregate(last=Max("id"))["last"] or 0
    _work(jobs.expire_offers, "schedule.offer.expire", 1, "job:looking", {})
    with as_job("access.audit.seal"):
        rows = AuditEvent.objects.filter(id__gt=last, actor="job:looking", act__contains="expire")
        return list(rows.values_list("act", "count"))


def test_an_offer_that_ran_out_is_not_accepted_before_the_job_ran(network: object) -> None:
    track, sitting = full_track()
    (record,) = (entries := line_up(track, 1))
    leave(sitting[0])
    episode = make_episode(record, track)
    late = NOW + timedelta(hours=25)
    with as_job("schedule.enroll", late) as permit, pytest.raises(Refused) as no:
        accept(permit, entries[record], start_on=TODAY + 2 * DAY, episode=episode)
    assert no.value.code == "no_offer"


def test_whoever_withdraws_is_out_of_the_line(network: object) -> None:
    track, _sitting = full_track()
    first, second = (entries := line_up(track, 2))
    with as_job("schedule.enroll") as permit:
        withdraw(permit, entries[first])
    assert waiting(track) == [(second, "waiting", 1)]


def test_somebody_kept_apart_from_the_group_is_passed_over_and_keeps_their_place(
    network: object,
) -> None:
    track, sitting = full_track()
    first, second = line_up(track, 2)
    with as_job("patients.apart.write") as permit:
        keep_apart(permit, first, sitting[5], "former_partner")
    leave(sitting[0])
    assert waiting(track) == [(first, "waiting", 1), (second, "offered", 2)]


def test_two_free_seats_go_to_the_first_two(network: object) -> None:
    track, sitting = full_track()
    line_up(track, 3)
    leave(sitting[0])
    leave(sitting[1])
    assert [state for _record, state, _place in waiting(track)] == [
        "offered", "offered", "waiting"
    ]  # fmt: skip
    with as_job("schedule.enroll") as permit:
        assert offer(permit, track, TODAY) == []


def test_whoever_may_be_texted_gets_a_neutral_text(network: object) -> None:
    track, sitting = full_track()
    (record,) = line_up(track, 1)
    with as_job("messaging.contact.write") as permit:
        contact = add_contact(permit, record=record, clinic=NORTH, name="", relationship="self")
        add_contact_point(
            permit, contact=contact, kind="phone", value="+13125550199", safe_to_text=True
        )
    leave(sitting[0])
    with as_job("schedule.read"):
        bodies = list(OutboxMessage.objects.values_list("body", flat=True))
    assert bodies == [
        "A time you asked about is open. Please call +13125550101 before Tue 24 Nov, 13:00."
    ]


def test_enrolling_from_the_line_closes_the_entry(network: object) -> None:
    track, sitting = full_track()
    (record,) = line_up(track, 1)
    leave(sitting[0])
    episode = make_episode(record, track)
    with as_job("schedule.enroll") as permit:
        enroll(permit, record=record, track=track, start_on=TODAY, episode=episode)
        assert open_tasks(permit, kinds=["waiting_offer"]) == []
    assert waiting(track) == []


def test_another_clinic_sees_no_line_and_changes_nothing(network: object, opened: Any) -> None:
    track, _sitting = full_track()
    entries = line_up(track, 1)
    with opened("charlie", "schedule.enroll", now=NOW) as permit:
        assert waiting_at(permit, [NORTH]) == []
        with pytest.raises(Http404):
            withdraw(permit, next(iter(entries.values())))
