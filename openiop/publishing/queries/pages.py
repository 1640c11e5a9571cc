"""The text of the site's pages: what staff wrote last, else what is shipped."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.http import Http404

from openiop.kernel.permits import Permit
from openiop.publishing.models import PageText
from openiop.publishing.rules.notices import DISCLAIMER, changeable, shipped_text
from openiop.publishing.rules.pages import Page, parsed


class Version(NamedTuple):
    """A version of a text: its number, when and by whom. `text` "" is the shipped one."""

    number: int
    text: str
    written_at: datetime | None
    by: str


class Notice(NamedTuple):
    """The note under an article with its version; 0 and None for the shipped one."""

    page: Page
    number: int
    since: datetime | None


def _newest(permit: Permit, language: str, keys: Q) -> list[PageText]:
    rows = PageText.objects.filter(keys, language__in={language, "en"})
    return list(rows.order_by("key", "language", "-number").distinct("key", "language"))


def page_texts(permit: Permit, language: str = "en") -> dict[str, Page]:
    """Every text by key, in the language where somebody wrote it in that; one statement."""
    typed = {(row.key, row.language): row for row in _newest(permit, language, Q())}
    return {
        key: _read(key, typed.get((key, language)) or typed.get((key, "en")))
        for key in changeable()
    }


def page_text(permit: Permit, key: str, language: str = "en") -> Page:
    """One text; KeyError where no page has this key. One statement."""
    typed = {row.language: row for row in _newest(permit, language, Q(key=key))}
    return _read(key, typed.get(language) or typed.get("en"))


def _read(key: str, row: PageText | None) -> Page:
    return parsed(key, row.text) if row and row.text else changeable()[key]


def disclaimer(permit: Permit) -> Notice:
    """The note as it stands today."""
    row = next(iter(_newest(permit, "en", Q(key=DISCLAIMER))), None)
    number, since = (row.number, row.written_at) if row else (0, None)
    return Notice(_read(DISCLAIMER, row), number, since)


def page_versions(permit: Permit, key: str, language: str = "en") -> list[Version]:
    """All versions of a text, the newest first, the shipped one at the end; or Http404."""
    if key not in changeable():
        raise Http404("No such page.")
    rows = PageText.objects.filter(key=key, language=language).select_related("by")
    written = [
        Version(row.number, row.text, row.written_at, row.by.name if row.by else "")
        for row in rows.order_by("-number")
    ]
    return [*written, Version(0, shipped_text(key), None, "")]
