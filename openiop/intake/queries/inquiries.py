"""Inquiries: the board of all channels, one of them with its story, who may be the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404

from openiop.intake.models import Inquiry, InquiryStep
from openiop.intake.rules.inquiries import ADMITTED, OPEN, STAGES
from openiop.kernel.permits import Permit
from openiop.patients.rules.search import fold, phone_digits

READ, TABLE = "intake.inquiry.read", "intake_inquiry"
MOST = 300  # rows of the board
NOBODY = 0  # as an owner: nobody


class Row(NamedTuple):
    """A line of the board. `screen_due_at` is None where the clinic has no hours on file."""

    id: int
    name: str
    stage: str
    channel: str
    partner: str
    clinic_code: str
    timezone: str
    owner: int | None
    owner_name: str
    came_at: datetime
    screen_due_at: datetime | None
    screened_at: datetime | None
    next_step: str
    next_due_at: datetime | None
    closed_at: datetime | None
    lost_reason: str
    reachable: bool

    def late(self, now: datetime) -> bool:
        """Not screened in time, or the next step is overdue."""
        if self.closed_at:
            return False
        waits = not self.screened_at and self.screen_due_at and self.screen_due_at < now
        return bool(waits or (self.next_due_at and self.next_due_at < now))


_SEEN = """
   WHERE i.clinic_id = ANY(%(clinics)s) AND (i.record_id IS NULL OR record.id IS NOT NULL)"""
_BOARD = f"""
  SELECT i.id, i.name, i.stage, i.channel, partner.name, clinic.code, clinic.timezone, i.owner_id,
         staff.first_name || ' ' || staff.last_name, i.came_at, i.screen_due_at, i.screened_at,
         i.next_step, i.next_due_at, i.closed_at, i.lost_reason,
         i.safe_to_call OR i.safe_to_text OR i.safe_to_email
    FROM intake_inquiry i
    JOIN access_clinic clinic ON clinic.id = i.clinic_id
    LEFT JOIN access_record record ON record.id = i.record_id
    LEFT JOIN access_staff staff ON staff.id = i.owner_id
    LEFT JOIN intake_partner partner ON partner.id = i.partner_id
    {_SEEN}
     AND i.stage = ANY(%(stages)s)"""  # noqa: S608
_NARROWED = {
    "record": " AND i.record_id = %(record)s",
    "channel": " AND i.channel = %(channel)s",
    "clinic": " AND clinic.code = %(clinic)s",
    "owner": " AND CASE WHEN %(owner)s = 0 THEN i.owner_id IS NULL ELSE i.owner_id = %(owner)s END",
    "words": " AND i.search LIKE ALL (%(words)s)",
    "digits": " AND strpos(i.digits, %(digits)s) > 0",
}
_LATE = """ AND (i.screened_at IS NULL AND i.screen_due_at < %(now)s OR i.next_due_at < %(now)s)"""
_ORDER = """
   ORDER BY array_position(%(stages)s, i.stage::text), i.closed_at DESC,
         least(CASE WHEN i.screened_at IS NULL THEN i.screen_due_at END, i.next_due_at), i.id
   LIMIT %(most)s"""
_COUNTS = f"""
  SELECT i.stage, count(*) FROM intake_inquiry i
    LEFT JOIN access_record record ON record.id = i.record_id {_SEEN}
   GROUP BY i.stage"""  # noqa: S608


def board(
    permit: Permit, *, stages: Iterable[str] = OPEN, q: str = "", owner: int | None = None,
    channel: str = "", clinic: str = "", late: bool = False, record: int | None = None,
) -> list[Row]:  # fmt: skip
    """Inquiries of the permit's clinics by stage, the most urgent of each first; at most `MOST`.

    `q` is part of a name or a phone number; `owner` a staff id or `NOBODY`. One statement.
    """
    asked = {
        "owner": owner,
        "record": record,
        "channel": channel or None,
        "clinic": clinic or None,
        **_sought(q),
    }
    given = {name: value for name, value in asked.items() if value is not None}
    narrowed = "".join(_NARROWED[name] for name in given) + (_LATE if late else "")
    values = {"clinics": list(permit.clinics), "stages": list(stages), "now": permit.now,
              "most": MOST, **given}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_BOARD + narrowed + _ORDER, values)
        rows = [_row(row) for row in cursor.fetchall()]
    permit.note(READ, table=TABLE, count=len(rows))
    return rows


def _row(row: tuple[Any, ...]) -> Row:
    return Row._make((*row[:4], row[4] or "", *row[5:8], row[8] or "", *row[9:]))


def _sought(q: str) -> dict[str, Any]:
    digits = phone_digits(q)
    if len(digits) >= 4:
        return {"digits": digits}
    named = [f"%{word}%" for word in fold(q).replace("%", "").replace("_", " ").split()]
    return {"words": named or None}


def stage_counts(permit: Permit) -> dict[str, int]:
    """How many inquiries stand at each stage; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"clinics": list(permit.clinics)})
        return dict.fromkeys(STAGES, 0) | dict(cursor.fetchall())


def open_inquiries(permit: Permit) -> int:
    """How many are open at the permit's clinics; one statement."""
    counts = stage_counts(permit)
    return sum(counts[stage] for stage in OPEN)


def here(permit: Permit) -> QuerySet[Inquiry]:
    """Inquiries of the permit's clinics, without those of a record closed to this person."""
    return Inquiry.objects.filter(
        Q(record__isnull=True) | Q(record__number__isnull=False), clinic_id__in=permit.clinics
    )


# --- one inquiry -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A line of the story. `undoable` only for the newest change."""

    id: int
    at: datetime
    by: str
    kind: str
    text: str
    way: str
    outcome: str
    undoable: bool


@dataclass(frozen=True)
class InquiryFacts:
    """One inquiry with everything on it, the newest line first."""

    id: int
    name: str
    birth_on: date | None
    phone: str
    email: str
    safe_to_call: bool
    safe_to_text: bool
    safe_to_email: bool
    safe_to_leave_message: bool
    reach_when: str
    language: str
    channel: str
    partner: int | None
    partner_name: str
    asks: str
    payer_said: str
    stage: str
    owner: int | None
    owner_name: str
    next_step: str
    next_due_at: datetime | None
    came_at: datetime
    screen_due_at: datetime | None
    screened_at: datetime | None
    closed_at: datetime | None
    lost_reason: str
    record: int | None
    number: str
    clinic: int
    clinic_code: str
    clinic_name: str
    timezone: str
    steps: tuple[Step, ...]

    @property
    def called(self) -> str:
        """The name as given, or what stands in its place."""
        return self.name or f"#{self.id}"


_PLAIN = (
    "id", "name", "birth_on", "phone", "email", "safe_to_call", "safe_to_text", "safe_to_email",
    "safe_to_leave_message", "reach_when", "language", "channel", "asks", "payer_said", "stage",
    "next_step", "next_due_at", "came_at", "screen_due_at", "screened_at", "closed_at",
    "lost_reason",
)  # fmt: skip


def inquiry(permit: Permit, inquiry: int) -> InquiryFacts:
    """One inquiry with its story, or Http404; two statements."""
    related = here(permit).select_related("owner", "partner", "record", "clinic")
    row = related.filter(pk=inquiry).first()
    if row is None:
        raise Http404("No such inquiry.")
    permit.note(READ, record=row.record_id, table=TABLE, row=row.id)
    return InquiryFacts(
        **{name: getattr(row, name) for name in _PLAIN},
        partner=row.partner_id, partner_name=row.partner.name if row.partner else "",
        owner=row.owner_id, owner_name=row.owner.name if row.owner else "",
        record=row.record_id, number=row.record.number if row.record else "",
        clinic=row.clinic_id, clinic_code=row.clinic.code, clinic_name=row.clinic.name,
        timezone=row.clinic.timezone, steps=_story(row.id, row.stage != ADMITTED),
    )  # fmt: skip


def _story(inquiry: int, undoable: bool) -> tuple[Step, ...]:
    lines = InquiryStep.objects.filter(inquiry_id=inquiry).select_related("by").order_by("-id")
    newest = True
    story = []
    for line in lines:
        changes = bool(line.before) or line.kind == "undone"
        story.append(Step(
            line.id, line.at, line.by.name if line.by else "", line.kind, line.text, line.way,
            line.outcome, undoable and newest and bool(line.before),
        ))  # fmt: skip
        newest = newest and not changes
    return tuple(story)


# --- the same person twice ---------------------------------------------------------------------


class Twin(NamedTuple):
    """An inquiry that may be of the same person, and why: "phone", "email", "name"."""

    id: int
    name: str
    stage: str
    came_at: datetime
    clinic_code: str
    reason: str


_ALIKE = f"""
  SELECT i.id, i.name, i.stage, i.came_at, clinic.code,
         CASE WHEN i.digits <> '' AND i.digits = %(digits)s THEN 'phone'
              WHEN i.email <> '' AND lower(i.email) = %(email)s THEN 'email' ELSE 'name' END
    FROM intake_inquiry i
    JOIN access_clinic clinic ON clinic.id = i.clinic_id
    LEFT JOIN access_record record ON record.id = i.record_id
    {_SEEN} AND i.id <> %(besides)s
     AND (i.digits <> '' AND i.digits = %(digits)s OR i.email <> '' AND lower(i.email) = %(email)s
          OR %(named)s AND i.search LIKE ALL (%(words)s))
   ORDER BY i.closed_at DESC NULLS FIRST, i.came_at DESC LIMIT 8"""  # noqa: S608


def alike_inquiries(
    permit: Permit, *, name: str = "", phone: str = "", email: str = "", besides: int = 0
) -> list[Twin]:
    """Inquiries with the same phone or e-mail, or all words of the name; open ones first."""
    words = [f"%{word}%" for word in fold(name).replace("%", "").split()]
    digits = phone_digits(phone)
    if len(digits) < 7 and not email and len(words) < 2:
        return []
    values: dict[str, Any] = {
        "clinics": list(permit.clinics), "digits": digits if len(digits) >= 7 else "-",
        "email": email.strip().lower() or "-", "named": len(words) >= 2, "words": words or ["-"],
        "besides": besides,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, values)
        found = [Twin(*row) for row in cursor.fetchall()]
    permit.note(READ, table=TABLE, count=len(found), fields=("alike",))
    return found
