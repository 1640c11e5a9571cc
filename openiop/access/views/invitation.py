"""The page behind an invitation: choose a password, and the account is there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openiop.access.actions.invitations import ACCEPT, accept_invitation
from openiop.access.door import opens_link
from openiop.access.forms.invitation import PasswordForm
from openiop.access.queries.staff_list import invited
from openiop.access.views.posting import took
from openiop.kernel.permits import Permit


@opens_link(ACCEPT)
def accept(request: HttpRequest, permit: Permit, record: int | None, target: int) -> HttpResponse:
    """Choose a password; then sign in as always."""
    invitation = invited(permit, target)
    form = PasswordForm(request.POST or None, email=invitation.email)

    def do(password: str) -> None:
        accept_invitation(permit, target, password=password)

    if request.method == "POST" and form.is_valid() and took(form, do):
        messages.success(request, _("Your account is ready. Sign in with your e-mail."))
        return redirect("account_login")
    context = {
        "title": _("Welcome, %(name)s") % {"name": invitation.staff.first_name},
        "form": form, "email": invitation.email,
    }  # fmt: skip
    return render(request, "access/invitation.html", context, status=422 if form.errors else 200)
