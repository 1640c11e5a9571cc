"""Keys of this room in words people read."""

from typing import Any

from django.utils.translation import gettext_lazy as _

MODES: dict[str, Any] = {
    "paper": _("On paper"), "screen": _("Asked by staff"), "link": _("On their phone"),
}  # fmt: skip
DISPOSITIONS: dict[str, Any] = {
    "none": _("No danger now"), "plan": _("Safety plan made, care goes on here"),
    "higher": _("Sent to a hospital or a higher level of care"),
    "emergency": _("911 or the crisis team called"),
    "unreached": _("Not reached: a welfare check was asked for"),
}  # fmt: skip
RISKS: dict[str, Any] = {
    "0": _("0, none"), "1": _("1, mild"), "2": _("2, moderate"), "3": _("3, serious"),
    "4": _("4, severe, danger now"),
}  # fmt: skip
DIFFERS: dict[str, Any] = {
    "unavailable": _("Not available here"), "wish": _("The person wants it so"),
    "payer": _("The payer denied it"), "order": _("An order of a court"),
    "transport": _("No way to get there"), "waiting": _("On a waiting list"),
    "other": _("Another reason, told in the notes"),
}  # fmt: skip
