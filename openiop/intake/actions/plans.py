"""Sign the initial plan, and co-sign that of somebody who needs it."""

from collections.abc import Sequence

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.credential_rules import Document, may_cosign
from openiop.access.door import refusing, writes
from openiop.access.queries import clinics, colleagues, house_values
from openiop.assessments.queries.signer import signer
from openiop.intake.models import Admission, InitialPlan, InitialPlanCosign
from openiop.kernel.acts import Role
from openiop.kernel.days import local_day
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import close_tasks_about, open_task

WRITE, COSIGN = "intake.plan.write", "intake.plan.cosign"
TABLE, ADMISSION, TASK = "intake_initialplan", "intake_admission", "initial_plan_cosign"
MOST = 6


@writes(WRITE)
def sign_plan(permit: Permit, inquiry: int, objectives: Sequence[str], steps: str = "") -> int:
    """A signed initial plan of whoever was admitted by an inquiry; its id. Closes the task about
    it; where the signature needs a second one, supervisors get one. Refused without an objective,
    and for whoever may sign no treatment plan."""
    made = Admission.objects.filter(inquiry_id=inquiry).first()
    if made is None:
        raise Http404("Nobody was admitted by this inquiry.")
    wanted = [each.strip() for each in objectives if each.strip()]
    if not wanted:
        raise Refused("objective", _("Write at least one objective."),
                      _("Small and in their words."), field="objective_1")  # fmt: skip
    by = signer(permit, made.clinic_id, Document.TREATMENT_PLAN)
    row = InitialPlan.objects.create(
        organization_id=permit.organization, clinic_id=made.clinic_id, record_id=made.record_id,
        admission=made, objectives=wanted[:MOST], steps=steps.strip(), staff_id=by.me.id,
        credentials=by.credentials, needs_cosign=by.verdict.needs_cosign, signed_at=permit.now,
    )  # fmt: skip
    close_tasks_about(permit, "initial_plan", (ADMISSION, made.id), _("Signed."))
    if by.verdict.needs_cosign:
        open_task(
            permit, kind=TASK, title=_("Co-sign an initial plan"), clinic=made.clinic_id,
            record=made.record_id, due_at=permit.now, about=(TABLE, row.pk),
            role=Role.SUPERVISOR.value,
        )  # fmt: skip
    permit.note(WRITE, record=made.record_id, table=TABLE, row=row.pk)
    return row.pk


@writes(COSIGN)
def cosign_plan(permit: Permit, inquiry: int, plan: int) -> None:
    """The second signature. Refused for who may not co-sign for its author, and the second time."""
    row = InitialPlan.objects.filter(
        pk=plan, admission__inquiry_id=inquiry, needs_cosign=True
    ).first()  # fmt: skip
    if row is None:
        raise Http404("No such plan.")
    by = signer(permit, row.clinic_id, Document.TREATMENT_PLAN)
    place = clinics(permit).get(pk=row.clinic_id)
    author = colleagues(permit, [row.staff_id])[row.staff_id]
    today = permit.today(place.timezone)
    verdict = may_cosign(
        by.me.credentials, author.credentials, document=Document.TREATMENT_PLAN,
        state=place.state, on=today, signed_on=local_day(row.signed_at, place.timezone),
        house=house_values(permit, row.clinic_id, today),
    )  # fmt: skip
    if not verdict.allowed or by.me.id == row.staff_id:
        raise Refused(
            "cosign", _("You cannot co-sign this. %(why)s") % {"why": " ".join(verdict.reasons)},
            _("Leave it to a qualified co-signer."),
        )  # fmt: skip
    twice = Refused("cosigned", _("A colleague has co-signed this already."), "")
    with refusing({"intake_initialplancosign_plan_id_key": twice}):
        InitialPlanCosign.objects.create(
            organization_id=permit.organization, clinic_id=row.clinic_id, record_id=row.record_id,
            plan=row, staff_id=by.me.id, credentials=by.credentials, signed_at=permit.now,
        )  # fmt: skip
    close_tasks_about(permit, TASK, (TABLE, plan), _("Co-signed."))
    permit.note(COSIGN, record=row.record_id, table=TABLE, row=plan)
