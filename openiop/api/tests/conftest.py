"""Files to import, written as others would write them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MARIA: dict[str, Any] = {
    "resourceType": "Patient", "id": "9e2f7a3b-94df-4b3d-bee2-360881649fa5",
    "identifier": [{"system": "urn:hospital", "value": "77"}],
    "name": [{"use": "official", "family": "García", "given": ["María", "Luz"]}],
    "gender": "female", "birthDate": "1988-03-04",
}  # fmt: skip


@pytest.fixture
def maria() -> dict[str, Any]:
    """A patient as a hospital gives her; a test may change the copy."""
    return json.loads(json.dumps(MARIA))  # type: ignore[no-any-return]


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """`written("a.json", value)` is a file with that text, or with that value as JSON."""

    def write(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content, indent=1)
            path.write_text(text, encoding="utf-8")
        return path

    return write


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    """A transaction bundle as Synthea writes it: addresses are `urn:uuid:` and the id."""
    return {
        "resourceType": "Bundle", "type": "transaction",
        "entry": [
            {"fullUrl": f"urn:uuid:{each.get('id')}", "resource": each} for each in resources
        ],
    }  # fmt: skip
