"""The same work for several clinics, in processes side by side."""

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any, TypeVar

from django.db import connection

T = TypeVar("T")
AT_MOST = 4  # more than that and the database is what all of them wait for


def each_in_a_process(
    work: Callable[..., T], tasks: Sequence[Iterable[Any]], processes: int | None = None
) -> Iterator[T]:
    """What `work(*task)` returns for each task, as they finish; None: a process for each core.

    With one process everything is done here. The first error ends all of them and is raised.
    """
    wanted = min(processes or os.cpu_count() or 1, AT_MOST, len(tasks))
    if wanted == 1:
        yield from (work(*task) for task in tasks)
        return
    connection.close()
    given = {**connection.settings_dict, "OPTIONS": _options(connection.settings_dict["OPTIONS"])}
    pool = ProcessPoolExecutor(
        wanted, mp_context=get_context("spawn"), initializer=_begin, initargs=(given,)
    )
    with pool:
        try:
            for done in as_completed([pool.submit(work, *task) for task in tasks]):
                yield done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _options(given: dict[str, Any]) -> dict[str, Any]:
    """No pool for one thread. Nobody was told yet that anything is kept: commits need not wait for
    the disk, since the last one of all does."""
    kept = {name: value for name, value in given.items() if name != "pool"}
    return kept | {"options": "-c synchronous_commit=off"}


def _begin(settings: dict[str, Any]) -> None:
    """A process of its own, with the database its parent has."""
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict.clear()
    connection.settings_dict.update(settings)
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
