"""What the pages of this room share: whose record it is, and a refusal in its form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from openiop.access.door import RecordRef, admit
from openiop.access.queries import clinics
from openiop.kernel.permits import Event, NotPermitted, Permit, Refused
from openiop.patients.queries.people import people


def opened_record(
    request: HttpRequest, permit: Permit, number: str
) -> tuple[RecordRef, dict[str, Any]]:
    """The record, times in its clinic's zone, and the way back as a page's context."""
    record = admit(permit, number)
    place = clinics(permit).filter(pk=record.clinic).first()
    timezone.activate(place.timezone if place else permit.timezone)
    found = people(permit, [record.id]).get(record.id)
    hidden = bool(request.session.get("shared_screen"))
    name = found.name if found and not hidden else number
    crumbs = [
        {"label": name, "url": reverse("desk:patient", args=[number])},
        {"label": _("Questionnaires"), "url": reverse("assessments:record", args=[number])},
    ]
    return record, {"number": number, "name": name, "crumbs": crumbs}


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
