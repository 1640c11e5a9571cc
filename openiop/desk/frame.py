"""What every desk page's frame shows: navigation, clinics to switch between, open work."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openiop.access import queries as access
from openiop.access.queries.places import my_clinics
from openiop.kernel.acts import ACTS, Role
from openiop.kernel.permits import Permit
from openiop.messaging import queries as messaging
from openiop.ui.links import address
from openiop.ui.remembered import remembered


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
    Place(_("Calendar"), "schedule:calendar", "calendar", "schedule.board"),
    Place(_("Inquiries"), "intake:inquiries", "message", "intake.inquiry.read"),
    Place(_("Front desk"), "desk:frontdesk", "door", "desk.frontdesk"),
    Place(_("Queues"), "desk:queues", "queues", "desk.home"),
    Place(_("Boards"), "desk:director", "boards", "desk.director"),
    Place(_("Settings"), "desk:settings", "settings", "desk.home"),
)
ACCOUNT = (
    (_("My hours and leave"), "schedule:my_hours"),
    (_("Sign-in and second factor"), "mfa_index"),
    (_("Signed-in devices"), "usersessions_list"),
    (_("Change password"), "account_change_password"),
    (_("Calendar feeds"), "schedule:feeds"),
)


def may(permit: Permit, act: str) -> bool:
    """Would the door open for this act, at one clinic at least?"""
    return permit.holds(*ACTS[act].roles)


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
    roles = frozenset().union(*permit.roles.values())
    return {
        "nav": [
            {**place, "current": request.path.startswith(place["url"])} for place in _rail(roles)
        ],
        "clinics": [
            {"code": each.code, "name": each.name, "current": current and each.id == current.id}
            for each in my_clinics(request, permit)
        ]
        if len(permit.roles) > 1
        else [],
        "clinic": current,
        "clinic_switch_url": address("access:clinic"),
        "open_work": _open_work(request, permit),
        "open_work_url": address("messaging:tasks"),
        "help_url": address("messaging:help") if may(permit, "messaging.alert.raise") else "",
        "account_menu": _account_menu(),
        "sign_out_url": address("account_logout"),
        "shared_screen_url": address("access:shared_screen"),
        "emergencies": access.open_emergencies(permit) if permit.emergency else [],
        "shared_screen": request.session.get("shared_screen", False),
    }


def _open_work(request: HttpRequest, permit: Permit) -> int:
    """As the page counted it, where it lists the tasks."""
    counted: int | None = getattr(request, "open_work", None)
    return messaging.open_count(permit) if counted is None else counted


@remembered
def _rail(roles: frozenset[Role]) -> list[dict[str, str]]:
    """The places for whoever holds these roles, at whatever clinic."""
    return [
        {"label": str(place.label), "url": address(place.route), "icon": place.icon}
        for place in RAIL
        if roles & ACTS[place.act].roles
    ]


@remembered
def _account_menu() -> list[dict[str, str]]:
    return [{"label": str(label), "url": address(route)} for label, route in ACCOUNT]
