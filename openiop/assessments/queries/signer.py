"""Who signs an assessment, and as what."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from openiop.access.credential_rules import Document, Verdict, may_sign
from openiop.access.queries import Colleague, clinics, colleagues, house_values
from openiop.kernel.permits import Permit, Refused


@dataclass(frozen=True)
class Signer:
    """The person with the permit: what they may sign today, and their credentials as shown."""

    me: Colleague
    verdict: Verdict
    credentials: str


def signer(permit: Permit, clinic: int, document: Document = Document.ASSESSMENT) -> Signer:
    """Refused for whoever may not sign the document at the clinic today; the sentence says why."""
    place = clinics(permit).get(pk=clinic)
    today = permit.today(place.timezone)
    me = colleagues(permit, [permit.staff or 0]).get(permit.staff or 0)
    if me is None:
        raise Refused("nobody", _("Only a colleague signs."), _("Ask a clinician."))
    verdict = may_sign(
        me.credentials, document=document, state=place.state, on=today,
        house=house_values(permit, clinic, today),
    )  # fmt: skip
    if not verdict.allowed:
        raise Refused(
            "credential",
            _("You cannot sign today. %(reasons)s") % {"reasons": " ".join(verdict.reasons)},
            _("Ask a clinician, or bring the credential up to date."),
        )
    return Signer(me, verdict, me.shown(place.state, today))
