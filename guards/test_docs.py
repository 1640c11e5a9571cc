"""Documents lead somewhere, and no file tells where or with what the project was made."""

import re
from pathlib import Path

from guards.sources import ROOT, tracked

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SITE = ROOT / "openiop" / "publishing" / "pages"
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
# Written in pieces, so that this file does not name what it looks for.
HOSTS = tuple(
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"),
                  ("crates", "io"), ("docker", "io"), ("ghcr", "io"), ("jfrog", "io"))
)  # fmt: skip
PLACES = ("/" + "root/", "/" + "home/[a-z]", "/" + "Users/[A-Za-z]", "/" + "work/", r"[A-Z]:\\\\")
MACHINES = re.compile(r"(?<![\w>/])(?:" + "|".join(PLACES) + ")")
TEXT = {".py", ".md", ".toml", ".html", ".css", ".js", ".yaml", ".yml", ".sql", ".txt", ".lock", ""}


def texts() -> list[tuple[Path, str]]:
    found = [path for path in tracked() if path.suffix in TEXT]
    return [(path, path.read_text(encoding="utf-8", errors="replace")) for path in found]


def test_each_link_in_a_document_leads_to_a_file_and_heading() -> None:
    broken = []
    for path in tracked():
        if path.suffix != ".md" or SITE in path.parents:  # the site's own links: website/tests
            continue
        for link in LINK.findall(FENCE.sub("", path.read_text())):
            if not link.startswith(("http://", "https://", "mailto:")) and not _leads(path, link):
                broken.append(f"{path.relative_to(ROOT)}: {link}")
    assert broken == []


def _leads(path: Path, link: str) -> bool:
    name, _, heading = link.partition("#")
    target = (path.parent / name) if name else path
    if not target.exists():
        return False
    return not heading or heading in _anchors(target.read_text())


def _anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+\s+(.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_each_document_named_in_the_source_is_there() -> None:
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, text in texts()
        for name in re.findall(r"\bdocs/[\w/-]+\.md\b", text)
        if not (ROOT / name).exists()
    ]
    assert missing == []


def test_each_test_and_module_named_in_a_document_is_there() -> None:
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, text in texts()
        if path.suffix == ".md"
        for name in re.findall(
            r"\b(?:openiop|guards|journeys|bench)/[\w/-]+\.(?:py|sql|yaml)\b", text
        )
        if not (ROOT / name).exists()
    ]
    assert missing == []


def test_no_file_names_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {host}"
        for path, text in texts()
        for host in HOSTS
        if host in text
    ]
    assert found == []


def test_lock_files_hold_no_address() -> None:
    locks = [path for path in tracked() if path.suffix == ".lock"]
    assert [path.name for path in locks if "://" in path.read_text()] == []
    assert len(locks) == 3


def test_no_file_holds_a_path_of_a_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path, text in texts()
        if (match := MACHINES.search(text))
    ]
    assert found == []
