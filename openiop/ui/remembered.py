"""Remembers pure texts: a long table asks for the same day or seat strip again and again."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from django.utils.translation import get_language

P = ParamSpec("P")
T = TypeVar("T")


def remembered(build: Callable[P, T]) -> Callable[P, T]:
    """Keeps the last 4,096 results of a pure function, each language for itself."""

    @lru_cache(maxsize=4096)
    def kept(_language: str | None, *args: P.args, **kwargs: P.kwargs) -> T:
        return build(*args, **kwargs)

    @wraps(build)
    def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        return kept(get_language(), *args, **kwargs)  # type: ignore[arg-type]

    return answer
