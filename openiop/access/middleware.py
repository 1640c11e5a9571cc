"""Closed by default: a response that came through no door is an error, in every environment."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from openiop.access.door import sign_in
from openiop.access.entrance import has_second_factor

# Pages before or beside the door: sign-in, static files, health, error pages, slash redirects.
WITHOUT_DOOR = (
    "allauth.",
    "django.views.static",
    "django.views.i18n",
    "django.contrib.staticfiles",
    "openiop.config.health",
    "openiop.access.entrance",
    "django.views.generic.base",
)
# Answers from before any view ran, which show nothing: a form without its token, a wrong method.
REFUSED_BEFORE = (403, 405)
Next = Callable[[HttpRequest], HttpResponseBase]


class NoDoor(RuntimeError):
    """A view answered without a door: put `@opens(act)` on it."""


def door_required(get_response: Next) -> Next:
    """Fail any response of a view that opened no door."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            response = get_response(request)
        finally:
            timezone.deactivate()  # the door showed times in the clinic's zone
        match = request.resolver_match
        if match is None or hasattr(request, "door") or response.status_code in REFUSED_BEFORE:
            return response
        module = getattr(match.func, "__module__", "")
        if not module.startswith(WITHOUT_DOOR):
            raise NoDoor(f"{match.view_name or module} answered without a door")
        return response

    return middleware


def session_clock(get_response: Next) -> Next:
    """End a session left idle or grown old; write the idle time at most once a minute."""
    idle, absolute = settings.SESSION_IDLE_SECONDS, settings.SESSION_ABSOLUTE_SECONDS

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return get_response(request)
        now, session = int(time.time()), request.session
        since, seen = session.setdefault("since", now), session.get("seen", now)
        if now - since > absolute or now - seen > idle:
            logout(request)
            return sign_in(request)
        if "seen" not in session or now - seen >= timedelta(minutes=1).total_seconds():
            session["seen"] = now
        return get_response(request)

    return middleware


def second_factor(get_response: Next) -> Next:
    """Send people who signed in without a second factor to make one, where one is required."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.SECOND_FACTOR_REQUIRED and _lacks_second_factor(request):
            if request.headers.get("HX-Request"):
                return HttpResponseClientRedirect(resolve_url("mfa_index"))
            return redirect("mfa_index")
        return get_response(request)

    return middleware


def _lacks_second_factor(request: HttpRequest) -> bool:
    """Asked once a session: the last factor cannot be taken off (`entrance.SecondFactor`)."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return False
    beside = request.path.startswith(("/accounts/", settings.STATIC_URL, "/healthz"))
    if beside or request.session.get("second_factor"):
        return False
    request.session["second_factor"] = found = has_second_factor(request.user.pk)
    return not found
