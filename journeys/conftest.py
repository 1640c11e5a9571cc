"""Browser journeys: a real server on its own database, a real Chromium, an accessibility check.

They run where a Chromium is found (CHROMIUM, or on the PATH) and say so where not.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright leaves an event loop running

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium, or a skip that says it is missing."""
    if not CHROMIUM:
        pytest.skip("no Chromium is installed here: set CHROMIUM or put it on the PATH")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def server(own_database: str) -> Iterator[str]:
    """The whole application on a free port over a database of its own; gives its address."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Journeys print only what fails."""

    class Patient(ThreadedWSGIServer):
        daemon_threads = False  # closing waits for requests that a page left running

    httpd = Patient(("127.0.0.1", 0), Quiet, connections_override=None)
    httpd.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://localhost:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()
    connections.close_all()


@pytest.fixture
def desktop(browser: Any, server: str) -> Iterator[Any]:
    """A page on a desk's screen."""
    yield from _page(browser, server, DESKTOP)


@pytest.fixture
def phone(browser: Any, server: str) -> Iterator[Any]:
    """A page on a phone."""
    yield from _page(browser, server, PHONE)


def _page(browser: Any, server: str, size: dict[str, int]) -> Iterator[Any]:
    context = browser.new_context(viewport=size, base_url=server)
    context.set_default_timeout(8000)
    context.set_default_navigation_timeout(30000)  # a busy machine is no reason to fail
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((server, "data:"))
            else problems.append(f"a request left the house: {request.url}")
        ),
    )
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def sign_in_by_form(network: Any) -> Callable[[Any, str], None]:
    """`sign_in_by_form(page, "alice")` signs in as a person does, with a password."""

    def by_form(page: Any, person: str) -> None:
        page.goto("/accounts/login/")
        page.get_by_label("Email").fill(f"{person}@example.org")
        page.get_by_label("Password").fill("a long test password")
        page.get_by_role("button", name="Sign in").first.click()
        page.wait_for_url("**/desk/**")

    return by_form


@pytest.fixture
def sign_in(network: Any, server: str) -> Callable[[Any, str], None]:
    """`sign_in(page, "alice")` opens the desk with a session of Alice's: journeys that are not
    about the entrance need not walk through it."""

    def by_session(page: Any, person: str) -> None:
        with ThreadPoolExecutor(1) as apart:  # the browser's event loop keeps other connections
            key = apart.submit(session_of, network.users[person]).result()
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": server}])
        page.goto("/desk/")

    return by_session


def session_of(user: int) -> str:
    """The key of a new session of this user."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(pk=user))
    connection.close()
    return str(client.cookies["sessionid"].value)


@pytest.fixture(scope="session")
def accessible() -> Callable[[Any], None]:
    """`accessible(page)` finds no violation of WCAG 2.2 AA by axe, and no sideways scroll."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    rules = {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        "resultTypes": ["violations"],
    }

    def check(page: Any) -> None:
        found = axe.run(page, options=rules).response["violations"]
        told = [(v["id"], [node["html"][:200] for node in v["nodes"]][:3]) for v in found]
        assert told == [], f"{page.url}: {told}"
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{page.url} scrolls sideways by {wide} px"

    return check
