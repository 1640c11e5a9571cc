"""What every desk page's frame shows: navigation, clinics to switch between, open work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openiop.access import queries as access
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit
from openiop.messaging import queries as messaging


@dataclass(frozen=True)
class Place:
    """An entry of the left rail, shown to whoever may do its act."""

    label: Any
    route: str
    icon: str
    act: str


RAIL = (
    Place(_("Today"), "desk:today", "today", "desk.today"),
    Place(_("Patients"), "patients:search", "patients", "patients.search"),
    Place(_("Groups"), "schedule:board", "groups", "schedule.board"),
    Place(_("Front desk"), "desk:frontdesk", "door", "desk.frontdesk"),
    Place(_("Queues"), "desk:queues", "queues", "desk.home"),
    Place(_("Boards"), "desk:director", "boards", "desk.director"),
    Place(_("Settings"), "desk:settings", "settings", "desk.home"),
)
ACCOUNT = (
    (_("Sign-in and second factor"), "mfa_index"),
    (_("Signed-in devices"), "usersessions_list"),
    (_("Change password"), "account_change_password"),
)


def may(permit: Permit, act: str) -> bool:
    """Would the door open for this act, at one clinic at least?"""
    return permit.holds(*ACTS[act].roles)


def link_to(route: str) -> Callable[[str | int], str]:
    """Addresses of many objects: resolved once, then only filled in (`reverse` takes 20 us)."""
    mark = 987654321
    head, tail = reverse(route, args=[mark]).split(str(mark))
    return lambda number: f"{head}{number}{tail}"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of `ui/desk.html`; nothing where no door is open. Two statements a request."""
    permit: Permit | None = getattr(request, "permit", None)
    if permit is None or permit.user is None or request.headers.get("HX-Request"):
        return {}
    if not hasattr(request, "frame"):
        request.frame = _frame(request, permit)  # type: ignore[attr-defined]
    return request.frame  # type: ignore[attr-defined, no-any-return]


def _frame(request: HttpRequest, permit: Permit) -> dict[str, Any]:
    current = access.current_clinic(request, permit)
    return {
        "nav": [_link(request, place) for place in RAIL if may(permit, place.act)],
        "clinics": [
            {"code": each.code, "name": each.name, "current": current and each.id == current.id}
            for each in request.clinics  # type: ignore[attr-defined]
        ]
        if len(permit.roles) > 1
        else [],
        "clinic": current,
        "clinic_switch_url": reverse("access:clinic"),
        "open_work": messaging.open_count(permit),
        "open_work_url": reverse("messaging:tasks"),
        "help_url": reverse("messaging:help") if may(permit, "messaging.alert.raise") else "",
        "account_menu": [{"label": label, "url": reverse(name)} for label, name in ACCOUNT],
        "sign_out_url": reverse("account_logout"),
        "shared_screen_url": reverse("access:shared_screen"),
        "emergencies": access.open_emergencies(permit) if permit.emergency else [],
        "shared_screen": request.session.get("shared_screen", False),
    }


def _link(request: HttpRequest, place: Place) -> dict[str, Any]:
    address = reverse(place.route)
    return {
        "label": place.label,
        "url": address,
        "icon": place.icon,
        "current": request.path.startswith(address),
    }
