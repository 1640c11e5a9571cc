"""The person's own desk: which clinic they work at now, whether others see the screen, whom they
know among the people here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openiop.access import actions
from openiop.access.door import opens
from openiop.access.forms.privacy import KnownForm
from openiop.access.queries import all_clinics, records
from openiop.access.views.posting import took
from openiop.kernel.permits import Permit


@opens("access.home")
@require_POST
def clinic(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Work at another of one's clinics from now on."""
    code = request.POST.get("clinic", "")
    if code in {each.code for each in all_clinics(permit)}:
        request.session["clinic"] = code
    return redirect(back_to(request))


@opens("access.home")
@require_POST
def shared(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Others can see this screen, or no longer: names give way to record numbers."""
    request.session["shared_screen"] = request.POST.get("shared") == "on"
    return redirect(back_to(request))


@opens("access.known.declare")
def known(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Declare that one knows the person behind a record; ask to be kept out."""
    form = KnownForm(request.POST or None)

    def do(number: str, relationship: str, block_wanted: bool) -> None:
        actions.declare_known(permit, number, relationship=relationship, block_wanted=block_wanted)

    if request.method == "POST" and form.is_valid() and took(form, do):
        messages.success(request, _("Declared. Thank you for saying so."))
        return redirect("access:known")
    context = {
        "title": _("People I know"), "form": form, "declared": records.declared(permit),
    }  # fmt: skip
    return render(request, "access/known.html", context, status=422 if form.errors else 200)


def back_to(request: HttpRequest) -> str:
    """The page the person came from, if it is one of ours; else the desk."""
    there = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure())
    return there if ours else "/desk/"
