"""Texts that come back: the address for the gateway, and the page where people read them."""

import hashlib
import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from openiop.access.door import opens, opens_link
from openiop.access.queries import current_clinic
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit
from openiop.messaging.actions.stops import (
    LINK,
    end_reply_address,
    make_reply_address,
    take_text,
)
from openiop.messaging.queries.stops import RECEIVE, incoming_texts, reply_address

WORDS = {"stop": "STOP", "start": "START", "help": "HELP"}


@csrf_exempt
@require_POST
@opens_link(RECEIVE)
def receive(request: HttpRequest, permit: Permit, record: int | None, target: int) -> HttpResponse:
    """A gateway leaves a text: JSON {"from", "body", "id"}, or a form with From, Body and
    MessageSid. 204 when it is kept; the same id again changes nothing."""
    given = _given(request)
    number, body, key = (given.get(name, "").strip() for name in ("from", "body", "id"))
    if not any(each.isdigit() for each in number) or len(number) > 30 or len(key) > 120:
        return HttpResponse("A text needs the number it is from.\n", status=400)
    minute = f"{permit.now:%Y%m%d%H%M}"
    unnamed = hashlib.sha256(f"{number}|{body}|{minute}".encode()).hexdigest()
    take_text(permit, number=number, body=body, key=key or unnamed)
    return HttpResponse(status=204)


def _given(request: HttpRequest) -> dict[str, str]:
    """The three facts, however the gateway writes them; empty when it cannot be read."""
    if request.content_type == "application/json":
        try:
            told = json.loads(request.body)
        except ValueError:
            return {}
        return {str(key): str(value) for key, value in told.items()} if _is_map(told) else {}
    form: QueryDict = request.POST
    names = {"from": "From", "body": "Body", "id": "MessageSid"}
    return {name: form.get(name) or form.get(other) or "" for name, other in names.items()}


def _is_map(told: object) -> bool:
    return isinstance(told, dict)


@opens("messaging.text.read")
def texts(request: HttpRequest, permit: Permit) -> HttpResponse:
    """What came back, newest first, and the gateway's address for whoever may give one out."""
    place = current_clinic(request, permit)
    context = {
        "title": _("Texts that came back"), "place": place,
        "rows": [(row, WORDS.get(row.word, "")) for row in incoming_texts(permit)],
        "link": place and reply_address(permit, place.id),
        "may_link": place and permit.roles.get(place.id, frozenset()) & ACTS[LINK].roles,
        "address": request.session.pop("text_address", ""),
    }  # fmt: skip
    return render(request, "messaging/texts.html", context)


@require_POST
@opens(LINK)
def address(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Make the gateway's address anew, or end it."""
    place = current_clinic(request, permit)
    if place and "end" in request.POST:
        end_reply_address(permit, place.id)
        messages.success(request, _("No text is taken at that address any more."))
    elif place:
        token = make_reply_address(permit, place.id)
        path = reverse("messaging:text_receive", args=[token])
        request.session["text_address"] = request.build_absolute_uri(path)
    return redirect("messaging:texts")
