"""Steps of a payer's authorization, each with the task that looks again."""

from datetime import date, time
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import clinics
from openiop.intake.actions.inquiries import colleague
from openiop.intake.models import Admission, AuthorizationStep
from openiop.intake.rules.authorization import DENIED, due_on, refusal
from openiop.intake.words import AUTHORIZATION
from openiop.kernel.acts import Role
from openiop.kernel.days import local
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import close_tasks_about, open_task

WRITE, TABLE, ABOUT = "intake.authorization.write", "intake_authorizationstep", "intake_admission"
TASK = "authorization_request"  # as the admission opens it
MORNING = time(9)


@writes(WRITE)
def set_authorization(
    permit: Permit, inquiry: int, *, state: str, accepted_by: str = "", reference: str = "",
    until_on: date | None = None, days: int | None = None, note: str = "",
) -> None:  # fmt: skip
    """The next state of the authorization behind an admission; earlier ones stay. Refused where it
    cannot follow, or a grant names nobody. A task looks again in time; a denial asks for a talk."""
    row = Admission.objects.select_for_update(of=("self",)).filter(
        inquiry_id=inquiry, clinic_id__in=permit.clinics
    ).first()  # fmt: skip
    if row is None:
        raise Http404("No such admission.")
    newest = row.authorizations.order_by("-id").first()
    zone = clinics(permit).values_list("timezone", flat=True).get(pk=row.clinic_id)
    today = permit.today(zone)
    _allow(refusal(
        newest.state if newest else row.authorization, state, accepted_by=accepted_by,
        until_on=until_on, today=today,
    ))  # fmt: skip
    made = AuthorizationStep.objects.create(
        organization_id=permit.organization, clinic_id=row.clinic_id, record_id=row.record_id,
        admission=row, state=state, at=permit.now, by_id=colleague(permit), reference=reference,
        accepted_by=accepted_by, until_on=until_on, days=days, note=note,
    )  # fmt: skip
    _look_again(permit, row, state, due_on(state, until_on, today), zone)
    permit.note(WRITE, record=row.record_id, table=TABLE, row=made.id)


def _allow(no: str) -> None:
    sentences: dict[str, tuple[str, str | None]] = {
        "step": (_("This state cannot follow the one before."), "state"),
        "nobody": (_("Who at the payer said yes?"), "accepted_by"),
        "over": (_("This authorization is over already."), "until_on"),
    }
    if no:
        raise Refused(f"authorization_{no}", sentences[no][0], "", field=sentences[no][1])


def _look_again(permit: Permit, row: Admission, state: str, due: date | None, zone: str) -> None:
    about = (ABOUT, row.id)
    close_tasks_about(permit, TASK, about, str(AUTHORIZATION[state]))
    if due is None:
        return
    title = (
        _("Authorization denied: talk about options today")
        if state == DENIED
        else _("Authorization: look again (%(state)s)") % {"state": AUTHORIZATION[state]}
    )
    facts: dict[str, Any] = {"clinic": row.clinic_id, "record": row.record_id, "about": about}
    open_task(
        permit, kind=TASK, title=title, due_at=local(due, MORNING, zone),
        role=Role.REVIEWER.value, **facts,
    )  # fmt: skip
