"""Consents of a person: what holds, signing on the clinic's screen, a copy, taking back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.actions.consents import REVOKE, SIGN, revoke_consent, sign_consent
from openiop.access.door import RecordRef, admit, opens
from openiop.access.queries import clinics
from openiop.access.queries.consents import ConsentRow, text_of
from openiop.access.queries.consents import consent as one_consent
from openiop.catalog.consent_forms import consent_forms
from openiop.intake.forms.consents import RevokeForm, SignForm
from openiop.intake.queries.consenting import Signatory, shelves, signatory
from openiop.intake.views.asking import is_shared, person_url, took
from openiop.kernel.permits import Permit
from openiop.ui.pdf import typeset

READ = "access.consent.read"


@opens(READ)
def consents(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """What somebody may still sign, and all that was signed."""
    record, who = _who(permit, number)
    held, rows = shelves(permit, record.id, who.today)
    words = {"in_force": _("In force"), "expired": _("Ended"), "revoked": _("Taken back")}
    tones = {"in_force": "good", "expired": "", "revoked": "watch"}
    return render(request, "intake/consents.html", {
        "title": _("Consents"), "number": number, "crumbs": _crumbs(request, record, who),
        "held": [(form, form.title["en"], row) for form, row in held],
        "rows": [(row, _title(row), words[state], tones[state]) for row, state in rows],
    })  # fmt: skip


def _who(permit: Permit, number: str) -> tuple[RecordRef, Signatory]:
    record = admit(permit, number)
    who = signatory(permit, record.id)
    timezone.activate(who.timezone)
    return record, who


def _title(row: ConsentRow) -> str:
    form = consent_forms().get(row.form)
    name = form.title["en"] if form else row.form
    return f"{name}: {row.recipient}" if row.recipient else name


def _crumbs(
    request: HttpRequest, record: RecordRef, who: Signatory, here: str = ""
) -> list[dict[str, str]]:
    name = record.number if is_shared(request) else who.person.name
    url = reverse("intake:consents", args=[record.number])
    trail = [{"label": name, "url": person_url(record.number)},
             {"label": _("Consents"), "url": url}]  # fmt: skip
    return [*trail, {"label": here}] if here else trail


@opens(SIGN)
def sign(request: HttpRequest, permit: Permit, number: str, form_id: str) -> HttpResponse:
    """Fill in, read it as it will be signed, sign."""
    record, who = _who(permit, number)
    kind = consent_forms().get(form_id)
    if kind is None:
        raise Http404("No such consent.")
    start: dict[str, Any] = {
        "language": request.GET.get("language", who.language), "signer_name": who.person.name,
    }  # fmt: skip
    form = SignForm(request.POST or None, form=kind, who=who, initial=start)
    read, found = "", list[int]()
    if form.is_bound and form.is_valid():
        signing = form.signing(kind, who)
        read = text_of(permit, clinics(permit).get(pk=record.clinic), signing)
        if "sign" in request.POST and took(
            permit, form, lambda: found.append(sign_consent(permit, record.id, signing))
        ):  # fmt: skip
            messages.success(request, _("Signed. Offer a copy."))
            return redirect("intake:consent", number, found[0])
    return render(request, "intake/sign.html", {
        "title": kind.title["en"], "form": form, "kind": kind,
        "read": read,
        "number": number, "crumbs": _crumbs(request, record, who, kind.title["en"]), "who": who,
        "shares": kind.kind == "disclosure",
    }, status=422 if form.errors else 200)  # fmt: skip


@opens(READ)
def consent(request: HttpRequest, permit: Permit, number: str, consent_id: int) -> HttpResponse:
    """One consent as it was signed, its copy, and the way to take it back."""
    return _one(request, permit, number, consent_id, RevokeForm())


def _one(
    request: HttpRequest, permit: Permit, number: str, consent_id: int, form: RevokeForm
) -> HttpResponse:
    record, who = _who(permit, number)
    row = one_consent(permit, record.id, consent_id)
    return render(request, "intake/consent.html", {
        "title": _title(row), "row": row, "read": row.text, "number": number,
        "state": row.state(who.today), "form": form,
        "crumbs": _crumbs(request, record, who, _title(row)),
        "may_revoke": row.state(who.today) == "in_force",
    }, status=422 if form.errors else 200)  # fmt: skip


@require_POST
@opens(REVOKE)
def revoke(request: HttpRequest, permit: Permit, number: str, consent_id: int) -> HttpResponse:
    """From this moment on it is none."""
    record, _person = _who(permit, number)
    form = RevokeForm(request.POST)
    if form.is_valid() and took(permit, form, lambda: revoke_consent(
        permit, record.id, consent_id, form.cleaned_data["how"]
    )):  # fmt: skip
        messages.success(request, _("Taken back. Nothing more is told from now on."))
        return redirect("intake:consent", number, consent_id)
    return _one(request, permit, number, consent_id, form)


COPY = r"""
#set page(paper: "us-letter", margin: 1in)
#set text(size: 11pt, lang: data.language)
= #data.title
#for part in data.parts [#par(part)]
#v(1.5em)
#if data.drawn { image(bytes(data.picture), format: "svg", height: 5em) } else [_#data.signature _]
#line(length: 60%)
#for line in data.lines [#line \ ]
"""


@opens(READ)
def copy(request: HttpRequest, permit: Permit, number: str, consent_id: int) -> HttpResponse:
    """A copy to take along, as PDF."""
    record, _person = _who(permit, number)
    row = one_consent(permit, record.id, consent_id)
    when = timezone.localtime(row.signed_at)
    lines = [
        f"{row.signer_name} ({row.signer_words})", f"{when:%Y-%m-%d %H:%M %Z}", row.identity_words,
        _("Witness: %(name)s") % {"name": row.witness}, f"{row.form} {row.version}",
    ]  # fmt: skip
    if row.revoked_at:
        day = f"{timezone.localtime(row.revoked_at):%Y-%m-%d %H:%M}"
        lines.append(_("Taken back %(day)s: %(how)s") % {"day": day, "how": row.revoked_how})
    printed = typeset(COPY, {
        "language": row.language, "title": _title(row), "parts": row.text.strip().split("\n\n"),
        "drawn": row.way == "drawn", "picture": picture(row.signature), "lines": lines,
        "signature": row.signature if row.way != "drawn" else "",
    })  # fmt: skip
    answer = HttpResponse(printed, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="consent-{consent_id}.pdf"'
    return answer


def picture(path: str) -> str:
    """A drawn signature, whose path holds nothing but letters M and L and numbers, as SVG."""
    drawn = " ".join(each for each in path.split() if each in "ML" or _is_number(each))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 200">'
        f'<path d="{drawn}" fill="none" stroke="#000" stroke-width="3"/></svg>'
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
