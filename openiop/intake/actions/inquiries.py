"""Take an inquiry, talk, plan, move it on, lose it, open it again; every line stays.

Each change writes a line that holds what stood there before, so that the newest can be undone.
"""

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import clinics, closures, staff_names
from openiop.intake.models import Inquiry, InquiryStep
from openiop.intake.queries.inquiries import here
from openiop.intake.rules.inquiries import ADMITTED, LOST, after_contact, move, refusal
from openiop.intake.rules.staffed import AHEAD, staffed_due, week_of
from openiop.intake.words import CHANNELS, STAGES
from openiop.intake.words import LOST as REASONS
from openiop.kernel.acts import Role
from openiop.kernel.days import days
from openiop.kernel.permits import NotPermitted, Permit, Refused
from openiop.messaging.actions import close_tasks_about, open_task
from openiop.messaging.queries.clocks import here_of
from openiop.patients.rules.search import fold, phone_digits

WRITE, TABLE = "intake.inquiry.write", "intake_inquiry"
SCREEN_RULE = "inquiry.screen.staffed_minutes"
SCREEN_TASK, NEXT_TASK = "inquiry_screen", "inquiry_next"
RECHECK_TASK = "benefits_recheck"
DAY = timedelta(days=1)
FOUND_BY = {"name", "phone"}  # what the folded columns are made of


@writes(WRITE)
def open_inquiry(permit: Permit, *, clinic: int, channel: str, **facts: Any) -> int:
    """Somebody asked: a new inquiry; its id. Its clock runs in minutes while the clinic is open,
    and a task waits for whoever does intake. `facts` are the other fields of an inquiry."""
    row = Inquiry(
        organization_id=permit.organization, clinic_id=clinic, channel=channel,
        came_at=permit.now, screen_due_at=screen_due(permit, clinic), **facts,
    )  # fmt: skip
    _find_by(row)
    row.save(force_insert=True)
    words = _("Came by: %(channel)s") % {"channel": CHANNELS[channel]}
    _line(permit, row, "opened", words)
    _follow(permit, row)
    permit.note(WRITE, table=TABLE, row=row.id)
    return row.id


def screen_due(permit: Permit, clinic: int) -> datetime | None:
    """When an inquiry that comes now is to be screened; three statements."""
    place = clinics(permit).filter(pk=clinic).first()
    if place is None:
        raise Http404("No such clinic.")
    clock = here_of(permit, clinic, place.name, place.state, place.timezone).clock(SCREEN_RULE)
    if clock is None:
        return None
    today = permit.today(place.timezone)
    closed = {
        day
        for each in closures(permit, clinic, today, today + AHEAD)
        for day in days(each.start_on, each.end_on + DAY)
    }
    week = week_of(place.hours)
    return staffed_due(permit.now, clock.amount, week, closed, place.timezone)


def _find_by(row: Inquiry) -> None:
    row.search, row.digits = fold(row.name)[:130], phone_digits(row.phone)[:20]


@writes(WRITE)
def change_inquiry(permit: Permit, inquiry: int, **facts: Any) -> tuple[str, ...]:
    """Other facts about who asked; the names of those that changed."""
    row = locked(permit, inquiry)
    new = {name: value for name, value in facts.items() if getattr(row, name) != value}
    if new:
        change(permit, row, "changed", _("Facts changed"), **new)
    return tuple(new)


@writes(WRITE)
def note_contact(permit: Permit, inquiry: int, *, way: str, outcome: str, text: str = "") -> None:
    """A call, a message, a talk. Who is reached the first time is no longer new."""
    row = locked(permit, inquiry)
    stage = after_contact(row.stage, outcome)
    new = {"stage": stage} if stage != row.stage else {}
    change(permit, row, "contact", text, way=way, outcome=outcome, **new)


@writes(WRITE)
def move_inquiry(permit: Permit, inquiry: int, stage: str) -> None:
    """On to another open stage, or back; from "screened" on the clock is stopped."""
    row = locked(permit, inquiry)
    allow(refusal(row.stage, stage))
    new: dict[str, Any] = {"stage": stage}
    if move(stage).screened and row.screened_at is None:
        new["screened_at"] = permit.now
    change(permit, row, "stage", str(STAGES[stage]), **new)


@writes(WRITE)
def assign_inquiry(permit: Permit, inquiry: int, staff: int | None) -> None:
    """Whose it is; None gives it back to all."""
    row = locked(permit, inquiry)
    name = staff_names(permit, [staff])[staff] if staff else _("Nobody")
    change(permit, row, "owner", _("With: %(name)s") % {"name": name}, owner_id=staff)


@writes(WRITE)
def plan_next(permit: Permit, inquiry: int, step: str, due_at: datetime | None) -> None:
    """What is to be done next, and until when; an empty step: nothing is planned."""
    row = locked(permit, inquiry, must_be_open=True)
    said = _("Next: %(step)s") % {"step": step} if step else _("Nothing planned")
    change(permit, row, "next", said, next_step=step, next_due_at=due_at if step else None)


@writes(WRITE)
def lose_inquiry(permit: Permit, inquiry: int, reason: str, text: str = "") -> None:
    """It leads no further here: the reason stays, and so does the inquiry."""
    row = locked(permit, inquiry, must_be_open=True)
    said = f"{REASONS[reason]}. {text}".strip() if text else str(REASONS[reason])
    change(
        permit, row, "lost", said, stage=LOST, lost_reason=reason, closed_at=permit.now
    )  # fmt: skip


@writes(WRITE)
def reopen_inquiry(permit: Permit, inquiry: int) -> None:
    """They came back: the inquiry goes on at "contacted", with its whole story."""
    row = locked(permit, inquiry)
    allow("" if row.closed_at else "open")
    allow("admitted" if row.stage == ADMITTED else "")
    change(
        permit, row, "reopened", _("Opened again"), stage="contacted", lost_reason="",
        closed_at=None,
    )  # fmt: skip


@writes(WRITE)
def undo_step(permit: Permit, inquiry: int, step: int) -> None:
    """Put back what the newest change changed; refused once something came after it."""
    row = locked(permit, inquiry)
    allow("admitted" if row.stage == ADMITTED else "")
    newest = row.steps.exclude(before={}, undoes__isnull=True).order_by("-id").first()
    line = row.steps.filter(pk=step).first()
    if line is None:
        raise Http404("No such line.")
    if newest is None or newest.id != step or newest.undoes_id:
        raise Refused(
            "changed_since", _("Something came after that."), _("Look at the inquiry again.")
        )
    for name, value in line.before.items():
        field: Any = Inquiry._meta.get_field(name)
        setattr(row, field.attname, field.to_python(value))
    _find_by(row)
    row.save()
    _line(permit, row, "undone", _("Taken back: %(what)s") % {"what": line.text}, undoes=line)
    _follow(permit, row)
    permit.note(WRITE, record=row.record_id, table=TABLE, row=row.id, fields=tuple(line.before))


# --- inside ------------------------------------------------------------------------------------


def locked(permit: Permit, inquiry: int, *, must_be_open: bool = False) -> Inquiry:
    """The row, held until the end; Http404, or Refused when it is closed and must not be."""
    rows = Inquiry.objects.select_for_update().filter(pk=inquiry, clinic_id__in=permit.clinics)
    row = rows.first()
    # Asked apart: whoever waited for the lock would not find a record that came meanwhile.
    if row is None or (row.record_id and not here(permit).filter(pk=inquiry).exists()):
        raise Http404("No such inquiry.")
    allow("closed" if must_be_open and row.closed_at else "")
    return row


def colleague(permit: Permit) -> int:
    """Who answers for it: a named colleague, never a job. NotPermitted without one."""
    if permit.staff is None:
        raise NotPermitted("no_staff", _("Only a colleague can do this."), "")
    return permit.staff


def allow(no: str, field: str | None = None) -> None:
    """Nothing for ""; else Refused with the sentence of that reason."""
    sentences = {
        "closed": (_("This inquiry is closed."), _("Open it again first.")),
        "open": (_("This inquiry is open."), _("Look at it again.")),
        "same": (_("It stands there already."), _("Look at it again.")),
        "by_admission": (_("Somebody is admitted by an admission."), _("Use “Admit”.")),
        "admitted": (_("This inquiry led to an admission."), _("Take a new inquiry.")),
        "no_consent": (
            _("Nobody outside is told about a named person without a signed consent."),
            _("Let the person call or go themselves, or have it signed first."),
        ),
        "not_signed_yet": (
            _("The consent cannot be signed in the future."),
            _("Check the day."),
        ),
        "by_loss": (_("An end needs a reason."), _("Use “Lost” or “Refer out”.")),
    }
    if no:
        raise Refused(f"inquiry_{no}", *sentences[no], field=field)


def change(
    permit: Permit, row: Inquiry, kind: str, text: str, *, way: str = "", outcome: str = "",
    **new: Any,
) -> None:  # fmt: skip
    """Set the fields, and write the line that tells it and can take it back."""
    before = {name.removesuffix("_id"): getattr(row, name) for name in new}
    for name, value in new.items():
        setattr(row, name, value)
    if FOUND_BY & set(new):
        _find_by(row)
    if new:
        row.save()
    _line(permit, row, kind, text, way=way, outcome=outcome, before=before)
    if new:
        _follow(permit, row)
    permit.note(WRITE, record=row.record_id, table=TABLE, row=row.id, fields=tuple(new))


def _line(permit: Permit, row: Inquiry, kind: str, text: str, **facts: Any) -> None:
    InquiryStep.objects.create(
        organization_id=permit.organization, clinic_id=row.clinic_id, inquiry=row, at=permit.now,
        by_id=permit.staff, kind=kind, text=str(text)[:1000], **facts,
    )  # fmt: skip


def _follow(permit: Permit, row: Inquiry) -> None:
    """The worklist says what the inquiry asks for now: its screening, its next step."""
    about = (TABLE, row.id)
    ended = [RECHECK_TASK] if row.closed_at and not row.record_id else []
    close_tasks_about(permit, [SCREEN_TASK, NEXT_TASK, *ended], about, _("Went on"))
    if row.closed_at:
        return
    facts: dict[str, Any] = {"clinic": row.clinic_id, "about": about, "record": row.record_id,
                             "staff": row.owner_id, "role": Role.INTAKE.value}  # fmt: skip
    if row.screened_at is None and row.screen_due_at:
        title = _("Screen inquiry %(number)s") % {"number": row.id}
        open_task(permit, kind=SCREEN_TASK, title=title, due_at=row.screen_due_at, **facts)
    if row.next_due_at:
        title = _("Inquiry %(number)s: next step") % {"number": row.id}
        open_task(permit, kind=NEXT_TASK, title=title, due_at=row.next_due_at, **facts)
