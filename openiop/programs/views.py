"""Pages of `programs`: what the organization offers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openiop.access.door import opens
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit, Refused
from openiop.programs.actions import add_program
from openiop.programs.forms import ProgramForm
from openiop.programs.queries import programs

WRITE = "programs.track.write"


@opens("programs.read")
def offered(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Programs offered now, and for those who may, a form to add one."""
    may = permit.holds(*ACTS[WRITE].roles)
    return _page(request, permit, ProgramForm() if may else None)


@opens(WRITE)
def new(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Offer a program."""
    form = ProgramForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_program(permit, code=form.code, **form.cleaned_data)
        except Refused:
            form.add_error("name", _("A program with this name exists. Choose another name."))
        else:
            messages.success(request, _("%(name)s is offered.") % form.cleaned_data)
            return redirect("programs:offered")
    return _page(request, permit, form)


def _page(request: HttpRequest, permit: Permit, form: ProgramForm | None) -> HttpResponse:
    context = {"title": _("Programs"), "rows": programs(permit), "form": form}
    status = 422 if form is not None and form.errors else 200
    return render(request, "programs/programs.html", context, status=status)
