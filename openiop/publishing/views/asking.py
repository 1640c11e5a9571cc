"""What the pages of this room share: a form's answer from an action, chips, who may what."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.http import HttpRequest

from openiop.kernel.acts import ACTS
from openiop.kernel.permits import NotPermitted, Permit, Refused


def took(form: forms.Form, do: Callable[[], Any]) -> bool:
    """Do it; False, and the sentence on the form, when it is refused."""
    try:
        do()
    except NotPermitted:
        raise
    except Refused as no:
        field = no.field if no.field in form.fields else None
        form.add_error(field, f"{no.sentence} {no.next_step}".strip())
        return False
    return True


def chips(
    request: HttpRequest, name: str, options: Iterable[tuple[str, Any, int | None]], current: str
) -> list[dict[str, Any]]:
    """Filter chips in the address."""
    return [
        {"label": label, "count": count, "current": value == current, "url": f"?{name}={value}"}
        for value, label, count in options
    ]


def may(permit: Permit, act: str) -> bool:
    """Does the person hold a role of this act, anywhere?"""
    return permit.holds(*ACTS[act].roles)
