"""Text in Markdown, as staff write it, turned into HTML that can do no harm."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_READER = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(
    ["table", "replacements", "smartquotes"]
)


@lru_cache(256)
def prose(text: str) -> SafeString:
    """Markdown as HTML: headings from the second level on, lists, tables, links. Tags somebody
    typed are shown as text; pictures, scripts and any other element are left out."""
    return SafeString(
        nh3.clean(
            _READER.render(text), tags=TAGS, attributes={"a": {"href"}},
            url_schemes={"https", "http", "mailto", "tel", "sms"}, link_rel="noreferrer nofollow",
        )
    )  # fmt: skip
