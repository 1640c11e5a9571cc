"""What the pages of this room share: a form's answer from an action, undo, filter chips."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse

from openiop.kernel.permits import NotPermitted, Refused


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


def cleaned(form: forms.Form) -> dict[str, Any]:
    """The values of a filter form, those that were understood; nothing of an empty one."""
    return form.cleaned_data if form.is_bound and form.is_valid() else {}


def whole(text: str) -> int:
    """A number the page itself wrote into a form; anything else is not there."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404("No such row.")
    return int(text)


def undo_in(request: HttpRequest, text: str, route: str, **facts: Any) -> None:
    """Offer undo on the next page: a sentence and the address that takes it back."""
    query = QueryDict(mutable=True)
    for name, value in facts.items():
        query.setlist(name, [str(each) for each in value] if _many(value) else [str(value)])
    request.session["undo"] = {"text": text, "url": f"{reverse(route)}?{query.urlencode()}"}


def _many(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str)


def undo_of(request: HttpRequest) -> dict[str, str] | None:
    """The undo that was offered, once."""
    offer: dict[str, str] | None = request.session.pop("undo", None)
    return offer


def chips(request: HttpRequest, name: str, options: Iterable[tuple[str, Any, int | None]],
          current: str) -> list[dict[str, Any]]:  # fmt: skip
    """Filter chips in the address; other filters stay."""
    return [
        {"label": label, "count": count, "current": value == current,
         "url": f"?{_with(request, name, value)}"}
        for value, label, count in options
    ]  # fmt: skip


def _with(request: HttpRequest, name: str, value: str) -> str:
    query = request.GET.copy()
    query[name] = value
    return query.urlencode()
