"""Sign a consent and take it back."""

from datetime import date, timedelta

from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.consent_rules import Signing, signers
from openiop.access.door import writes
from openiop.access.models import Consent, Organization, Record
from openiop.access.queries.consents import form_of, text_of
from openiop.catalog.consent_forms import ConsentForm
from openiop.kernel.permits import Permit, Refused

SIGN, REVOKE, TABLE = "access.consent.sign", "access.consent.revoke", "access_consent"
A_MONTH = timedelta(days=30)


@writes(SIGN)
def sign_consent(permit: Permit, record: int, signing: Signing) -> int:
    """Keep a consent as signed; its id. Refused where an element, the name or the signature is
    missing, and where somebody else must sign."""
    held = Record.objects.select_related("clinic").filter(pk=record).first()
    if held is None:
        raise Http404("No such record.")
    form = form_of(signing.form)
    today = permit.today(held.clinic.timezone)
    _refuse(form, signing, today)
    shares = form.kind == "disclosure"
    house = Organization.objects.get(pk=permit.organization).name
    row = Consent.objects.create(
        organization_id=permit.organization, clinic_id=held.clinic_id, record_id=record,
        form=form.id, kind=form.kind, version=form.version, language=signing.language,
        text=text_of(permit, held.clinic, signing),
        discloser=f"{house}, {held.clinic.name}" if shares else "",
        recipient=signing.recipient.strip(), what=sorted(signing.what),
        purpose=signing.purpose.strip(), expires_on=signing.expires_on or _ends(form, today),
        expires_event=signing.expires_event.strip(), signer=signing.signer,
        signer_name=signing.signer_name.strip(), relation=signing.relation.strip(),
        minor_alone=signing.age is not None and signing.age < 18 and signing.signer == "self",
        way=signing.way, signature=signing.signature.strip(), identity=signing.identity,
        signed_at=permit.now, witness_id=permit.staff,
    )  # fmt: skip
    permit.note(SIGN, record=record, table=TABLE, row=row.pk)
    return row.pk


def _ends(form: ConsentForm, today: date) -> date | None:
    return today + form.months * A_MONTH if form.months and form.kind != "disclosure" else None


def _refuse(form: ConsentForm, signing: Signing, today: date) -> None:
    if signing.signer not in signers(signing.age, signing.alone_from):
        raise Refused("signer", _("At this age somebody else must sign."),
                      _("Choose who signs."), field="signer")  # fmt: skip
    needed = {
        "signer_name": (signing.signer_name, _("Write the name of who signs.")),
        "signature": (signing.signature, _("Sign by typing the name or by drawing.")),
    }
    if signing.signer != "self":
        needed["relation"] = (signing.relation, _("Say what they are to the person."))
    if form.kind == "disclosure":
        needed |= {
            "recipient": (signing.recipient, _("Say who may be told.")),
            "purpose": (signing.purpose, _("Say what it is for.")),
            "what": (",".join(signing.what), _("Choose what may be told.")),
            "expires_on": (signing.expires_event or str(signing.expires_on or ""),
                           _("Say when it ends: a day or an event.")),
        }  # fmt: skip
    for name, (given, sentence) in needed.items():
        if not given.strip():
            raise Refused(name, sentence, "", field=name)
    if set(signing.what) - set(form.what):
        raise Refused("what", _("Choose what may be told."), "", field="what")
    if signing.expires_on and signing.expires_on <= today:
        raise Refused("expires_on", _("It would have ended already."), _("Give a later day."),
                      field="expires_on")  # fmt: skip


@writes(REVOKE)
def revoke_consent(permit: Permit, record: int, consent: int, how: str) -> None:
    """Taken back: from this moment it is no consent. Safe to repeat. Needs how it was said."""
    if not how.strip():
        raise Refused("how", _("Say how it was taken back, such as: by phone."), "", field="how")
    row = Consent.objects.select_for_update().filter(pk=consent, record_id=record).first()
    if row is None:
        raise Http404("No such consent.")
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by_id, row.revoked_how = permit.now, permit.staff, how.strip()
        row.save(update_fields=["revoked_at", "revoked_by", "revoked_how"])
    permit.note(REVOKE, record=record, table=TABLE, row=consent, fields=("revoked_at",))
