"""An article's Markdown as HTML, with its claims leading to their sources."""

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openiop.ui.prose import prose

_CLAIM = re.compile(r"\[\^(\d{1,3})\]")
# Two characters nobody types: a mark stays one word for the reader and the sanitizer of Markdown.
_BEGIN, _END = "\ue000", "\ue001"
_KEPT = re.compile(f"{_BEGIN}(\\d+){_END}")


def article_html(body: str) -> SafeString:
    """The text, safe to show; [^1] is a link to "source-1", which leads back to "claim-1"."""
    plain = body.replace(_BEGIN, "").replace(_END, "")
    html = prose(_CLAIM.sub(rf"{_BEGIN}\1{_END}", plain))
    seen: set[str] = set()

    def link(found: re.Match[str]) -> str:
        number = found[1]
        first = "" if number in seen else format_html(' id="claim-{}"', number)
        seen.add(number)
        words = _("Source %(number)s") % {"number": number}
        return format_html(
            '<sup><a href="#source-{}"{} aria-label="{}">{}</a></sup>', number, first, words, number
        )

    return SafeString(_KEPT.sub(link, html))
