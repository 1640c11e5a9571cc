"""Writes stand in actions, behind `@writes`; pages and reads change nothing."""

import ast
from collections.abc import Iterator
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path

from guards.sources import ROOT, functions, modules, part, room, tree, where

READING = {"views", "queries", "forms", "rules", "templatetags", "context"}
ALWAYS = {
    "create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "acreate",
    "create_user", "set_password",
}  # fmt: skip
ON_ROWS = {"update", "delete", "save"}
SQL = ("insert into", "update ", "delete from", "truncate", "merge into")
# Outside the rooms' data: the session and the sign-in keep their own books.
BOOKS = {"session", "cache", "messages"}


def reading() -> list[Path]:
    return [path for path in modules() if part(path) in READING or part(path).endswith("_rules")]


def test_views_queries_and_forms_write_nothing() -> None:
    found = [
        where(path, node)
        for path in reading()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and _writes(node.func)
    ]
    assert found == []


def _writes(called: ast.Attribute) -> bool:
    chain = _chain(called)
    if chain & BOOKS:
        return False
    if called.attr in ALWAYS:
        return "objects" in chain or called.attr.startswith(("bulk", "update", "set", "get_or"))
    if called.attr == "save":
        return True
    return called.attr in ON_ROWS and bool(chain & {"objects", "filter", "exclude", "all"})


def _chain(node: ast.AST) -> set[str]:
    """Every name in a.b(c).d()."""
    names = set()
    while True:
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return names | ({node.id} if isinstance(node, ast.Name) else set())


def test_views_queries_and_forms_hold_no_writing_sql() -> None:
    found = [
        where(path, node)
        for path in reading()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in ("execute", "executemany", "raw")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and str(node.args[0].value).lstrip().lower().startswith(SQL)
    ]
    assert found == []


def test_pages_jobs_and_other_rooms_write_only_through_actions_with_a_door() -> None:
    """What a room's action files share among themselves needs no door of its own; whatever is
    called from outside does."""
    bare = [
        f"{where(path, node)} {name}"
        for path in modules()
        for node, module, name in _actions_used(path)
        if not _has_door(module, name)
    ]
    assert bare == []


def _actions_used(path: Path) -> Iterator[tuple[ast.AST, str, str]]:
    """Functions of `actions` modules that a file outside them names."""
    imported = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and _is_actions(node.module or ""):
            if room(path) == (node.module or "").split(".")[1] and part(path) == "actions":
                continue
            for each in node.names:
                imported[each.asname or each.name] = f"{node.module}.{each.name}"
                yield node, node.module or "", each.name
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in imported:
            yield node, imported[node.value.id], node.attr  # type: ignore[attr-defined]


def _is_actions(module: str) -> bool:
    words = module.split(".")
    return len(words) > 2 and words[0] == "openiop" and words[2] == "actions"


def _has_door(module: str, name: str) -> bool:
    """True for what is behind `@writes`, and for what takes no permit (modules, classes, facts)."""
    try:
        found = getattr(import_module(module), name, None)
    except ModuleNotFoundError:  # an attribute of a function, not of a module
        return True
    if not isfunction(found) or next(iter(signature(found).parameters), "") != "permit":
        return True
    return hasattr(found, "act")


def test_only_the_door_lets_writes_through() -> None:
    """`writing()` by hand is how an organization begins and what the door does; nothing else."""
    allowed = {
        "openiop/access/door.py",
        "openiop/access/backend/base.py",
        "openiop/access/founding.py",
    }
    found = {
        str(path.relative_to(ROOT))
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "writing"
    }
    assert found - allowed == set()


def test_rules_know_no_django_no_clock_and_no_database() -> None:
    found = [
        where(path, node)
        for path in modules()
        if part(path) == "rules"
        or part(path).endswith("_rules")
        or room(path) in ("kernel", "catalog")
        for node in ast.walk(tree(path))
        if (
            isinstance(node, ast.ImportFrom)
            and (node.module or "").split(".")[0] in ("django", "psycopg")
        )
        or (
            isinstance(node, ast.Import)
            and any(n.name.split(".")[0] in ("django", "psycopg") for n in node.names)
        )
        or _asks_the_clock(node)
    ]
    assert found == []


def test_actions_take_the_time_from_their_permit() -> None:
    found = [
        where(path, node)
        for path in modules()
        if part(path) in ("actions", "queries") and room(path) != "simulation"  # it makes the time
        for one in functions(path)
        for node in ast.walk(one)
        if _asks_the_clock(node)
    ]
    assert found == []


def _asks_the_clock(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "today", "utcnow", "localdate", "localtime")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("datetime", "date", "timezone", "time")
    )
