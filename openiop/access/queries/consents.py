"""What somebody agreed to, and whether it holds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from openiop.access.consent_rules import ConsentFact, Signing, allows
from openiop.access.models import Clinic, Consent, Organization
from openiop.catalog.consent_forms import ConsentForm, consent_forms
from openiop.kernel.days import local_day
from openiop.kernel.permits import Permit


@dataclass(frozen=True)
class ConsentRow:
    """A consent as lists and copies show it."""

    id: int
    record: int
    clinic: int
    form: str
    kind: str
    version: str
    language: str
    text: str
    discloser: str
    recipient: str
    what: tuple[str, ...]
    purpose: str
    expires_on: date | None
    expires_event: str
    signer: str
    signer_words: str
    signer_name: str
    relation: str
    minor_alone: bool
    way: str
    signature: str
    identity_words: str
    signed_at: datetime
    signed_on: date
    witness: str
    revoked_at: datetime | None
    revoked_how: str

    @property
    def fact(self) -> ConsentFact:
        return ConsentFact(
            self.kind, self.signed_on, self.recipient, frozenset(self.what), self.expires_on,
            self.revoked_at, self.minor_alone,
        )  # fmt: skip

    def state(self, day: date) -> str:
        """ "in_force", "expired" or "revoked"."""
        if self.revoked_at:
            return "revoked"
        return "in_force" if self.fact.holds_on(day) else "expired"


_SAME = (
    "id", "form", "kind", "version", "language", "text", "discloser", "recipient", "purpose",
    "expires_on", "expires_event", "signer", "signer_name", "relation", "minor_alone", "way",
    "signature", "signed_at", "revoked_at", "revoked_how",
)  # fmt: skip


def _rows(found: QuerySet[Consent]) -> list[ConsentRow]:
    return [_row(each) for each in found.select_related("witness", "clinic")]


def _row(each: Consent) -> ConsentRow:
    same: dict[str, Any] = {name: getattr(each, name) for name in _SAME}
    return ConsentRow(
        **same, record=each.record_id, clinic=each.clinic_id, what=tuple(each.what),
        signer_words=each.get_signer_display(), identity_words=each.get_identity_display(),
        signed_on=local_day(each.signed_at, each.clinic.timezone),
        witness=each.witness.name if each.witness else "",
    )  # fmt: skip


def consents_of(permit: Permit, record: int) -> list[ConsentRow]:
    """Every consent of a record, the newest first; one statement."""
    return _rows(Consent.objects.filter(record_id=record).order_by("-signed_at", "-id"))


def consent(permit: Permit, record: int, consent_id: int) -> ConsentRow:
    """One consent of a record, or Http404."""
    found = _rows(Consent.objects.filter(pk=consent_id, record_id=record))
    if not found:
        raise Http404("No such consent.")
    return found[0]


def in_force(permit: Permit, record: int, kind: str, on: date) -> ConsentRow | None:
    """The newest consent of a kind that holds on a day; one statement."""
    rows = consents_of(permit, record)
    return next((each for each in rows if each.kind == kind and each.fact.holds_on(on)), None)


def may_tell(permit: Permit, record: int, recipient: str, what: Iterable[str], on: date) -> bool:
    """May these kinds of information about a record be told to a recipient on a day? Asked at the
    moment of telling: what was taken back a second ago is no consent. One statement."""
    return allows([each.fact for each in consents_of(permit, record)], recipient, set(what), on)


def ending(permit: Permit, days: Iterable[date]) -> list[ConsentRow]:
    """Consents of the permit's clinics that end on one of these days; one statement."""
    rows = Consent.objects.filter(
        clinic_id__in=permit.clinics, expires_on__in=list(days), revoked_at__isnull=True
    )
    return _rows(rows.order_by("id"))


def only_past(permit: Permit, record: int, on: date, is_recipient: Callable[[str], bool]) -> bool:
    """Did somebody once let this recipient be told, and holds none of that any more? Then no day
    typed from memory stands in for it. One statement."""
    shared = [
        row for row in consents_of(permit, record)
        if row.kind == "disclosure" and is_recipient(row.recipient)
    ]  # fmt: skip
    return bool(shared) and not any(row.fact.holds_on(on) for row in shared)


def text_of(permit: Permit, clinic: Clinic, signing: Signing) -> str:
    """The words of a consent as they are about to be signed."""
    form, house = form_of(signing.form), Organization.objects.get(pk=permit.organization).name
    with override(signing.language):
        ends = date_format(signing.expires_on, "F j, Y") if signing.expires_on else ""
        expires = signing.expires_event or (_("on %(day)s") % {"day": ends} if ends else "")
    return form.filled(signing.language, {
        "person": signing.person, "organization": house, "discloser": f"{house}, {clinic.name}",
        "recipient": signing.recipient, "what": form.kinds(signing.language, signing.what),
        "purpose": signing.purpose, "expires": expires,
    })  # fmt: skip


def form_of(form_id: str) -> ConsentForm:
    """A consent of the catalog, or Http404."""
    form = consent_forms().get(form_id)
    if form is None:
        raise Http404("No such consent.")
    return form
