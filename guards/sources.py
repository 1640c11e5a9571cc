"""The project's own files, and what stands in them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "openiop"


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project: what git knows, or what lies here where git does not."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
    )
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name]
        return tuple(path for name in names if (path := ROOT / name).is_file())
    inside = (path for path in ROOT.rglob("*") if path.is_file())
    return tuple(path for path in inside if not _hidden(path))


def _hidden(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(part in ("data", "__pycache__") or part.startswith(".") for part in parts[:-1])


@cache
def modules(tests: bool = False) -> tuple[Path, ...]:
    """Python files of the package, without migrations."""
    return tuple(
        path
        for path in tracked()
        if path.suffix == ".py"
        and PACKAGE in path.parents
        and "migrations" not in path.parts
        and (tests or "tests" not in path.parts)
    )


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def room(path: Path) -> str:
    """The room a file stands in."""
    return path.relative_to(PACKAGE).parts[0]


def part(path: Path) -> str:
    """What kind of file it is within its room: models, queries, actions, rules, forms, views …"""
    return path.relative_to(PACKAGE).parts[:2][-1].removesuffix(".py")


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def where(path: Path, node: ast.AST) -> str:
    """file:line, as an editor opens it."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
