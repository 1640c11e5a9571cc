"""What the pages of this room share: a refusal in its form, undo, numbers from addresses."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from openiop.intake.queries.inquiries import InquiryFacts
from openiop.kernel.permits import Event, NotPermitted, Permit, Refused


def took(permit: Permit, form: forms.Form, do: Callable[[], Any]) -> bool:
    """Do it; False, with the sentence on the form and in the audit, when it is refused."""
    try:
        do()
    except NotPermitted:
        raise
    except Refused as no:
        field = no.field if no.field in form.fields else None
        form.add_error(field, f"{no.sentence} {no.next_step}".strip())
        permit.trail.append(
            Event(permit.act.name, permit.act.kind.value, outcome="refused", reason=no.code)
        )
        return False
    return True


def whole(text: str) -> int:
    """A number the page itself wrote into a form; anything else is not there."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404("No such row.")
    return int(text)


def person_url(number: str) -> str:
    """The address of a person's page, which stands in a higher room; "" where nobody has it."""
    try:
        return reverse("desk:patient", args=[number]) if number else ""
    except NoReverseMatch:
        return ""


def is_shared(request: HttpRequest) -> bool:
    """Do others read this screen? Then it shows numbers in place of names."""
    return bool(request.session.get("shared_screen"))


def called(request: HttpRequest, found: InquiryFacts) -> str:
    """The name as given; the inquiry's number where others read the screen."""
    return f"#{found.id}" if is_shared(request) else found.called


def sound(form: forms.Form) -> dict[str, Any]:
    """The clean values, or the first thing that is wrong as a sentence."""
    if form.is_valid():
        return form.cleaned_data
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    raise Refused("not_told", f"{label}: {errors[0]}".strip(": "), _("Go back and complete it."))
