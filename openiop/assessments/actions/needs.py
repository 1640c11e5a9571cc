"""Sign a need profile, and co-sign the one of somebody who needs it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.credential_rules import Document, may_cosign
from openiop.access.door import refusing, writes
from openiop.access.queries import clinics, colleagues, house_values
from openiop.assessments.models import NeedCosign, NeedProfile
from openiop.assessments.queries.signer import signer
from openiop.catalog.needs import RISKS, Edition
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit, Refused
from openiop.messaging.actions import close_tasks_about, open_task

WRITE, COSIGN = "assessments.need.write", "assessments.need.cosign"
TABLE, KIND = "assessments_needprofile", "need.cosign"


@dataclass(frozen=True)
class Needs:
    """What a clinician rated, each point on its own, and the level they recommend and give."""

    edition: Edition
    risks: Mapping[str, int]
    notes: Mapping[str, str]
    recommended: str
    actual: str
    differs: str = ""
    interim: str = ""


@writes(WRITE)
def sign_needs(permit: Permit, *, record: int, clinic: int, needs: Needs) -> int:
    """A signed need profile; never changed, a new one follows it. Where the signature needs a
    second one, supervisors get a task."""
    _refuse(needs)
    by = signer(permit, clinic)
    row = NeedProfile.objects.create(
        organization_id=permit.organization, clinic_id=clinic, record_id=record,
        edition=needs.edition.id, version=needs.edition.version, risks=dict(needs.risks),
        notes={key: text.strip() for key, text in needs.notes.items() if text.strip()},
        recommended=needs.recommended, actual=needs.actual, differs=needs.differs,
        interim=needs.interim.strip(), staff_id=by.me.id, credentials=by.credentials,
        needs_cosign=by.verdict.needs_cosign, signed_at=permit.now,
    )  # fmt: skip
    permit.note(WRITE, record=record, table=TABLE, row=row.pk)
    if by.verdict.needs_cosign:
        open_task(
            permit, kind=KIND, title=_("Co-sign a need profile"), clinic=clinic, record=record,
            due_at=permit.now, about=(TABLE, row.pk), role=Role.SUPERVISOR.value,
        )  # fmt: skip
    return row.pk


def _refuse(needs: Needs) -> None:
    if set(needs.risks) != set(needs.edition.rated):
        raise Refused("open", _("Something is not rated yet."), _("Rate each on its own."))
    if not set(needs.risks.values()) <= set(RISKS):
        raise Refused("risk", _("A risk is from 0 to 4."), "")
    if not {needs.recommended, needs.actual} <= set(needs.edition.levels):
        raise Refused("level", _("This edition has no such level."), _("Choose one of its levels."))
    if (needs.recommended != needs.actual) != bool(needs.differs):
        raise Refused(
            "differs", _("Say why the level given is another one, and only then."), "",
            field="differs",
        )  # fmt: skip


@writes(COSIGN)
def cosign_needs(permit: Permit, record: int, profile: int) -> None:
    """The second signature. Refused for who may not co-sign for its author, and the second time."""
    row = NeedProfile.objects.filter(pk=profile, record_id=record, needs_cosign=True).first()
    if row is None:
        raise Http404("No such need profile.")
    by = signer(permit, row.clinic_id)
    place = clinics(permit).get(pk=row.clinic_id)
    today = permit.today(place.timezone)
    author = colleagues(permit, [row.staff_id])[row.staff_id]
    verdict = may_cosign(
        by.me.credentials, author.credentials, document=Document.ASSESSMENT, state=place.state,
        on=today, signed_on=row.signed_at.date(), house=house_values(permit, row.clinic_id, today),
    )  # fmt: skip
    if not verdict.allowed or by.me.id == row.staff_id:
        raise Refused(
            "cosign", _("You cannot co-sign this. %(why)s") % {"why": " ".join(verdict.reasons)},
            _("Leave it to a qualified co-signer."),
        )  # fmt: skip
    twice = Refused("cosigned", _("A colleague has co-signed this already."), "")
    with refusing({"assessments_needcosign_profile_id_key": twice}):
        NeedCosign.objects.create(
            organization_id=permit.organization, clinic_id=row.clinic_id, record_id=record,
            profile=row, staff_id=by.me.id, credentials=by.credentials, signed_at=permit.now,
        )  # fmt: skip
    close_tasks_about(permit, KIND, (TABLE, profile), _("Co-signed."))
    permit.note(COSIGN, record=record, table=TABLE, row=profile)
