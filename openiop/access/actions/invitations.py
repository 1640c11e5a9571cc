"""Invitations: an e-mailed link with which somebody who works here makes a sign-in account."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from openiop.access.door import make_link, writes
from openiop.access.models import Invitation, Link, Organization, Staff, User
from openiop.access.queries.staff_list import roles_of, staff_of
from openiop.kernel.permits import Permit, Refused

ACCEPT = "access.invitation.accept"
LASTS = timedelta(days=7)


@writes("access.staff.write")
def invite(permit: Permit, staff: int, *, email: str) -> int:
    """Send an invitation that lasts a week; earlier ones stop working. Its id.

    Raises Refused when they have left, have no role yet, or the address is another account's.
    """
    row, address = staff_of(permit, staff), email.lower()
    if row.left_on:
        raise Refused("left", f"{row.name} has left.", "Take them back first.")
    clinics = [role.clinic for role in roles_of([row])[staff] if role.clinic in permit.clinics]
    if not clinics:
        raise Refused("role", f"{row.name} has no role yet.", "Give a role first.")
    if User.objects.filter(email=address).exclude(pk=row.user_id or 0).exists():
        raise Refused(
            "email", "Somebody signs in with this address already.", "Use another address.",
            field="email",
        )  # fmt: skip
    withdraw(permit, staff)
    token, link = make_link(
        permit, ACCEPT, clinic=clinics[0], expires_at=permit.now + LASTS, target=staff
    )
    invitation = Invitation.objects.create(
        organization_id=permit.organization, staff=row, email=address, link=link,
        sent_at=permit.now,
    )  # fmt: skip
    permit.note("access.staff.write", table="access_invitation", row=invitation.id)
    transaction.on_commit(lambda: _send(permit, row, address, token))
    return invitation.id


@writes("access.staff.write")
def withdraw(permit: Permit, staff: int) -> None:
    """Open invitations stop working at once. Safe to repeat."""
    open_ones = Invitation.objects.filter(staff=staff_of(permit, staff), accepted_at=None)
    Link.objects.filter(id__in=open_ones.values("link"), revoked_at=None).update(
        revoked_at=permit.now
    )
    permit.note("access.staff.write", table="access_invitation", fields=("link",))


@writes(ACCEPT)
def accept_invitation(permit: Permit, staff: int, *, password: str) -> int:
    """Make the account, or give one that slept a new password; the link is used up. Its user id.

    Raises Http404 when the invitation is not open any more.
    """
    invitation = (
        Invitation.objects.filter(staff_id=staff, accepted_at=None, link__revoked_at=None)
        .select_related("staff")
        .order_by("-id")
        .first()
    )
    if invitation is None:
        raise Http404("No such invitation.")
    user = _account(invitation, password)
    Staff.objects.filter(pk=staff).update(user=user)
    Invitation.objects.filter(pk=invitation.id).update(accepted_at=permit.now)
    Link.objects.filter(pk=invitation.link_id).update(revoked_at=permit.now)
    permit.note(ACCEPT, table="access_user", row=user.pk)
    return int(user.pk)


def _account(invitation: Invitation, password: str) -> User:
    user = User.objects.filter(pk=invitation.staff.user_id or 0).first() or User(
        organization_id=invitation.organization_id
    )
    user.email, user.is_active = invitation.email, True
    user.set_password(password)
    user.save()
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _send(permit: Permit, staff: Staff, email: str, token: str) -> None:
    organization = Organization.objects.get(pk=permit.organization).name
    facts = {
        "name": staff.first_name,
        "organization": organization,
        "address": settings.ENV.public_url + reverse("access:invitation", args=[token]),
        "days": LASTS.days,
    }
    subject = _("Your account at %(organization)s") % {"organization": organization}
    send_mail(subject, render_to_string("access/invitation.txt", facts), None, [email])
