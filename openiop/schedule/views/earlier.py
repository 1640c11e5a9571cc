"""The line for an earlier time: who wishes one, what came free, and the answer by one press."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import person
from openiop.schedule.actions import earlier as verbs
from openiop.schedule.actions.moving import CLASH, WRITE
from openiop.schedule.actions.moving import undo as undo_batch
from openiop.schedule.forms.earlier import EarlierForm
from openiop.schedule.queries.appointments import appointment
from openiop.schedule.queries.earlier import line
from openiop.schedule.views.asking import show_refusal


@opens(WRITE)
def listed(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Times that came free and whom to ask, and everybody in line."""
    found = line(permit)
    return render(request, "schedule/earlier.html", {
        "title": _("Earlier times"), "offers": [each for each in found if each.offer],
        "waiting": [each for each in found if not each.offer], "undo": _batch(request),
    })  # fmt: skip


def _batch(request: HttpRequest) -> str:
    try:
        return str(UUID(request.GET.get("undo", "")))
    except ValueError:
        return ""


@opens(WRITE)
def wish(request: HttpRequest, permit: Permit, visit: int) -> HttpResponse:
    """Put the person of a visit in line for an earlier time."""
    found = appointment(permit, visit)
    form = EarlierForm(request.POST or None, initial={"from_on": permit.today(found.timezone)})
    if request.method == "POST" and form.is_valid():
        try:
            verbs.wish(permit, visit, **form.cleaned_data)
        except Refused as no:
            show_refusal(permit, form, no)
        else:
            messages.success(request, _("In line for an earlier time."))
            return redirect("schedule:one_to_ones", found.number)
    who = person(permit, found.record)
    return render(request, "schedule/earlier_wish.html", {
        "title": _("Would come earlier"), "visit": found, "form": form, "person": who,
        "back": reverse("schedule:one_to_ones", args=[found.number]), "number": found.number,
        "zone": ZoneInfo(found.timezone),
        "crumbs": [
            {"label": _("One-to-ones"), "url": reverse("schedule:one_to_ones",
                                                       args=[found.number])},
            {"label": _("Would come earlier")},
        ],
    }, status=422 if form.errors else 200)  # fmt: skip


@opens(WRITE)
@require_POST
def accept(request: HttpRequest, permit: Permit, wish_id: int) -> HttpResponse:
    """The person takes the offered time; where somebody booked it meanwhile, the list says so and
    the person stays in line."""
    try:
        batch = verbs.accept(permit, wish_id)
    except Refused as no:
        if no.code != CLASH:
            raise
        verbs.decline(permit, wish_id)
        messages.warning(request, _("%(why)s The person stays in line.") % {"why": no.sentence})
        return redirect("schedule:earlier")
    messages.success(request, _("The visit is moved."))
    return redirect(f"{reverse('schedule:earlier')}?undo={batch}")


@opens(WRITE)
@require_POST
def decline(request: HttpRequest, permit: Permit, wish_id: int) -> HttpResponse:
    """The person does not want this time."""
    verbs.decline(permit, wish_id)
    messages.success(request, _("Passed on. The person stays in line for other times."))
    return redirect("schedule:earlier")


@opens(WRITE)
@require_POST
def withdraw(request: HttpRequest, permit: Permit, wish_id: int) -> HttpResponse:
    """The person wishes no earlier time any more."""
    verbs.withdraw(permit, wish_id)
    messages.success(request, _("Out of line."))
    return redirect("schedule:earlier")


@opens(WRITE)
@require_POST
def undo(request: HttpRequest, permit: Permit, batch: UUID) -> HttpResponse:
    """Take an accepted time back: the visit is where it was, the person in line again."""
    undo_batch(permit, batch)
    messages.success(request, _("It is as it was."))
    return redirect("schedule:earlier")


urls = [
    path("desk/earlier/", listed, name="earlier"),
    path("desk/earlier/undo/<uuid:batch>/", undo, name="undo_earlier"),
    path("desk/earlier/<int:wish_id>/accept/", accept, name="accept_earlier"),
    path("desk/earlier/<int:wish_id>/decline/", decline, name="decline_earlier"),
    path("desk/earlier/<int:wish_id>/withdraw/", withdraw, name="withdraw_earlier"),
    path("desk/visits/<int:visit>/earlier/", wish, name="wish_earlier"),
]
