"""Send somebody on to detox, a hospital or another place, and close the loop both ways."""

from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import writes
from openiop.access.queries import clinics
from openiop.access.queries.consents import only_past
from openiop.intake.actions.inquiries import allow, change, colleague, locked
from openiop.intake.models import Inquiry, Partner, Referral
from openiop.intake.rules.inquiries import CONTACTED, REFERRED_OUT
from openiop.intake.rules.referrals import BACK, ask_at, telling_refusal
from openiop.intake.words import REFERRAL_OUTCOMES
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import close_tasks_about, open_task
from openiop.patients.rules.search import fold

WRITE, TABLE = "intake.inquiry.write", "intake_referral"
FOLLOW_TASK = "referral_follow"


@writes(WRITE)
def refer_out(
    permit: Permit, inquiry: int, *, partner: int, reason: str, way: str,
    consent_on: date | None = None, follow_up_at: datetime | None = None, closes: bool = True,
) -> int:  # fmt: skip
    """Somebody is sent on to a place of the directory that takes people; the referral's id. A task
    asks what came of it. `closes`: the inquiry rests until then. Refused where the place would be
    told without a signed consent."""
    row = locked(permit, inquiry, must_be_open=True)
    by = colleague(permit)
    to = Partner.objects.filter(
        pk=partner, organization_id=permit.organization, takes_people=True, retired_on=None
    ).first()
    if to is None:
        raise Http404("No such place.")
    _allow_telling(permit, row, way, consent_on, to)
    made = Referral.objects.create(
        organization_id=permit.organization, clinic_id=row.clinic_id, inquiry=row, partner=to,
        reason=reason, way=way, consent_on=consent_on, made_at=permit.now, made_by_id=by,
        follow_up_at=ask_at(permit.now, follow_up_at),
    )  # fmt: skip
    new: dict[str, Any] = {"stage": REFERRED_OUT, "closed_at": permit.now} if closes else {}
    change(permit, row, "referred", f"{to.name}. {reason}", **new)
    open_task(
        permit, kind=FOLLOW_TASK, title=_("Inquiry %(n)s: what came of the referral?")
        % {"n": row.id}, clinic=row.clinic_id, due_at=made.follow_up_at, about=(TABLE, made.id),
        record=row.record_id, staff=row.owner_id, role=Role.INTAKE.value,
    )  # fmt: skip
    permit.note(WRITE, record=row.record_id, table=TABLE, row=made.id)
    return made.id


@writes(WRITE)
def tell_outcome(
    permit: Permit, inquiry: int, referral: int, *, outcome: str, text: str = ""
) -> None:
    """What came of it. Whoever came back goes on here; said again, the newest word counts."""
    row = locked(permit, inquiry)
    made = row.referrals.select_related("partner").filter(pk=referral).first()
    if made is None:
        raise Http404("No such referral.")
    made.outcome, made.outcome_text, made.outcome_at = outcome, text, permit.now
    made.save(update_fields=["outcome", "outcome_text", "outcome_at"])
    goes_on = outcome in BACK and row.stage == REFERRED_OUT
    new: dict[str, Any] = {"stage": CONTACTED, "closed_at": None} if goes_on else {}
    said = f"{made.partner.name}: {REFERRAL_OUTCOMES[outcome]}. {text}".strip()
    change(permit, row, "outcome", said, **new)
    close_tasks_about(permit, FOLLOW_TASK, (TABLE, referral), str(REFERRAL_OUTCOMES[outcome]))
    permit.note(WRITE, record=row.record_id, table=TABLE, row=referral, fields=("outcome",))


@writes(WRITE)
def tell_referrer(
    permit: Permit, inquiry: int, *, text: str, way: str, consent_on: date | None
) -> None:
    """Whoever sent the person is told what became of it; refused without a signed consent."""
    row = locked(permit, inquiry)
    if row.partner is None:
        raise Refused("nobody_sent", _("Nobody of the directory sent this person."), "")
    _allow_telling(permit, row, way, consent_on, row.partner)
    change(permit, row, "told", text)


def _allow_telling(
    permit: Permit, row: Inquiry, way: str, consent_on: date | None, to: Partner
) -> None:
    zone = clinics(permit).values_list("timezone", flat=True).get(pk=row.clinic_id)
    today = permit.today(zone)
    allow(telling_refusal(way, consent_on, today), field="consent_on")
    if (
        consent_on
        and row.record_id
        and only_past(permit, row.record_id, today, lambda name: fold(name) == fold(to.name))
    ):
        raise Refused(
            "taken_back", _("The person took their consent back, or it has ended."),
            _("Ask them to sign again first."), field="consent_on",
        )  # fmt: skip
