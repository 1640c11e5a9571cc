"""People to test with, made by the room's own actions."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from openiop.patients import actions


@pytest.fixture
def enter(system: Callable[..., Any]) -> Callable[..., actions.PatientRef]:
    """`enter("Maria Garcia", "1988-03-04", clinic=1, phones=[…])` registers a person."""

    def register(name: str, born: str | None = None, clinic: int = 1, **facts: Any) -> Any:
        first, _, last = name.partition(" ")
        birth_on = date.fromisoformat(born) if born else None
        with system("patients.patient.write") as permit:
            return actions.register(
                permit, clinic=clinic, legal_first=first, legal_last=last, birth_on=birth_on,
                **facts,
            )  # fmt: skip

    return register
