"""Unsigned notes: mine with their clocks, everybody's by age, a leaver's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet, Value
from django.db.models.functions import Concat

from openiop.chart.models import Note
from openiop.chart.rules.deadlines import AGES, AgeBucket, Urgency, urgency
from openiop.chart.rules.parts import NoteKind
from openiop.kernel.permits import Permit
from openiop.schedule.queries.attendance import attendance_of
from openiop.schedule.queries.sessions import sessions_between


@dataclass(frozen=True)
class OwedNote:
    """One unsigned note of mine. `number` is the record's; `begun`: somebody has written in it."""

    id: int
    record: int
    number: str
    session: int | None
    group: str
    kind: str
    service_on: date
    ended_at: datetime
    due_at: datetime
    begun: bool
    urgency: Urgency


@dataclass(frozen=True)
class OwedSession:
    """The unsigned notes of mine in one session, with the nearest clock."""

    session: int
    group: str
    on: date
    ended_at: datetime
    due_at: datetime
    urgency: Urgency
    count: int
    begun: int


@dataclass(frozen=True)
class Owing:
    """A member of staff with unsigned notes; `left` when they no longer work here."""

    staff: int
    name: str
    count: int
    oldest: datetime
    left: bool


@dataclass(frozen=True)
class UnsignedGroup:
    """The unsigned notes of one author in one session."""

    session: int
    clinic: int
    state: str
    group: str
    on: date
    ended_at: datetime
    due_at: datetime
    author: int
    author_name: str
    count: int


def unsigned(permit: Permit) -> QuerySet[Note]:
    """Notes somebody still has to sign at the permit's clinics; unsigned history is left out."""
    return Note.objects.filter(
        clinic_id__in=permit.clinics, signed_at__isnull=True
    ).exclude(kind=NoteKind.UNSIGNED_DRAFT)  # fmt: skip


_OWED = """
  SELECT note.id, note.record_id, record.number, note.session_id, coalesce(track.name, ''),
         note.kind, note.service_on, note.ended_at, note.due_at, note.version > 0
    FROM chart_note note
    JOIN access_record record ON record.id = note.record_id
    LEFT JOIN schedule_session session ON session.id = note.session_id
    LEFT JOIN programs_track track ON track.id = session.track_id
   WHERE note.author_id = %s AND note.clinic_id = ANY(%s) AND note.signed_at IS NULL
     AND note.kind <> %s
   ORDER BY note.due_at, note.id"""


def owed(permit: Permit, staff: int, now: datetime | None = None) -> list[OwedNote]:
    """Unsigned notes of a member of staff, the nearest clock first; one statement."""
    with connection.cursor() as cursor:
        draft = NoteKind.UNSIGNED_DRAFT.value
        cursor.execute(_OWED, [staff, list(permit.clinics), draft])
        rows = cursor.fetchall()
    now = now or permit.now
    found = [OwedNote(*(*row, urgency(row[8], now))) for row in rows]
    permit.note("chart.note.read", table="chart_note", count=len(found))
    return found


def owed_by_session(notes: Iterable[OwedNote]) -> list[OwedSession]:
    """The same, a line a session, in the same order."""
    grouped: dict[int, list[OwedNote]] = {}
    for each in notes:
        if each.session is not None:
            grouped.setdefault(each.session, []).append(each)
    return [
        OwedSession(
            session, first.group, first.service_on, first.ended_at, first.due_at, first.urgency,
            len(each), sum(one.begun for one in each),
        )
        for session, each in grouped.items()
        for first in each[:1]
    ]  # fmt: skip


def unsigned_by_age(
    permit: Permit, clinics: Iterable[int], now: datetime | None = None
) -> list[AgeBucket]:
    """Unsigned notes at these clinics by hours since the service ended; one statement."""
    by_clinic = unsigned_by_clinic(permit, clinics, now)
    return [
        AgeBucket(start, end, sum(each[at].count for each in by_clinic.values()))
        for at, (start, end) in enumerate(AGES)
    ]


def unsigned_by_clinic(
    permit: Permit, clinics: Iterable[int], now: datetime | None = None
) -> dict[int, list[AgeBucket]]:
    """The same for each clinic; one statement."""
    wanted = permit.clinics.intersection(clinics)
    ages = {f"age{at}": Count("id", filter=_aged(now or permit.now, *span))
            for at, span in enumerate(AGES)}  # fmt: skip
    rows = unsigned(permit).filter(clinic_id__in=wanted).order_by().values_list("clinic_id")
    found = {each: [0] * len(AGES) for each in sorted(wanted)}
    found |= {clinic: counts for clinic, *counts in rows.annotate(**ages)}
    return {
        each: [AgeBucket(*span, count) for span, count in zip(AGES, counts, strict=True)]
        for each, counts in found.items()
    }


def _aged(now: datetime, start: int, end: int | None) -> Q:
    aged = Q(ended_at__lte=now - timedelta(hours=start)) if start else Q()
    return aged & Q(ended_at__gt=now - timedelta(hours=end)) if end is not None else aged


def owing(permit: Permit) -> list[Owing]:
    """Who has unsigned notes at the permit's clinics: leavers first, then the oldest."""
    rows = (
        unsigned(permit)
        .order_by()
        .values_list("author_id", "author__first_name", "author__last_name", "author__left_on")
        .annotate(count=Count("id"), oldest=Min("ended_at"))
    )
    found = [
        Owing(staff, f"{first} {last}", count, oldest, left_on is not None)
        for staff, first, last, left_on, count, oldest in rows
    ]
    return sorted(found, key=lambda each: (not each.left, each.oldest, each.name))


def unsigned_groups(permit: Permit) -> list[UnsignedGroup]:
    """Unsigned notes of ended services by session and author; one statement."""
    rows = unsigned(permit).filter(session__isnull=False, ended_at__lte=permit.now).order_by()
    grouped = rows.values_list(
        "session_id", "clinic_id", "clinic__state", "session__track__name", "service_on",
        "ended_at", "due_at", "author_id",
        Concat("author__first_name", Value(" "), "author__last_name"),
    ).annotate(count=Count("id"))  # fmt: skip
    return [UnsignedGroup(*row) for row in grouped.order_by("ended_at", "session_id")]


def sessions_to_open(permit: Permit, days: int = 3) -> list[int]:
    """Sessions that ended in the last days and whose notes do not fit who came; three
    statements."""
    today = permit.now.date()
    held = [
        each.id
        for each in sessions_between(
            permit, permit.clinics, today - timedelta(days=days), today + timedelta(days=2)
        )
        if each.held and each.ends_at <= permit.now
    ]
    came = {
        (session, record)
        for session, each in attendance_of(permit, held).items()
        for record, attended in each.items()
        if attended.came
    }
    noted = set(
        Note.objects.filter(session_id__in=held, kind__in=[NoteKind.GROUP, NoteKind.CLOSING])
        .values_list("session_id", "record_id", "version")
    )  # fmt: skip
    untouched = {(session, record) for session, record, version in noted if version == 0}
    unfit = (came - {pair[:2] for pair in noted}) | (untouched - came)
    return sorted({session for session, _ in unfit})
