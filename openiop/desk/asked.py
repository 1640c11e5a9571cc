"""What a request asks of a desk page: which clinic, which day."""

from datetime import date

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from openiop.access.queries import current_clinic
from openiop.access.queries.places import Here
from openiop.kernel.permits import Permit


def clinic_here(request: HttpRequest, permit: Permit) -> Here:
    """The clinic of the switcher; Http404 for a person without one. One
    statement a request."""
    clinic = current_clinic(request, permit)
    if clinic is None:
        raise Http404(_("There is no clinic here for you."))
    return clinic


def day_asked(request: HttpRequest, today: date) -> date:
    """The day in `?on=YYYY-MM-DD`; today without one, or where it is no day."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return today


def names_hidden(request: HttpRequest) -> bool:
    """Is this a screen that others can read? Then it shows record numbers, never names."""
    return bool(request.session.get("shared_screen"))


def layout_of(request: HttpRequest) -> str:
    """The template a part of a page extends: bare for htmx, else a page of its own."""
    return "desk/bare.html" if request.headers.get("HX-Request") else "desk/part.html"
