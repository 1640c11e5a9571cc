"""Answers about safety: call a clinician, call again, close by an evaluation or by two people."""

from datetime import datetime

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.assessments.models import Response, SafetyCancel, SafetyConcern, SafetyEvaluation
from openiop.assessments.queries.signer import signer
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import close_tasks_about, open_task, raise_alert
from openiop.messaging.actions.alerts import acknowledge
from openiop.messaging.queries import current_alerts
from openiop.messaging.queries.clocks import here_at
from openiop.messaging.rules import Clock

CLOSE, ESCALATE = "assessments.safety.close", "assessments.safety.escalate"
TABLE, KIND = "assessments_safetyconcern", "safety"
CLOCK = "safety.evaluate.minutes"
DISPOSITIONS = ("none", "plan", "higher", "emergency", "unreached")


def call_for(permit: Permit, response: Response) -> None:
    """Open the person's safety concern, or add to the open one; whoever is on call is called."""
    concern = _opened(permit, response)
    concern.latest = response
    concern.escalate_at = _next_call(permit, response.clinic_id)
    title = _("An answer asks for a safety evaluation now.")
    concern.alerts.append(
        raise_alert(permit, clinic=concern.clinic_id, kind=KIND, sentence=title,
                    record=concern.record_id)
    )  # fmt: skip
    concern.save(update_fields=["latest", "escalate_at", "alerts"])
    open_task(
        permit, kind=KIND, title=title, clinic=concern.clinic_id, due_at=concern.escalate_at,
        record=concern.record_id, about=(TABLE, concern.pk), role=Role.CLINICIAN.value,
    )  # fmt: skip


def _opened(permit: Permit, response: Response) -> SafetyConcern:
    """The person's open concern, locked. Somebody may close it between the two statements: then
    the next round opens a new one."""
    while True:
        new = SafetyConcern(
            organization_id=permit.organization, clinic_id=response.clinic_id,
            record_id=response.record_id, first=response, latest=response,
            opened_at=permit.now, escalate_at=permit.now,
        )  # fmt: skip
        SafetyConcern.objects.bulk_create([new], ignore_conflicts=True)
        found = (
            SafetyConcern.objects.select_for_update()
            .filter(record_id=response.record_id, closed_at__isnull=True)
            .first()
        )
        if found:
            return found


def _next_call(permit: Permit, clinic: int) -> datetime:
    clock = here_at(permit, clinic).clock(CLOCK) or Clock(0, "minutes")
    return clock.after(permit.now)


@writes(ESCALATE)
def call_again(permit: Permit, concern: int) -> None:
    """Nobody has evaluated in time: somebody is called once more, unless a call still climbs. Takes
    a concern that `queries.overdue_concern` found and locked."""
    row = SafetyConcern.objects.get(pk=concern)
    row.escalate_at = _next_call(permit, row.clinic_id)
    if not _unanswered(permit, row):
        row.alerts.append(
            raise_alert(
                permit, clinic=row.clinic_id, kind=KIND, record=row.record_id,
                sentence=_("A safety evaluation is late."),
            )
        )  # fmt: skip
    row.save(update_fields=["escalate_at", "alerts"])
    permit.note(ESCALATE, record=row.record_id, table=TABLE, row=concern, fields=("alerts",))


def _unanswered(permit: Permit, concern: SafetyConcern) -> list[int]:
    calls = set(concern.alerts)
    return [each.id for each in current_alerts(permit) if each.id in calls and not each.answered]


@writes(CLOSE)
def evaluate(
    permit: Permit, concern: int, *, seen: int, found: str, disposition: str, plan: str = ""
) -> None:
    """A clinician's evaluation closes the concern, its task and its calls. `seen` is the newest
    response they looked at. Refused for whoever may not sign an assessment alone today."""
    row = _locked(permit, concern)
    if row.latest_id != seen:
        raise Refused(
            "newer", _("Another answer came in meanwhile."), _("Look at it, then evaluate.")
        )
    if not found.strip() or disposition not in DISPOSITIONS:
        raise Refused("found", _("Say what you found and what follows."), "", field="found")
    by = signer(permit, row.clinic_id)
    if by.verdict.needs_cosign:
        raise Refused(
            "cosign",
            _("Your signature needs a second one; a safety evaluation cannot wait for it."),
            _("Call a clinician who signs alone."),
        )
    SafetyEvaluation.objects.create(
        organization_id=permit.organization, clinic_id=row.clinic_id, record_id=row.record_id,
        concern=row, found=found.strip(), disposition=disposition, plan=plan.strip(),
        staff_id=by.me.id, credentials=by.credentials, evaluated_at=permit.now,
    )  # fmt: skip
    _close(permit, row, _("Evaluated"))


@writes(CLOSE)
def cancel(permit: Permit, concern: int, reason: str) -> bool:
    """One of two people says that no evaluation is needed, with a reason; whether that closed the
    concern. Refused the second time from the same person."""
    row = _locked(permit, concern)
    if not reason.strip():
        raise Refused("reason", _("Say why no evaluation is needed."), "", field="reason")
    again = Refused(
        "second", _("You have said so. It takes a second person."), _("Ask a colleague."),
        field="reason",
    )  # fmt: skip
    with refusing({"cancelled_once_each": again}):
        SafetyCancel.objects.create(
            organization_id=permit.organization, clinic_id=row.clinic_id, record_id=row.record_id,
            concern=row, staff_id=permit.staff or 0, reason=reason.strip(), cancelled_at=permit.now,
        )  # fmt: skip
    closes = SafetyCancel.objects.filter(concern=row).count() > 1
    if closes:
        _close(permit, row, _("Cancelled by two people"))
    permit.note(CLOSE, record=row.record_id, table=TABLE, row=row.pk, fields=("cancel",))
    return closes


def _close(permit: Permit, row: SafetyConcern, outcome: str) -> None:
    row.closed_at = permit.now
    row.save(update_fields=["closed_at"])
    close_tasks_about(permit, KIND, (TABLE, row.pk), outcome)
    for alert in _unanswered(permit, row):
        acknowledge(permit, alert)
    permit.note(CLOSE, record=row.record_id, table=TABLE, row=row.pk, fields=("closed_at",))


def _locked(permit: Permit, concern: int) -> SafetyConcern:
    row = SafetyConcern.objects.select_for_update().filter(
        pk=concern, clinic_id__in=permit.clinics
    ).first()  # fmt: skip
    if row is None:
        raise Http404("No such concern.")
    if row.closed_at is not None:
        raise Refused(
            "closed", _("A colleague has closed this already."), _("Read what they found.")
        )
    return row
