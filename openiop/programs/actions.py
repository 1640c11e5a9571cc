"""Every write about programs: tracks, episodes, enrollment rows, waiting lists.

Seats and sessions are the schedule's; it calls the row verbs here (`open_enrollment`, `wait`, …).
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Func, Value
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.kernel.permits import Permit, Refused
from openiop.programs.models import (
    Enrollment,
    Episode,
    LevelOfCare,
    Program,
    Track,
    TrackBlock,
    TrackStaff,
    WaitingEntry,
)  # fmt: skip
from openiop.programs.rules import TrackPlan, expected_end

TRACK, EPISODE, WAITING = (
    "programs.track.write", "programs.episode.write", "programs.waiting.write",
)  # fmt: skip


@writes(TRACK)
def add_program(permit: Permit, *, code: str, name: str, kind: str) -> int:
    """Offer a program: kind "substance_use", "mental_health" or "co_occurring"; its id."""
    taken = Refused(
        "program_code",
        _("A program with this code exists."),
        _("Choose another code."),
        field="code",
    )
    with refusing({"program_code_once": taken}):
        row = Program.objects.create(
            organization_id=permit.organization, code=code, name=name, kind=kind
        )
    permit.note(TRACK, table="programs_program", row=row.id)
    return row.id


@writes(TRACK)
def build_track(permit: Permit, plan: TrackPlan) -> int:
    """A track with its blocks and its staff from the first day on; its id. Three statements."""
    taken = Refused(
        "track_code", _("This clinic has a track with this code."), _("Choose another code."),
        field="code",
    )  # fmt: skip
    placeless = Refused(
        "track_place", _("A track needs a room, or it is virtual."), _("Choose one of the two."),
        field="room",
    )  # fmt: skip
    own = {"organization_id": permit.organization, "clinic_id": plan.clinic}
    with refusing({"track_code_once": taken, "track_has_a_place": placeless}):
        track = Track.objects.create(
            **own, program_id=plan.program, code=plan.code, name=plan.name,
            weekdays=sorted(plan.weekdays), starts=plan.starts, mode=plan.mode, room_id=plan.room,
            start_on=plan.start_on, end_on=plan.end_on, event=plan.event, focus=plan.focus,
            language=plan.language,
        )  # fmt: skip
    TrackBlock.objects.bulk_create(
        TrackBlock(**own, track=track, order=order, kind=kind, minutes=minutes)
        for order, (kind, minutes) in enumerate(plan.blocks, start=1)
    )
    _staff(permit, track, plan.staff, plan.start_on)
    permit.note(TRACK, table="programs_track", row=track.id)
    return track.id


@writes(TRACK)
def drop_track(permit: Permit, track: int) -> None:
    """Take a track back that nobody ever had a place in; ProtectedError when somebody has, or its
    sessions still stand."""
    here = Track.objects.filter(pk=track, clinic_id__in=permit.clinics)
    TrackStaff.objects.filter(track__in=here).delete()
    here.delete()
    permit.note(TRACK, table="programs_track", row=track, fields=("dropped",))


def _staff(permit: Permit, track: Track, staff: Sequence[tuple[int, str]], start: date) -> None:
    TrackStaff.objects.bulk_create(
        TrackStaff(
            organization_id=permit.organization, clinic_id=track.clinic_id, track=track,
            staff_id=member, part=part, during=DateRange(start, None),
        )
        for member, part in staff
    )  # fmt: skip


@writes(TRACK)
def staff_track(
    permit: Permit, track: int, staff: Sequence[tuple[int, str]], from_on: date
) -> list[list[Any]]:
    """Who holds a track from a day on; whoever held it before holds it up to that day. What was, as
    `restore_staffing` takes it."""
    row = Track.objects.get(pk=track, clinic_id__in=permit.clinics)
    was = _staffing(track)
    held = TrackStaff.objects.filter(track=row)
    held.filter(during__startswith__gte=from_on).delete()
    held.filter(during__contains=from_on).update(
        during=Func(F("during__startswith"), Value(from_on), function="daterange")
    )
    _staff(permit, row, staff, from_on)
    permit.note(TRACK, table="programs_trackstaff", row=track, fields=("staff",))
    return was


def _staffing(track: int) -> list[list[Any]]:
    rows = TrackStaff.objects.filter(track_id=track).order_by("id")
    return [
        [staff, part, during.lower.isoformat(), during.upper and during.upper.isoformat()]
        for staff, part, during in rows.values_list("staff_id", "part", "during")
    ]


@writes(TRACK)
def restore_staffing(permit: Permit, track: int, rows: Sequence[Sequence[Any]]) -> None:
    """Give a track the staff it had: (staff id, part, first day, day after the last or None)."""
    here = Track.objects.filter(clinic_id__in=permit.clinics)
    clinic = here.values_list("clinic_id", flat=True).get(pk=track)
    TrackStaff.objects.filter(track_id=track).delete()
    TrackStaff.objects.bulk_create(
        TrackStaff(
            organization_id=permit.organization, clinic_id=clinic, track_id=track, staff_id=staff,
            part=part, during=DateRange(
                date.fromisoformat(start), date.fromisoformat(end) if end else None
            ),
        )
        for staff, part, start, end in rows
    )  # fmt: skip
    permit.note(TRACK, table="programs_trackstaff", row=track, fields=("staff",))


PATTERN = ("weekdays", "starts", "mode", "room_id", "end_on", "pattern_from")


@writes(TRACK)
def change_pattern(permit: Permit, track: int, **values: object) -> None:
    """Set fields of `PATTERN`: what sessions laid from now on will follow."""
    unknown = set(values) - set(PATTERN)
    if unknown:
        raise TypeError(f"not part of a track's pattern: {', '.join(sorted(unknown))}")
    Track.objects.filter(pk=track).update(**values)
    permit.note(TRACK, table="programs_track", row=track, fields=tuple(sorted(values)))


@writes(EPISODE)
def open_episode(
    permit: Permit, *, record: int, clinic: int, program: int, opened_on: date, level: str = "2.1",
    days_a_week: int = 3, counselor: int | None = None, expected_weeks: int = 8,
) -> int:  # fmt: skip
    """A course of care in a program, with the level of care it starts at; the episode's id."""
    own = {"organization_id": permit.organization, "clinic_id": clinic, "record_id": record}
    again = Refused(
        "episode_open", _("An episode in this program is open already."), _("Use that one.")
    )
    with refusing({"episode_open_once": again}):
        episode = Episode.objects.create(
            **own, program_id=program, opened_on=opened_on, counselor_id=counselor,
            expected_end_on=expected_end(opened_on, expected_weeks),
        )  # fmt: skip
    permit.note(EPISODE, record=record, table="programs_episode", row=episode.id)
    _level(permit, episode, level, days_a_week, opened_on, "")
    return episode.id


def _level(
    permit: Permit, episode: Episode, level: str, days: int, from_on: date, reason: str
) -> None:
    LevelOfCare.objects.create(
        organization_id=permit.organization, clinic_id=episode.clinic_id,
        record_id=episode.record_id, episode=episode, level=level, days_a_week=days,
        from_on=from_on, reason=reason, set_at=permit.now, set_by_id=permit.staff,
    )  # fmt: skip


@writes(EPISODE)
def set_level(
    permit: Permit, episode: int, *, level: str, days_a_week: int, from_on: date, reason: str
) -> None:
    """A new level of care from a day on; earlier ones stay as they were."""
    row = Episode.objects.get(pk=episode)
    _level(permit, row, level, days_a_week, from_on, reason)
    permit.note(EPISODE, record=row.record_id, table="programs_levelofcare", row=episode)


@writes(EPISODE)
def close_episode(permit: Permit, episode: int, on: date, reason: str) -> None:
    """End a course of care; refused while the person still holds a place in a track."""
    row = Episode.objects.select_for_update(of=("self",)).get(pk=episode)
    if row.closed_on:
        raise Refused("episode_closed", _("This episode is closed already."), _("Reload the page."))
    if row.enrollments.filter(during__contains=on).exists():
        raise Refused(
            "still_enrolled", _("This person still holds a place in a track."),
            _("End the enrollment first."),
        )  # fmt: skip
    disorder = Refused(
        "episode_order", _("An episode cannot close before it opened."), _("Choose a later day."),
        field="on",
    )  # fmt: skip
    row.closed_on, row.close_reason = on, reason
    with refusing({"episode_in_order": disorder}):
        row.save(update_fields=["closed_on", "close_reason"])
    permit.note(EPISODE, record=row.record_id, table="programs_episode", row=row.id,
                fields=("closed_on", "close_reason"))  # fmt: skip


# Written out, as composing it costs more than running it.
_ENROLL = """
INSERT INTO programs_enrollment (organization_id, clinic_id, record_id, track_id, episode_id,
       during, enrolled_at, enrolled_by_id, over_house_reason, ended_reason)
VALUES (%s, %s, %s, %s, %s, daterange(%s, NULL), %s, %s, %s, '') RETURNING id"""


@writes(EPISODE)
def open_enrollment(
    permit: Permit, *, record: int, clinic: int, track: int, episode: int, start_on: date,
    over_house_reason: str = "",
) -> int:  # fmt: skip
    """The row of a place in a track from a day on; its id. The seat is the schedule's."""
    with connection.cursor() as cursor:
        cursor.execute(_ENROLL, [
            permit.organization, clinic, record, track, episode, start_on, permit.now,
            permit.staff, over_house_reason,
        ])  # fmt: skip
        place = int(cursor.fetchone()[0])
    permit.note(EPISODE, record=record, table="programs_enrollment", row=place)
    return place


@writes(EPISODE)
def end_enrollment_row(
    permit: Permit, enrollment: int, *, start_on: date, on: date, reason: str
) -> None:
    """Cut the row's days at `on`, the first day without the place; before `start_on` the place was
    never taken and the row keeps no day."""
    ends = DateRange(start_on, on) if on > start_on else DateRange(empty=True)
    Enrollment.objects.filter(pk=enrollment).update(
        during=ends, ended_at=permit.now, ended_reason=reason
    )
    permit.note(EPISODE, table="programs_enrollment", row=enrollment,
                fields=("during", "ended_reason"))  # fmt: skip


@writes(WAITING)
def wait(permit: Permit, *, record: int, clinic: int, track: int, note: str = "") -> int:
    """A place at the end of a track's waiting list; the entry's id. Refused when waiting."""
    again = Refused(
        "waiting", _("This person is on the waiting list already."), _("See the waiting list.")
    )
    with refusing({"waiting_once": again}):
        row = WaitingEntry.objects.create(
            organization_id=permit.organization, clinic_id=clinic, record_id=record,
            track_id=track, joined_at=permit.now, note=note,
        )  # fmt: skip
    permit.note(WAITING, record=record, table="programs_waitingentry", row=row.id)
    return row.id


@writes(WAITING)
def offer_entry(permit: Permit, entry: int, expires_at: datetime) -> None:
    """The seat is offered to this entry until a moment."""
    WaitingEntry.objects.filter(pk=entry).update(
        state="offered", offered_at=permit.now, offer_expires_at=expires_at
    )
    permit.note(WAITING, table="programs_waitingentry", row=entry, fields=("state",))


@writes(WAITING)
def close_entry(permit: Permit, entry: int, state: str) -> None:
    """Out of the line: "accepted", "declined", "expired" or "withdrawn"."""
    WaitingEntry.objects.filter(pk=entry).update(state=state, closed_at=permit.now)
    permit.note(WAITING, table="programs_waitingentry", row=entry, fields=("state",))
