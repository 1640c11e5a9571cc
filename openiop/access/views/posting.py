"""One form on one page: show it, take it, do it, or say why not."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openiop.kernel.permits import NotPermitted, Refused

Crumbs = Sequence[tuple[Any, str]]


def one_form(
    request: HttpRequest, form: forms.Form, do: Callable[..., Any], *, title: Any, done: str,
    said: Any, submit: Any = None, crumbs: Crumbs = (), template: str = "access/form.html",
    **context: Any,
) -> HttpResponse:  # fmt: skip
    """Show the form; when it was posted clean, call `do` with its values and go to `done`.

    A refusal stands at its field, or on top, with what to do next; status 422 as for any error.
    """
    if request.method == "POST" and form.is_valid() and took(form, do):
        messages.success(request, said)
        return redirect(done)
    shown = context | {
        "form": form, "title": title, "submit": submit or _("Save"), "cancel_url": done,
        "crumbs": trail(*crumbs, (title, "")),
    }  # fmt: skip
    return render(request, template, shown, status=422 if form.errors else 200)


def took(form: forms.Form, do: Callable[..., Any]) -> bool:
    """Do it with the form's values; False and an error on the form when it is refused."""
    try:
        do(**form.cleaned_data)
    except NotPermitted:
        raise
    except Refused as no:
        field = no.field if no.field in form.fields else None
        form.add_error(field, f"{no.sentence} {no.next_step}".strip())
        return False
    return True


def trail(*steps: tuple[Any, str]) -> list[dict[str, Any]]:
    """A breadcrumb; the last step has no address."""
    return [{"label": label, "url": url} for label, url in steps]
