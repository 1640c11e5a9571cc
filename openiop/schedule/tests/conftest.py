"""Fixtures of the schedule's tests."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from openiop.schedule.tests.test_attendance import after


@pytest.fixture
def clock(monkeypatch: Any) -> Callable[[datetime], None]:
    """Set what time it is for the pages; five minutes into Monday's session to begin with."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(after(5))
    cache.clear()
    return set_to
