"""How often pages are shown, gathered in this process and added up now and then.

Nothing of who looked is kept, not even when: a look is one more on the day's number of a page. What
was gathered when a process is killed is lost; a count is not worth a write for each visitor.
"""

import time
from collections import Counter
from datetime import date
from threading import Lock

from openiop.access.door import opened_for_job
from openiop.publishing.actions.clinics import COUNT, count_looks

MANY, LONG = 200, 300.0  # looks, seconds
_lock = Lock()
_seen: Counter[tuple[int, date, str]] = Counter()
_since = [time.monotonic()]


def look(organization: int, on: date, page: str) -> None:
    """One more look at a page; writes all that was gathered once it is many or long ago."""
    with _lock:
        _seen[organization, on, page] += 1
        if sum(_seen.values()) < MANY and time.monotonic() - _since[0] < LONG:
            return
        gathered = dict(_seen)
        forget()
    _write(gathered)


def flush() -> None:
    """Write what was gathered now."""
    with _lock:
        gathered = dict(_seen)
        forget()
    _write(gathered)


def forget() -> None:
    """Drop what was gathered."""
    _seen.clear()
    _since[0] = time.monotonic()


def _write(gathered: dict[tuple[int, date, str], int]) -> None:
    days: dict[tuple[int, date], dict[str, int]] = {}
    for (organization, on, page), count in gathered.items():
        days.setdefault((organization, on), {})[page] = count
    for (organization, on), pages in days.items():
        with opened_for_job(COUNT, organization) as permit:
            count_looks(permit, on, pages)
