"""Seats of tracks and sessions: taken for good, left, made up for one session."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from typing import Any, TypeVar

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from openiop.access.actions import open_record_at
from openiop.access.backend.base import is_writing
from openiop.access.door import refusing, writes
from openiop.access.queries import house_values
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import close_tasks_about
from openiop.patients.queries import person
from openiop.programs.actions import (
    close_entry,
    end_enrollment_row,
    open_enrollment,
    open_episode,
)  # fmt: skip
from openiop.programs.queries import (
    EnrollmentFacts,
    TrackFacts,
    enrollments_of,
    locked_track,
)  # fmt: skip
from openiop.programs.queries import enrollment as enrollment_facts
from openiop.programs.queries import track as track_facts
from openiop.schedule.actions.locks import lock_tracks
from openiop.schedule.actions.occupancy import occupy, occupy_ahead
from openiop.schedule.actions.offers import ENTRY, offer_next
from openiop.schedule.actions.seating import find_place, free, refuse_apart, take
from openiop.schedule.models import Occupancy, Seat
from openiop.schedule.queries.clashes import where_instead
from openiop.schedule.queries.seats import HeldSeat, free_tracks, held_seats, limits, session_limits
from openiop.schedule.queries.sessions import session as session_facts
from openiop.schedule.queries.sessions import track_sessions

T = TypeVar("T")
ENROLL, MAKEUP, SEAT = "schedule.enroll", "schedule.makeup.write", "schedule_seat"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Enrolled:
    """A place in a track: enrollment, seat, first session (None: none is laid yet)."""

    enrollment: int
    seat_number: int
    first_session: int | None


def _taken_elsewhere() -> dict[str, Refused]:
    return {
        "record_in_one_place": Refused(
            "elsewhere", _("This person is somewhere else during one of the sessions."),
            _("Choose another group, or a later start."), field="track",
        ),
        "enrolled_in_one_track": Refused(
            "enrolled", _("This person has a place in another track during that time."),
            _("End that enrollment first, or choose a later start."), field="start_on",
        ),
    }  # fmt: skip


def offering_others(action: Callable[..., T]) -> Callable[..., T]:
    """When the action refuses a seat, say what is in the way and which tracks are free, once all it
    wrote is undone. Inside another action, which is still open, the short sentence stands."""

    @wraps(action)
    def run(permit: Permit, **facts: Any) -> T:
        try:
            return action(permit, **facts)
        except Refused as no:
            if is_writing() or no.code not in EXPLAINED:
                raise
            raise _explained(permit, no, facts["record"], facts["track"], facts["start_on"]) from no

    return run


EXPLAINED = {"elsewhere", "enrolled", "full", "choose_another"}


def _explained(permit: Permit, no: Refused, record: int, track: int, start_on: date) -> Refused:
    clinic = track_facts(permit, track).clinic
    words = ""
    if no.code == "elsewhere":
        ahead = track_sessions(permit, track, start_on)
        words = where_instead(permit, clinic, record, ahead)
    if no.code == "enrolled":
        words = _places(enrollments_of(permit, record), start_on)
    choices = tuple(free_tracks(permit, clinic, record, start_on, but=track))
    return Refused(no.code, words or no.sentence, no.next_step, field=no.field, choices=choices)


def _places(enrollments: list[EnrollmentFacts], start_on: date) -> str:
    sentence = _("This person has a place in %(track)s.")
    return " ".join(
        sentence % {"track": each.track_name}
        for each in enrollments
        if each.end_on is None or each.end_on > start_on
    )


@offering_others
@writes(ENROLL)
def enroll(
    permit: Permit, *, record: int, track: int, start_on: date, episode: int,
    over_house_reason: str = "",
) -> Enrolled:  # fmt: skip
    """Seat a person in a track from a day on: enrollment, one numbered seat for good, and their
    time in every session laid. Refused, with other free tracks as choices, when the track is full
    (the rule quoted), when the person is elsewhere then, or when the group does not suit them.

    Over the house's own limit it takes a reason and a director or supervisor. Seven statements.
    """
    facts, applicant = locked_track(permit, track, record=record, episode=episode)
    if applicant.home is None:
        raise Refused(
            "episode", _("This person has no open episode of care here."),
            _("Open an episode first."),
        )  # fmt: skip
    start = _first_day(facts, start_on)
    held = _without_own(permit, held_seats(permit, [track], start)[track], record, start)
    refuse_apart(permit, record, held)
    caps = limits(facts, start, house_values(permit, facts.clinic, start))
    place = find_place(permit, facts.clinic, held, start, None, caps, over_house_reason)
    if applicant.home != facts.clinic:
        open_record_at(permit, record, facts.clinic, "enrolled")
    with refusing(_taken_elsewhere()):
        enrollment = open_enrollment(
            permit, record=record, clinic=facts.clinic, track=track, episode=episode,
            start_on=start, over_house_reason=over_house_reason,
        )  # fmt: skip
        seat = take(
            permit, clinic=facts.clinic, track=track, place=place, kind="enrolled", record=record,
            start=start, end=None, enrollment=enrollment,
        )  # fmt: skip
        ahead = occupy_ahead(track, record, start, permit.now)
    if applicant.waiting is not None:
        close_entry(permit, applicant.waiting, "accepted")
        close_tasks_about(permit, "waiting_offer", (ENTRY, applicant.waiting), _("Enrolled."))
    permit.note(ENROLL, record=record, table=SEAT, row=seat)
    return Enrolled(enrollment, place.number, ahead[0] if ahead else None)


@offering_others
@writes(ENROLL)
def begin(
    permit: Permit, *, record: int, track: int, start_on: date, over_house_reason: str = "",
    expected_weeks: int = 8, days_a_week: int = 3, counselor: int | None = None,
) -> Enrolled:  # fmt: skip
    """Open an episode in the track's program and enroll the person in one act, or neither."""
    facts = track_facts(permit, track)
    episode = open_episode(
        permit, record=record, clinic=facts.clinic, program=facts.program, opened_on=start_on,
        days_a_week=days_a_week, counselor=counselor, expected_weeks=expected_weeks,
    )  # fmt: skip
    return enroll(
        permit, record=record, track=track, start_on=start_on, episode=episode,
        over_house_reason=over_house_reason,
    )  # fmt: skip


def _first_day(track: TrackFacts, start_on: date) -> date:
    start = max(start_on, track.start_on)
    if track.end_on is not None and start > track.end_on:
        raise Refused(
            "track_ended", _("This track ends before that day."), _("Choose another track."),
            field="track",
        )  # fmt: skip
    return start


def _without_own(permit: Permit, held: list[HeldSeat], record: int, start: date) -> list[HeldSeat]:
    """The seats of others. What the person holds for single days or for an offer becomes part of
    the place they get now."""
    own = [seat for seat in held if seat.record == record and seat.kind != "enrolled"]
    if own:
        free(permit, [seat.id for seat in own])
        sessions = [seat.session for seat in own if seat.session]
        Occupancy.objects.filter(kind="record", resource=record, session_id__in=sessions).delete()
    return [seat for seat in held if seat not in own]


@writes(ENROLL)
def leave_track(permit: Permit, enrollment: int, on: date, reason: str) -> None:
    """End a place: `on` is the first day without it. Past days stand; the seat and the person's
    time in later sessions are free, and the next in line gets an offer."""
    place = enrollment_facts(permit, enrollment)
    lock_tracks(tracks=[place.track])
    if place.end_on is not None and place.end_on <= on:
        raise Refused("left", _("This place has ended already."), _("Reload the page."))
    end_enrollment_row(permit, enrollment, start_on=place.start_on, on=on, reason=reason)
    seats = Seat.objects.filter(enrollment_id=enrollment, released_at__isnull=True)
    if on > place.start_on:
        seats.update(during=DateRange(place.start_on, on))
    else:
        seats.update(released_at=permit.now)
    Occupancy.objects.filter(
        kind="record", resource=place.record, session__track_id=place.track, session__on__gte=on
    ).delete()
    permit.note(ENROLL, record=place.record, table="programs_enrollment", row=enrollment,
                fields=("during", "ended_reason"))  # fmt: skip
    today = permit.today(track_facts(permit, place.track).timezone)
    offer_next(permit, place.track, max(on, today))


@writes(ENROLL)
def change_track(
    permit: Permit, *, enrollment: int, track: int, on: date, over_house_reason: str = ""
) -> Enrolled:
    """From one track to another on a day, in one episode: nobody is without a place in between."""
    place = enrollment_facts(permit, enrollment)
    lock_tracks(tracks=[place.track, track])
    leave_track(permit, enrollment, on, "changed track")
    return enroll(
        permit, record=place.record, track=track, start_on=on, episode=place.episode,
        over_house_reason=over_house_reason,
    )  # fmt: skip


@writes(MAKEUP)
def take_makeup_seat(
    permit: Permit, *, record: int, session: int, over_house_reason: str = ""
) -> int:
    """A seat for one session of another track, under the same limits and keep-apart rules; its id.
    Refused when the session is over or cancelled, or the person is expected there anyway."""
    lock_tracks(sessions=[session])
    facts = session_facts(permit, session)
    if not facts.held or facts.ends_at <= permit.now:
        raise Refused(
            "session_over", _("This session is over or cancelled."), _("Choose another session.")
        )
    end = facts.on + ONE_DAY
    held = [s for s in held_seats(permit, [facts.track], facts.on)[facts.track] if s.start < end]
    if any(seat.record == record for seat in held if seat.kind != "hold"):
        raise Refused(
            "expected", _("This person is expected in this session."),
            _("Choose another session."),
        )  # fmt: skip
    refuse_apart(permit, record, held)
    caps = session_limits(facts, house_values(permit, facts.clinic, facts.on))
    place = find_place(permit, facts.clinic, held, facts.on, end, caps, over_house_reason)
    if person(permit, record).clinic != facts.clinic:
        open_record_at(permit, record, facts.clinic, "make-up", guest=True)
    with refusing(_taken_elsewhere()):
        seat = take(
            permit, clinic=facts.clinic, track=facts.track, place=place, kind="makeup",
            record=record, start=facts.on, end=end, session=session,
        )  # fmt: skip
        occupy([session], [record])
    permit.note(MAKEUP, record=record, table=SEAT, row=seat)
    return seat


@writes(MAKEUP)
def leave_makeup_seat(permit: Permit, *, record: int, session: int) -> None:
    """Give a make-up seat back: the seat and the person's time are free again."""
    lock_tracks(sessions=[session])
    seats = Seat.objects.filter(
        kind="makeup", record_id=record, session_id=session, released_at__isnull=True
    )
    if not seats.update(released_at=permit.now):
        raise Refused(
            "no_makeup", _("This person holds no make-up seat there."), _("Reload the page.")
        )
    Occupancy.objects.filter(kind="record", resource=record, session_id=session).delete()
    permit.note(MAKEUP, record=record, table=SEAT, fields=("released_at",))
