"""From another room come only its reads, its writes and its rules."""

import ast
from collections.abc import Iterator
from pathlib import Path

from guards.sources import modules, room, tree, where

OPEN_TO_ALL = {"kernel", "catalog", "ui"}
SHARED = {"queries", "actions", "rules"}
# What `access` and `messaging` offer the others beside these: the door, whether an action is open,
# how rows say who sees them, how a network begins, the seals, keys; the queue of jobs.
OFFERED = {
    ("access", "door"), ("access", "backend"), ("access", "scope"), ("access", "seals"),
    ("access", "founding"), ("access", "hiring"), ("access", "keys"), ("messaging", "jobs"),
}  # fmt: skip
FACES = ("views", "forms", "urls", "templatetags")


def imports(path: Path) -> Iterator[tuple[ast.AST, list[str]]]:
    """Every module a file imports from, as words."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, [*node.module.split("."), each.name]) for each in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node, each.name.split(".")) for each in node.names)


def test_another_rooms_tables_forms_and_pages_stay_its_own() -> None:
    broken = [
        f"{where(path, node)} {'.'.join(words)}"
        for path in modules()
        if room(path) != "config"
        for node, words in imports(path)
        if words[0] == "openiop" and len(words) > 2 and not _may_import(room(path), *words[1:3])
    ]
    assert broken == []


def _may_import(here: str, there: str, part: str) -> bool:
    return (
        here == there
        or there in OPEN_TO_ALL
        or part in SHARED
        or part.endswith("_rules")
        or (there, part) in OFFERED
    )


def test_inside_a_room_nothing_leans_on_its_pages() -> None:
    """Rules, models, queries and actions never import views, forms or addresses."""
    broken = [
        f"{where(path, node)} {'.'.join(words)}"
        for path in modules()
        if room(path) != "ui"
        and path.parts[-1].removesuffix(".py") not in (*FACES, "apps")
        and not set(path.parts) & set(FACES)
        for node, words in imports(path)
        if words[:1] == ["openiop"]
        and words[1:2] == [room(path)]
        and words[2:3]
        and words[2] in FACES
    ]
    assert broken == []
