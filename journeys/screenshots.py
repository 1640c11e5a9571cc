"""Take the pictures the documents show, from a running demo: `python -m journeys.screenshots`.

openiop demo &  .venv/bin/python -m journeys.screenshots http://localhost:8000
"""

import re
import sys
from pathlib import Path
from typing import Any

from journeys.conftest import CHROMIUM, DESKTOP, FLAGS, PHONE

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
# name: (who, address, or a pattern of a link to follow from the address before it)
PAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "today": ("clinician", ("/desk/today/",)),
    "notes": ("clinician", ("/desk/today/", r"^/desk/sessions/\d+/notes/")),
    "attendance": ("clinician", ("/desk/today/", r"^/desk/sessions/\d+/attendance/$")),
    "patient": ("clinician", ("/desk/today/", r"^/desk/patients/\d+/$")),
    "front-desk": ("front-desk", ("/desk/front/",)),
    "tracks": ("director", ("/desk/tracks/board/",)),
    "board": ("director", ("/desk/board/",)),
    "rules": ("director", ("/desk/rules/",)),
    "audit": ("privacy-officer", ("/desk/privacy/records/",)),
}


def sign_in(page: Any, base: str, person: str, password: str) -> None:
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("Email").fill(f"{person}@chi-lake.example")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url("**/desk/**")


def follow(page: Any, base: str, steps: tuple[str, ...]) -> None:
    """Go to an address, then follow the last link that matches each further pattern."""
    page.goto(base + steps[0])
    for pattern in steps[1:]:
        hrefs = "all => all.map(each => each.getAttribute('href'))"
        links = page.eval_on_selector_all("main a[href]", hrefs)
        page.goto(base + [link for link in links if re.search(pattern, link)][-1])


def main(base: str, password: str) -> None:
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for size, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
            for person in sorted({who for who, _ in PAGES.values()}):
                page = browser.new_context(viewport=viewport).new_page()
                sign_in(page, base, person, password)
                for name, (who, steps) in PAGES.items():
                    if who == person:
                        follow(page, base, steps)
                        page.screenshot(path=FOLDER / f"{name}-{size}.png")
                        print(f"{name}-{size}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
