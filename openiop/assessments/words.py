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
