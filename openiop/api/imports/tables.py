"""Load tables."""

from typing import Any


def import_csv(*a: Any, **k: Any) -> Any: ...
