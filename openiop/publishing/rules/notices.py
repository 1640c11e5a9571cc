"""Texts that staff may change: the pages of the site, and the notes that stand under others."""

from functools import cache
from pathlib import Path

from openiop.publishing.rules.pages import Page, parsed, shipped

NOTICES = Path(__file__).parents[1] / "notices"
DISCLAIMER = "disclaimer"


@cache
def changeable() -> dict[str, Page]:
    """Every text as the project ships it, by key."""
    notices = {file.stem: parsed(file.stem, file.read_text()) for file in NOTICES.glob("*.md")}
    return {**shipped(), **notices}


@cache
def shipped_text(key: str) -> str:
    """A text's source as it is shipped."""
    page = changeable()[key]
    head = f"title: {page.title}\nlabel: {page.label}\ndescription: {page.description}"
    return f"---\n{head}\n---\n{page.body}"
