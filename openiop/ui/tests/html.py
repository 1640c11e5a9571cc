"""Reads rendered HTML for the tests: balanced tags, ids, attributes that may not appear."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = frozenset(["br", "hr", "img", "input", "link", "meta"])


@dataclass
class Page(HTMLParser):
    """What one piece of HTML holds; `faults` are sentences, empty when all is well."""

    source: str
    faults: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.feed(self.source)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]
        self.faults += [f"id {each} stands twice" for each in set(self.ids) if self.count(each) > 1]

    def count(self, each: str) -> int:
        """How often an id stands in the page."""
        return self.ids.count(each)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        names = [name for name, _value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.faults += [f"<{tag}> has {n}" for n in names if n == "style" or n.startswith("on")]
        self.faults += [f"<{tag}> says {n} twice" for n in set(names) if names.count(n) > 1]
        if tag == "style" or (tag == "script" and "src" not in names):
            self.faults.append(f"inline <{tag}>")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> closes {self.open[-1:] or 'nothing'}")

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every such tag."""
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def words(self) -> str:
        """The text with one space between its parts."""
        return " ".join(self.text.split())

    def loose_references(self) -> list[str]:
        """Ids that a label, description or link of the page names and the page does not hold."""
        named: list[str] = []
        for tag, attrs in self.tags:
            named += (attrs.get("aria-describedby") or "").split()
            named += (attrs.get("aria-labelledby") or "").split()
            if tag == "label" and attrs.get("for"):
                named.append(str(attrs["for"]))
        return [each for each in named if each not in self.ids]
