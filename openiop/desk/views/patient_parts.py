"""Parts of a person's page that are read when somebody looks: each a fragment, and a page too."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from openiop.access.door import admit, opens
from openiop.desk.frame import link_to
from openiop.kernel.permits import Permit
from openiop.messaging.queries import contact_choices, emergency_contacts
from openiop.messaging.queries.contacts import ContactChoice
from openiop.patients.queries import person
from openiop.patients.queries.records import coverages, merged_here


@opens("desk.reach")
def reach(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """How a person may be reached, whom to call in an emergency, who pays."""
    record = admit(permit, number)
    return _part(
        request, permit, "desk/patient_reach.html", number,
        ways=ways(contact_choices(permit, [record.id])[record.id]),
        emergency=emergency_contacts(permit, [record.id])[record.id],
        coverages=coverages(permit, record.id), merged=merged_here(permit, record.id),
        contacts_url=link_to("patients:contacts")(number),
    )  # fmt: skip


def ways(choice: ContactChoice) -> list[tuple[str, str]]:
    """The safe ways to a person, as (what may be done, where)."""
    call = _("Call, a message is fine") if choice.may_leave_message else _("Call, leave no message")
    known = [(call, choice.call), (_("Text"), choice.text), (_("E-mail"), choice.email)]
    return [(label, value) for label, value in known if value]


def _part(
    request: HttpRequest, permit: Permit, template: str, number: str, **context: Any
) -> HttpResponse:
    """The fragment for htmx; by itself a page under the person's name."""
    if request.headers.get("HX-Request"):
        layout = {"layout": "desk/bare.html"}
    else:
        record = admit(permit, number)
        name = person(permit, record.id).name
        crumbs = [{"label": name, "url": link_to("desk:patient")(number)}]
        layout = {"layout": "desk/part.html", "title": name, "crumbs": crumbs}
    return render(request, template, {"number": number, **layout, **context})
