"""Guards the catalog: every shipped file is sound, and the credential files lean on real rules."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import openiop.catalog
from openiop.catalog.checks import problems
from openiop.catalog.credential_kinds import credential_kinds
from openiop.catalog.reader import declared

ROOT = Path(openiop.catalog.__file__).parent


def test_every_shipped_file_is_sound() -> None:
    assert [str(error) for error in problems()] == []


@pytest.mark.parametrize("schema", sorted((ROOT / "schemas").glob("*.json")), ids=lambda p: p.name)
def test_every_schema_is_itself_valid(schema: Path) -> None:
    Draft202012Validator.check_schema(json.loads(schema.read_text(encoding="utf-8")))


def test_no_data_file_stands_where_no_reader_looks() -> None:
    read = {
        "appointments",
        "regulations",
        "payers",
        "credentials",
        "curricula",
        "instruments",
        "needs",
        "prescreen",
        "directory",
        "biopsychosocial",
        "consents",
        "medications",
        "toxicology",
    }
    stray = [
        file.relative_to(ROOT)
        for file in ROOT.rglob("*.y*ml")
        if file.relative_to(ROOT).parts[0] not in read or file.suffix != ".yaml"
    ]
    assert stray == []


def test_supervised_credentials_name_documents_to_co_sign() -> None:
    missing = [
        f"{entry.state} {entry.kind} {entry.level}: {entry.supervision_rules}.cosign_documents"
        for entry in credential_kinds()
        if entry.supervision_rules and not declared(f"{entry.supervision_rules}.cosign_documents")
    ]
    assert missing == []


def test_nobody_who_needs_a_co_signature_may_co_sign_for_others() -> None:
    both = [e.kind for e in credential_kinds() if e.qualified and e.supervision_rules]
    assert both == []


def test_whoever_is_supervised_says_where_the_supervisor_is() -> None:
    unclear = [
        (e.state, e.kind)
        for e in credential_kinds()
        if bool(e.supervision_rules) != (e.supervision != "none")
    ]
    assert unclear == []
