"""In a real browser: accessible in every mood, no sideways scroll, and no typed text is lost."""

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import django_htmx
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Browser, Page, expect, sync_playwright

from openiop.ui import examples, icons
from openiop.ui.components import preview_context
from openiop.ui.tests.test_pages import FRAME

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed on this machine"),
]
STATIC = [Path(icons.__file__).parent / "static", Path(django_htmx.__file__).parent / "static"]
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
NOTE = """{% extends "ui/desk.html" %}{% block content %}<h1>Note</h1>
<form id="note" method="post" action="/next" data-next data-autosave="/save" data-version="1">
<input type="hidden" name="version" value="1">
<label for="response">Response</label><textarea id="response" name="response"></textarea>
<label for="listened">Listened</label><input type="checkbox" id="listened" name="listened">
<button data-next-button name="go" value="next">Save and next</button>
<p class="saving" data-saving role="status"></p></form>
<form id="drop" method="post" action="/drop" data-confirm="Cancel it?">
<button>Cancel</button></form>
{% endblock %}"""


def preview(request: Any) -> str:
    """The page of all components."""
    return render_to_string("ui/preview.html", {**FRAME, **preview_context()}, request)


def note(request: Any) -> str:
    """A desk page with a form that saves itself."""
    return Template(NOTE).render(Context({"request": request, **FRAME}))


def kept(request: Any) -> str:
    """The same page in a newer version: what its writer had typed is put aside, and shown."""
    page = note(request).replace(
        'data-version="1"', f"data-version='2' {request.GET.get('how', 'data-kept')}"
    )
    return page.replace("</textarea>", f"{request.GET.get('typed', '')}</textarea>")


def door(request: Any) -> str:
    """A public page with a form."""
    source = (
        "{% extends 'ui/door.html' %}{% block content %}<h1>Start</h1>"
        "{% include 'ui/components/form.html' with submit='See when I can start' %}{% endblock %}"
    )
    form = examples.sample({"d-kind": "x"}, prefix="d")
    return Template(source).render(Context({"request": request, "form": form, "phone": "555-0140"}))


PAGES = {"/preview": preview, "/note": note, "/kept": kept, "/door": door}


class House(ThreadingHTTPServer):
    """Serves the pages, keeps what was posted, and answers saves as it was told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.posted: list[tuple[str, str]] = []
        self.answers: list[tuple[int, str]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: House

    def log_message(self, *_: object) -> None:
        """Stays quiet."""

    def answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path in PAGES:
            body = PAGES[path](RequestFactory().get(self.path)).encode()
            return self.answer(200, "text/html; charset=utf-8", body)
        for folder in STATIC:
            file = folder / path.removeprefix("/static/")
            if file.is_file():
                return self.answer(200, KINDS[file.suffix], file.read_bytes())
        return self.answer(404, "text/plain", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.posted.append((self.path, body))
        status, text = self.server.answers.pop(0) if self.server.answers else (200, "")
        kind = "application/json" if text.startswith("{") else "text/html"
        self.answer(status, kind, text.encode())


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        yield driver.chromium.launch(executable_path=CHROMIUM, args=args)


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    house.posted.clear()
    house.answers.clear()
    context = browser.new_context(viewport={"width": 1280, "height": 720}, base_url=house.address)
    opened = context.new_page()
    opened.set_default_timeout(5000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


@pytest.mark.parametrize(
    ("path", "width", "scheme"),
    [
        *(("/preview", width, scheme) for width in (390, 1440) for scheme in ("light", "dark")),
        ("/note", 390, "dark"),
        ("/note", 1440, "light"),
        ("/door", 390, "light"),
        ("/door", 1440, "dark"),
    ],
)
def test_axe_finds_nothing(page: Page, path: str, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.goto(path)
    found = Axe().run(page)
    assert [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]] == []


@pytest.mark.parametrize("path", sorted(PAGES))
def test_no_page_scrolls_sideways(page: Page, path: str) -> None:
    page.goto(path)
    for width in (320, 600, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", sorted(PAGES))
def test_buttons_and_fields_fit_a_finger_on_a_phone(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    small = page.evaluate(
        """[...document.querySelectorAll(
             '.button, select, textarea, .tabs a, .chips a, .rail a, input:not([type=hidden])')]
           .filter((each) => !['radio', 'checkbox'].includes(each.type))
           .map((each) => [each.outerHTML, each.getBoundingClientRect().height])
           .filter(([html, height]) => height && height < 44)"""
    )
    assert small == []


def test_desk_rows_are_dense(page: Page) -> None:
    page.goto("/preview")
    heights = page.locator("#c-table tbody tr").evaluate_all(
        "(rows) => rows.map((row) => row.getBoundingClientRect().height)"
    )
    assert all(32 <= height <= 37 for height in heights)


def test_typed_text_is_saved_and_says_when(page: Page, house: House) -> None:
    house.answers = [(200, '{"saved": "18:02", "version": 2}')]
    page.goto("/note")
    page.fill("#response", "Spoke about the weekend.")
    expect(page.locator("[data-saving]")).to_have_text("Saved 18:02")
    assert [path for path, _body in house.posted] == ["/save"]
    assert "Spoke about the weekend." in house.posted[0][1]
    assert page.input_value("[name=version]") == "2"
    assert page.evaluate("sessionStorage.getItem('draft:note')") is None


def test_a_failed_save_is_tried_again(page: Page, house: House) -> None:
    house.answers = [(503, ""), (200, '{"saved": "18:03"}')]
    page.goto("/note")
    page.fill("#response", "x")
    expect(page.locator("[data-saving]")).to_have_text("Not saved, trying again")
    expect(page.locator("[data-saving]")).to_have_text("Saved 18:03")
    assert len(house.posted) == 2


def test_unsaved_text_comes_back_and_is_saved(page: Page, house: House) -> None:
    house.answers = [(503, "")]
    page.goto("/note")
    page.fill("#response", "Kept")
    page.check("#listened")
    expect(page.locator("[data-saving]")).to_have_text("Not saved, trying again")
    house.answers = [(200, '{"saved": "18:04"}')]
    page.reload()
    assert page.input_value("#response") == "Kept"
    assert page.is_checked("#listened")
    expect(page.locator("form .notice")).to_contain_text("Text that was not saved before is back")
    expect(page.locator("[data-saving]")).to_have_text("Saved 18:04")


def test_unsaved_text_of_an_older_version_is_shown_beside(page: Page, house: House) -> None:
    house.answers = [(503, "")]
    page.goto("/note")
    page.fill("#response", "Mine")
    expect(page.locator("[data-saving]")).to_have_text("Not saved, trying again")
    page.evaluate("""() => { const kept = JSON.parse(sessionStorage.getItem("draft:note"));
        sessionStorage.setItem("draft:note", JSON.stringify({...kept, version: "0"})); }""")
    page.reload()
    assert page.input_value("#response") == ""
    assert page.input_value("form .notice textarea") == "Mine"


@pytest.mark.parametrize("how", ["data-kept", "data-kept=typed&typed=Mine%20"])
def test_text_that_the_server_put_aside_is_not_told_once_more(
    page: Page, house: House, how: str
) -> None:
    house.answers = [(409, "")]
    page.goto("/note")
    page.fill("#response", "Mine")
    expect(page.locator("[data-saving]")).to_contain_text("Changed in another window")
    page.goto(f"/kept?how={how}")
    assert page.locator("form .notice").count() == 0
    assert page.evaluate("sessionStorage.getItem('draft:note')") is None


def test_text_that_never_reached_the_server_is_shown_beside_what_was_put_aside(
    page: Page, house: House
) -> None:
    house.answers = [(503, "")]
    page.goto("/note")
    page.fill("#response", "Mine")
    expect(page.locator("[data-saving]")).to_have_text("Not saved, trying again")
    page.goto("/kept?how=data-kept")
    assert page.input_value("form .notice textarea") == "Mine"


def test_after_a_conflict_what_is_typed_on_is_sent_too(page: Page, house: House) -> None:
    house.answers = [(409, ""), (409, "")]
    page.goto("/note")
    page.fill("#response", "Mine")
    expect(page.locator("[data-saving]")).to_contain_text("Changed in another window")
    page.fill("#response", "Mine, all of it")
    page.wait_for_timeout(1200)
    assert [("all+of+it" in body or "all of it" in body) for _, body in house.posted] == [
        False, True,
    ]  # fmt: skip


def test_leaving_a_form_saves_it_at_once(page: Page, house: House) -> None:
    house.answers = [(200, '{"saved": "18:05"}')]
    page.goto("/note")
    page.fill("#response", "Said")
    page.focus("#drop button")
    page.wait_for_timeout(300)
    assert [path for path, _ in house.posted] == ["/save"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((409, ""), "Changed in another window. Your text is kept here; reload to see theirs."),
        ((401, ""), "You are signed out. Your text is kept in this tab: sign in again to save."),
        ((422, "<p data-sentence>Signed already.</p>"), "Signed already."),
    ],
)
def test_a_refused_save_says_why_and_keeps_the_text(
    page: Page, house: House, answer: tuple[int, str], told: str
) -> None:
    house.answers = [answer]
    page.goto("/note")
    page.fill("#response", "Kept")
    expect(page.locator("[data-saving]")).to_have_text(told)
    assert "Kept" in page.evaluate("sessionStorage.getItem('draft:note')")
    assert len(house.posted) == 1


def test_enter_saves_and_goes_on_and_shift_enter_makes_a_line(page: Page, house: House) -> None:
    page.goto("/note")
    page.focus("#response")
    page.keyboard.type("One")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    page.wait_for_url("**/next")
    assert house.posted[-1] == ("/next", "version=1&response=One%0D%0Atwo&go=next")


def test_a_confirmed_form_says_so_and_a_declined_one_stays(page: Page, house: House) -> None:
    page.goto("/note")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.click("#drop button")
    assert house.posted == []
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("#drop button")
    page.wait_for_url("**/drop")
    assert house.posted == [("/drop", "confirmed=1")]


def test_a_slash_goes_to_the_search_and_arrows_walk_the_rows(page: Page) -> None:
    page.goto("/preview")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.focus("#c-table tbody a[href='#1']")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#c-table tbody a[href='#2']").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#c-table tbody a[href='#1']").first).to_be_focused()


def test_a_message_can_be_dismissed_and_the_theme_turned(page: Page) -> None:
    page.goto("/preview")
    shown = page.locator("#c-notice .notice").count()
    page.click("#c-notice [data-dismiss]")
    assert page.locator("#c-notice .notice").count() == shown - 1
    page.click(".topbar .menu summary")
    page.click("[data-theme-toggle]")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.reload()
    assert page.evaluate("document.cookie") == "theme=dark"


def test_paper_has_no_frame_and_black_ink(page: Page) -> None:
    page.goto("/preview")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.is_visible(".rail") and not page.is_visible(".topbar")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.is_visible("text=Allergy: penicillin")


def test_without_script_the_page_works_and_hides_what_needs_it(
    browser: Browser, house: House
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=house.address)
    opened = context.new_page()
    opened.goto("/note")
    assert opened.is_visible("text=Switch")
    assert not opened.is_visible("[data-theme-toggle]")
    opened.fill("#response", "Typed")
    opened.click("[data-next-button]")
    assert house.posted[-1] == ("/next", "version=1&response=Typed&go=next")
    context.close()
