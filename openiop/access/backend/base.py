"""Django's PostgreSQL backend with one lock more: nobody writes but an action."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.backends.postgresql import base, operations

MOST_PARAMETERS = 65_535

_writing: ContextVar[bool] = ContextVar("writing", default=False)

_WRITE = re.compile(
    r"(?:^\s*|\bwith\b.*?\b)(?:insert\s+into|update(?:\s+only)?|delete\s+from(?:\s+only)?|merge\s+into|truncate)"
    r"\s+(?:\"?public\"?\.)?\"?(\w+)",
    re.IGNORECASE | re.DOTALL,
)
_STARTS = ("insert", "update", "delete", "with", "merge", "truncate")
# Sign-in, sessions, cache and job queue keep their own books; they hold no clinical data.
_UNGUARDED = ("django_", "account_", "mfa_", "usersessions_", "procrastinate_", "access_user")


def is_writing() -> bool:
    """Is an action open?"""
    return _writing.get()


class WriteOutsideAction(RuntimeError):
    """A write was tried outside an action: write an action with `@writes` and call that."""


@contextmanager
def writing() -> Iterator[None]:
    """Let writes through for the length of the block; only the door calls this."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def guard(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Refuse a statement that writes to a guarded table while no action is open."""
    if not _writing.get() and isinstance(sql, str) and sql.lstrip()[:8].lower().startswith(_STARTS):
        match = _WRITE.search(sql)
        if match and not match[1].startswith(_UNGUARDED):
            raise WriteOutsideAction(f"a write to {match[1]} was tried outside an action")
    return execute(sql, params, many, context)


class DatabaseOperations(operations.DatabaseOperations):
    """A statement bound by the server takes so many parameters and no more."""

    def bulk_batch_size(self, fields: Sequence[Any], _objs: Sequence[Any]) -> int:
        return MOST_PARAMETERS // max(len(fields), 1)


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL with the guard in front, unless the owner migrates."""

    ops_class = DatabaseOperations

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        super().__init__(settings_dict, alias)
        if not settings_dict.get("OWNER"):
            self.execute_wrappers.append(guard)

    def connect(self) -> None:
        """Each connection counts its savepoints from one: a name never seen before would be one
        more statement among those that are kept prepared, and push one out."""
        super().connect()
        self.savepoint_state = 0
