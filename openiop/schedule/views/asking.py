"""What the pages of the schedule share: links, and refusals shown in the form they belong to."""

from django import forms
from django.urls import NoReverseMatch, reverse

from openiop.kernel.permits import Event, Permit, Refused


def person_url(number: str) -> str:
    """The address of a person's page, which stands in a higher room; "" where nobody has it."""
    return _url("desk:patient", number) if number else ""


def _url(route: str, *args: object) -> str:
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


def show_refusal(permit: Permit, form: forms.Form, no: Refused) -> None:
    """The refusal in the form, at the field it belongs to, with what to do and what is free; and in
    the audit, since the page stays open."""
    field = no.field if no.field in form.fields else None
    form.add_error(field, f"{no.sentence} {no.next_step}".strip())
    permit.trail.append(
        Event(permit.act.name, permit.act.kind.value, outcome="refused", reason=no.code)
    )
