"""What every desk page's frame shows: navigation, clinics to switch between, open work."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context for `ui/desk.html`."""
    return {}
