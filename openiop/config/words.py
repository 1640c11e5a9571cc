"""The catalogs of words: collects what the code says, keeps what was translated, compiles.

    python -m openiop.config.words

Needs neither a database nor the gettext programs (docs/how-to/translate.md).
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
# What the calls take: how many texts, and whether a context stands in front.
CALLS = {
    "_": (1, False), "gettext": (1, False), "gettext_lazy": (1, False), "gettext_noop": (1, False),
    "ngettext": (2, False), "ngettext_lazy": (2, False),
    "pgettext": (1, True), "pgettext_lazy": (1, True),
    "npgettext": (2, True), "npgettext_lazy": (2, True),
}  # fmt: skip
_STRING = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CALL = re.compile(rf"\b(\w+)\(\s*{_STRING}(?:\s*,\s*{_STRING})?(?:\s*,\s*{_STRING})?")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
# Words of the libraries whose pages we show; they stand in no file of ours.
ELSEWHERE = "django-allauth"
# (context, singular, plural)
Text = tuple[str | None, str, str]


def texts(root: Path = ROOT) -> dict[Text, set[str]]:
    """Every text for translation below `root`, with the files it stands in."""
    found: dict[Text, set[str]] = {}
    for file in sorted([*root.rglob("*.py"), *root.rglob("*.html"), *root.rglob("*.txt")]):
        if "tests" in file.parts or "migrations" in file.parts:
            continue
        source = file.read_text(encoding="utf-8")
        for text in in_python(source) if file.suffix == ".py" else in_template(source):
            found.setdefault(text, set()).add(file.relative_to(root).as_posix())
    return found


def in_python(source: str) -> Iterator[Text]:
    """The texts of a module: calls with plain strings, joined ones included."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        given = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
        yield from _text(name, given)


def in_template(source: str) -> Iterator[Text]:
    """The texts of a template: its tags, and `_("…")` in the arguments of any tag."""
    for name, *strings in _CALL.findall(templatize(source)):
        yield from _text(name, [ast.literal_eval(each) for each in strings if each])


def _text(name: str, given: Sequence[object]) -> Iterator[Text]:
    if name not in CALLS:
        return
    count, in_context = CALLS[name]
    words = [each for each in given[: count + in_context] if isinstance(each, str)]
    if len(words) == count + in_context:
        context = words.pop(0) if in_context else None
        yield context, words[0], words[1] if count == 2 else ""


def merged(catalog: polib.POFile, known: dict[Text, set[str]]) -> polib.POFile:
    """The catalog with every text of `known`, translated as before; words nobody says any more
    are dropped."""
    before = {(each.msgctxt, each.msgid, each.msgid_plural or ""): each for each in catalog}
    fresh = polib.POFile(wrapwidth=99)
    fresh.metadata = catalog.metadata
    for (context, singular, plural), files in sorted(known.items(), key=_order):
        old = before.get((context, singular, plural)) or polib.POEntry(
            msgctxt=context, msgid=singular, msgid_plural=plural
        )
        old.occurrences = [(file, "") for file in sorted(files)]
        if plural:
            old.msgstr_plural = old.msgstr_plural or {0: "", 1: ""}
        fresh.append(old)
    fresh.extend(each for each in catalog if each.comment == ELSEWHERE)
    return fresh


def _order(item: tuple[Text, set[str]]) -> tuple[str, str, str]:
    (context, singular, _plural), files = item
    return min(files), singular, context or ""


def catalogs() -> list[Path]:
    """The catalogs there are, one a language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def faults(catalog: Iterable[polib.POEntry]) -> list[str]:
    """Translations that cannot be shown: uncertain ones, a plural half said, other placeholders."""
    return [f"{each.msgid!r}: {why}" for each in catalog for why in _wrong(each)]


def _wrong(entry: polib.POEntry) -> Iterator[str]:
    said = [*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        yield "marked as uncertain"
    if any(said) and not all(said):
        yield "not every plural form is said"
    for text in filter(None, said):
        # A plural form may leave the number out ("one person"); nothing else may be missing.
        wanted, got = set(PLACEHOLDER.findall(entry.msgid)), set(PLACEHOLDER.findall(text))
        wanted |= set(PLACEHOLDER.findall(entry.msgid_plural or ""))
        if got != wanted and not (entry.msgid_plural and got < wanted):
            yield f"placeholders {sorted(got)} instead of {sorted(wanted)}"


def main() -> None:
    """Bring every catalog up to date and compile it; says how much is translated."""
    known = texts()
    for file in catalogs():
        catalog = polib.pofile(str(file), wrapwidth=99)
        if file.parts[-3] != "en":  # ours is English; that catalog only rewords the libraries
            catalog = merged(catalog, known)
            catalog.save(str(file))
        catalog.save_as_mofile(str(file.with_suffix(".mo")))
        print(f"{file.parts[-3]}: {len(catalog.translated_entries())} of {len(catalog)}")  # noqa: T201
        for fault in faults(catalog):
            print(f"  {fault}")  # noqa: T201


if __name__ == "__main__":
    main()
