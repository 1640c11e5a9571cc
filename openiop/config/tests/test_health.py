"""`/healthz` is short and asks for no session; `openiop check` finds what is wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client

from openiop.config import health
from openiop.config.embedded import Embedded
from openiop.config.tests.conftest import openiop

Owner = Callable[[Embedded], psycopg.Connection[Any]]


@pytest.fixture(autouse=True)
def asked_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_answers", health._Answers())


@pytest.mark.django_db
def test_healthz_answers_without_a_session(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "database": "ok"})
    assert response.headers["Cache-Control"] == "no-store"
    assert dict(response.cookies) == {}


@pytest.mark.django_db
def test_healthz_says_503_when_the_database_is_gone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    monkeypatch.setitem(connection.settings_dict, "HOST", "/none")
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (
        503,
        {"status": "unavailable", "database": "unavailable"},
    )


@pytest.mark.django_db
def test_a_second_question_within_a_second_asks_no_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    assert client.get("/healthz").status_code == 200
    monkeypatch.setitem(connection.settings_dict, "HOST", "/none")
    assert client.get("/healthz").status_code == 200


def checks(data: Path, **more: str) -> tuple[int, dict[str, dict[str, Any]]]:
    done = openiop("check", "--json", "--data", data, **more)
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    assert told["ok"] is all(one["ok"] for one in told["checks"])
    return done.returncode, {one["name"]: one for one in reversed(told["checks"])}


def test_check_finds_nothing_wrong_in_the_database_of_a_demo(data: Path) -> None:
    code, found = checks(data)
    assert code == 0
    assert [name for name, one in found.items() if one["level"] == "error"] == []
    assert (
        found["database role"]["sentence"] == "The pages run as openiop_app, which owns no table."
    )
    assert found["audit seals"]["sentence"] == "The seals of the audit log verify."
    assert found["audit sealing"]["sentence"] == "Every row of the audit is sealed."
    assert found["worker"]["sentence"] == "No worker is running: jobs wait."
    assert found["mode"]["sentence"] == "This installation runs in demo mode."
    assert found["backup"]["sentence"] == "No backup was made from this data folder."


def test_check_names_what_was_weakened(data: Path, owner: Owner) -> None:
    server = Embedded(data)
    with server, owner(server) as connection:
        for statement in (
            "ALTER TABLE patients_patient NO FORCE ROW LEVEL SECURITY",
            "GRANT TRUNCATE ON access_auditevent TO openiop_app",
            "DELETE FROM django_migrations WHERE app = 'sessions' AND name = '0001_initial'",
        ):
            connection.execute(statement)
        (data / "encryption.key").chmod(0o644)
        code, found = checks(data)
    assert code == 1
    assert (
        found["row-level security"]["sentence"] == "Row-level security is off on patients_patient."
    )
    assert found["truncate"]["sentence"] == "The pages may empty access_auditevent."
    assert found["migrations"]["ok"] is False
    key = data / "encryption.key"
    assert found["settings"]["sentence"] == f"The encryption key {key} can be read by others."
    assert found["settings"]["what_to_do"] == "Run chmod 600 on it."


def test_check_says_when_the_pages_run_as_the_owner(data: Path) -> None:
    with Embedded(data) as urls:
        code, found = checks(data, DATABASE_URL=urls.owner, OPENIOP_OWNER_URL=urls.owner)
    assert code == 1
    assert found["database role"]["ok"] is False
    said = found["database role"]["sentence"]
    assert said.startswith("The pages run as openiop_owner, which owns ")


def test_a_backup_made_today_is_found(data: Path, tmp_path: Path) -> None:
    assert openiop("backup", tmp_path / "b", "--data", data).returncode == 0
    assert checks(data)[1]["backup"]["sentence"] == "The last backup is 0 hours old."
