"""Asks our own WSGI application, in this process, as a server does: every middleware runs, and each
request takes its connection from the pool and gives it back."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

TOKEN = "b" * 32


@dataclass
class Answer:
    """A response: its status, its size, and what making it took."""

    status: int
    size: int
    wall: float
    cpu: float
    where: str = ""


@dataclass
class Browser:
    """Somebody signed in; `cookies` as a header sends them."""

    application: Callable[..., Any]
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, url: str, fragment: bool = False) -> Answer:
        return self._ask("GET", url, b"", fragment)

    def post(self, url: str, form: dict[str, Any], fragment: bool = False) -> Answer:
        return self._ask("POST", url, urlencode(form).encode(), fragment)

    def follow(self, answer: Answer) -> None:
        """On to the page a form leads to, as browsers do: it shows the message that the session
        would keep else."""
        self.get(answer.where)

    def _ask(self, method: str, url: str, body: bytes, fragment: bool) -> Answer:
        environ = self._environ(method, url, body) | (
            {"HTTP_HX_REQUEST": "true"} if fragment else {}
        )
        said: list[Any] = []
        wall, cpu = time.perf_counter(), time.thread_time()
        response = self.application(environ, lambda status, headers: said.extend([status, headers]))
        size = sum(map(len, response))
        response.close()
        wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu
        status, where = int(said[0].split()[0]), dict(said[1]).get("Location", "")
        return Answer(status, size, wall * 1000, cpu * 1000, where)

    def _environ(self, method: str, url: str, body: bytes) -> dict[str, Any]:
        parts = urlsplit(url)
        cookies = self.cookies | {"csrftoken": TOKEN}
        return {
            "REQUEST_METHOD": method, "PATH_INFO": parts.path, "QUERY_STRING": parts.query,
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost",
            "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "HTTP_X_CSRFTOKEN": TOKEN, "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.multithread": False,
            "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip


def signed_in(application: Callable[..., Any], user: int, clinic: str) -> Browser:
    """A session of its own, with one clinic chosen in the switcher."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(pk=user))
    session = client.session
    session["clinic"] = clinic
    session.save()
    return Browser(application, {settings.SESSION_COOKIE_NAME: session.session_key})
