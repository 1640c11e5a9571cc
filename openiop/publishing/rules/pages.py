"""The text of the site's pages: shipped as files, changed by staff, filled with what is true here.

A page begins with title, label and description between two lines of `---`; then Markdown, with
`[[if medication]] … [[else]] … [[end]]` around what only holds where a clinic can do that.
"""

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import NamedTuple

PAGES = Path(__file__).parents[1] / "pages"
_HEAD = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.S)
_LINE = re.compile(r"^(title|label|description): (.+)$", re.M)
_IF = re.compile(
    r"^\[\[if (\w+)\]\]\n(.*?)(?:^\[\[else\]\]\n(.*?))?^\[\[end\]\]\n?", re.M | re.S
)  # fmt: skip
CAPABILITIES = frozenset({"medication", "psychiatry", "telehealth"})


class Page(NamedTuple):
    """One page: its key, `title` on top, `label` in lists, a sentence about it, Markdown."""

    key: str
    title: str
    label: str
    description: str
    body: str


def parsed(key: str, text: str) -> Page:
    """A page from its text; ValueError with a sentence where it is not one."""
    found = _HEAD.match(text.replace("\r\n", "\n").strip() + "\n")
    head = dict(_LINE.findall(found[1])) if found else {}
    if found is None or not {"title", "label", "description"} <= head.keys():
        raise ValueError(f"{key}: begin with title, label and description between lines of ---.")
    page = Page(key, head["title"], head["label"], head["description"], found[2].strip() + "\n")
    problem = _loose(page.body)
    if problem:
        raise ValueError(f"{key}: {problem}")
    return page


def _loose(body: str) -> str:
    """What is wrong with the conditions of a text; "" for nothing."""
    unknown = {name for name, _, _ in _IF.findall(body)} - CAPABILITIES
    if unknown:
        known = ", ".join(sorted(CAPABILITIES))
        return f"[[if {min(unknown)}]] is not known; use one of {known}."
    if "[[" in _IF.sub("", body):
        return "an [[if …]] has no [[end]] on a line of its own, or the other way round."
    return ""


def filled(page: Page, capabilities: Collection[str]) -> Page:
    """The page as it holds for a network that can do these things."""

    def chosen(found: re.Match[str]) -> str:
        return found[2] if found[1] in capabilities else found[3] or ""

    return page._replace(body=_IF.sub(chosen, page.body))


def questions(page: Page) -> list[tuple[str, str]]:
    """Each heading of the second level with the Markdown below it."""
    parts = re.split(r"^## (.+)$", page.body, flags=re.M)[1:]
    return [
        (head.strip(), text.strip()) for head, text in zip(parts[::2], parts[1::2], strict=True)
    ]


@cache
def shipped() -> dict[str, Page]:
    """The pages as the project ships them, by key."""
    return {path.stem: parsed(path.stem, path.read_text()) for path in sorted(PAGES.glob("*.md"))}
