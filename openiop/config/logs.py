"""Logs as JSON lines with a request id, and never a name or a clinical word.

What a line may hold is a closed list. A message is the template as our own code wrote it, before
its arguments go in; other libraries' messages, exception texts, paths and queries stay out, since
any of them can quote a person. An exception is its type and where it was raised.
"""

import json
import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

KEYS = (
    "route", "method", "status", "ms", "user", "organization", "job", "task", "attempt", "count",
    "seconds", "code", "check", "act", "action", "seal", "digest",
)  # fmt: skip
# The server's start and stop lines are fixed sentences; nothing else's are.
SPOKEN = ("openiop", "granian", "_granian")
WORD = re.compile(r"[\w.:/*-]{0,100}", re.ASCII)
GIVEN_ID = re.compile(r"[0-9a-f-]{16,36}")
HEADER = "X-Request-ID"

request_id: ContextVar[str] = ContextVar("request_id", default="")
log = logging.getLogger("openiop.request")


class Lines(logging.Formatter):
    """One JSON object for each record, made of whitelisted keys only."""

    def __init__(self, release: str = "") -> None:
        super().__init__()
        self.release = release

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "where": f"{record.module}:{record.lineno}",
        }
        if record.name.split(".")[0] in SPOKEN and isinstance(record.msg, str):
            line["event"] = record.msg
        if request_id.get():
            line["request"] = request_id.get()
        line |= {key: record.__dict__[key] for key in KEYS if _tells_nothing(record, key)}
        if record.exc_info and record.exc_info[1]:
            line["error"] = _types(record.exc_info[1])
            line["at"] = list(_frames(record.exc_info[2]))
        return json.dumps(line | ({"release": self.release} if self.release else {}))


class RequestLog:
    """Middleware, to stand first: give each request an id, send it back, log one line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        name = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        request.request_id = name  # type: ignore[attr-defined]
        token, start = request_id.set(name), time.perf_counter()
        try:
            response = self.get_response(request)
            log.info("answered", extra=_facts(request, response, time.perf_counter() - start))
        finally:
            request_id.reset(token)
        response[HEADER] = name
        return response


def config(level: str, release: str = "") -> dict[str, Any]:
    """Django's LOGGING: every logger to standard error as JSON lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "openiop.config.logs.Lines", "release": release}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django's own handlers would print paths and mail whole requests.
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "procrastinate.blueprints": {"level": "WARNING"},
        },
    }


def _facts(request: HttpRequest, response: HttpResponseBase, seconds: float) -> dict[str, Any]:
    match = request.resolver_match
    # Never ask for the user here: a page that did not need the session must not open it.
    user = getattr(request, "_cached_user", None)
    return {
        "route": match.view_name if match else "none",
        "method": request.method,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "user": getattr(user, "pk", None),
    }


def _tells_nothing(record: logging.LogRecord, key: str) -> bool:
    value = record.__dict__.get(key)
    return isinstance(value, int | float) or (
        isinstance(value, str) and WORD.fullmatch(value) is not None
    )


def _types(error: BaseException) -> str:
    cause = error.__cause__ or error.__context__
    return type(error).__name__ + (f" < {_types(cause)}" if cause else "")


def _frames(at: TracebackType | None) -> Iterator[str]:
    while at:
        code = at.tb_frame.f_code
        yield f"{code.co_filename.rpartition('site-packages/')[2]}:{at.tb_lineno} {code.co_name}"
        at = at.tb_next
