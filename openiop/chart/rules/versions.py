"""Two windows, one text: whose save counts.

Every page that is shown carries a token of its own. A save names the version it began from and its
page; so a page may go on where its own earlier save left off, even when it never heard that that
one had arrived (a dropped answer, or Enter pressed while a save was under way), and another
window's newer text is never written over.
"""

from collections.abc import Mapping
from enum import StrEnum

CLOSED = "."


class Outcome(StrEnum):
    """What becomes of a save."""

    SAVE = "save"
    ALREADY = "already"
    CONFLICT = "conflict"


def settle(
    stored: Mapping[str, str], given: Mapping[str, str], *,
    version: int, began_at: int, last_page: str, page: str,
) -> Outcome:  # fmt: skip
    """`stored` stands at `version`, last written by `last_page`; `given` began from `began_at`.

    A text that adds nothing (each field is what stands there, or its beginning: a save that
    arrives late) is already there.
    """
    if stored == given:
        return Outcome.ALREADY
    if began_at == version or (page and page == last_page):
        return Outcome.SAVE
    if began_at < version and all(stored[name].startswith(text) for name, text in given.items()):
        return Outcome.ALREADY
    return Outcome.CONFLICT


def both(before: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """What is kept of two texts put aside one after the other: in each field the newer one, with
    the older behind it unless it is its beginning."""
    joined = {
        name: text if text.startswith(before.get(name, "")) else f"{text}\n\n{before[name]}"
        for name, text in typed.items()
    }
    return dict(before) | joined


def page_after(page: str, final: bool) -> str:
    """What to remember as the last writer: a page left by its save button is closed, so that a
    late save of its own is not taken for a newer one."""
    return page + CLOSED if page and final else page
