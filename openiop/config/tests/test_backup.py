"""A backup holds every row and right, names its key without holding it, and restores whole."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from openiop.config import environment
from openiop.config.backup import BackupError, backup, manifest_of, require_key, restore
from openiop.config.environment import Environment, read
from openiop.config.tests.conftest import openiop, url_of

OPTIONS = "-c iop.org=*"
RIGHTS = """
SELECT n.nspname || '.' || c.relname, c.relrowsecurity, c.relforcerowsecurity,
       (SELECT array_agg(a.privilege_type ORDER BY a.privilege_type) FROM aclexplode(c.relacl) a
         JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname = 'openiop_app'),
       (SELECT array_agg(t.tgname ORDER BY t.tgname) FROM pg_trigger t
         WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'S') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
 ORDER BY 1
"""


def everything(url: str) -> dict[str, Any]:
    """Every row of every table, with the rights and triggers on it."""
    with psycopg.connect(url, options=OPTIONS) as connection:
        rights = connection.execute(RIGHTS).fetchall()
        found: dict[str, Any] = {"rights": rights}
        for name in [row[0] for row in rights if not row[0].endswith("_seq")]:
            table = sql.Identifier(*name.split("."))
            query = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(table)
            found[name] = connection.execute(query).fetchall()
        found["sequences"] = connection.execute(
            "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
        ).fetchall()
    return found


@pytest.fixture
def databases(cluster: Any, template: str, worker_id: str) -> Iterator[tuple[str, str]]:
    """URLs of a filled database and of an empty one."""
    from conftest import clone, drop, grant_usage, owner_run

    filled, empty = f"backup_from_{worker_id}", f"backup_to_{worker_id}"
    clone(cluster, template, filled)
    drop(cluster.owner, empty)
    owner_run(cluster.owner, "CREATE DATABASE {} TEMPLATE template0", empty)
    grant_usage(cluster, empty)
    yield url_of(cluster, filled), url_of(cluster, empty)
    for name in (filled, empty):
        drop(cluster.owner, name)


@pytest.fixture
def settings(databases: tuple[str, str], tmp_path: Path) -> Environment:
    environment.make_keys(tmp_path / "data")
    return read({"OPENIOP_DATA": str(tmp_path / "data"), "OPENIOP_OWNER_URL": databases[0]})


def silent(done: int, total: int) -> None:
    """No bar in tests."""


def test_every_row_right_and_trigger_comes_back(
    databases: tuple[str, str], settings: Environment, tmp_path: Path
) -> None:
    filled, empty = databases
    steps: list[tuple[int, int]] = []
    written = backup(settings, None, tmp_path / "b", lambda *step: steps.append(step))
    before = everything(filled)
    assert written["rows"]["access_organization"] == 2
    assert sum(written["rows"].values()) > 500
    assert steps[-1] == (len(written["rows"]), len(written["rows"]))
    restored = restore(replace(settings, owner_url=empty), None, tmp_path / "b", silent)
    assert restored == written
    assert everything(empty) == before


def test_new_tables_after_a_restore_are_granted_as_before(
    databases: tuple[str, str], settings: Environment, tmp_path: Path
) -> None:
    backup(settings, None, tmp_path / "b", silent)
    restore(replace(settings, owner_url=databases[1]), None, tmp_path / "b", silent)
    with psycopg.connect(databases[1], autocommit=True) as connection:
        connection.execute("CREATE TABLE later (id int)")
        granted = connection.execute(
            "SELECT array_agg(privilege_type ORDER BY privilege_type::text)::text[]"
            " FROM information_schema.role_table_grants"
            " WHERE table_name = 'later' AND grantee = 'openiop_app'"
        ).fetchone()
    assert granted == (["DELETE", "INSERT", "SELECT", "UPDATE"],)


def test_the_manifest_names_the_key_and_does_not_hold_it(
    settings: Environment, tmp_path: Path
) -> None:
    written = backup(settings, None, tmp_path / "b", silent)
    key = settings.encryption_key_file.read_text().strip()
    assert written["key"] == {
        "path": str(settings.encryption_key_file),
        "fingerprint": environment.key_fingerprint(settings.encryption_key_file),
    }
    assert [key.encode() in file.read_bytes() for file in (tmp_path / "b").iterdir()] == [
        False,
        False,
    ]
    assert sorted(file.name for file in (tmp_path / "b").iterdir()) == [
        "database.dump",
        "manifest.json",
    ]
    assert written["migrations"][-1].count(".") == 1


def test_encrypted_files_come_back_as_they_were(
    databases: tuple[str, str], settings: Environment, tmp_path: Path
) -> None:
    settings.kept_dir.mkdir()
    (settings.kept_dir / ("a" * 32)).write_bytes(b"sealed")
    (settings.kept_dir / "half.part").write_bytes(b"not yet a file")
    written = backup(settings, None, tmp_path / "b", silent)
    assert sorted(written["files"]) == ["database.dump", "files.tar"]
    there = tmp_path / "there"
    environment.make_keys(there)
    key = settings.encryption_key_file
    elsewhere = replace(
        settings, owner_url=databases[1], data_dir=there, encryption_key_file=key
    )  # fmt: skip
    restore(elsewhere, None, tmp_path / "b", silent)
    assert [(f.name, f.read_bytes()) for f in elsewhere.kept_dir.iterdir()] == [
        ("a" * 32, b"sealed")
    ]


def test_a_damaged_archive_of_files_is_refused(
    databases: tuple[str, str], settings: Environment, tmp_path: Path
) -> None:
    settings.kept_dir.mkdir()
    (settings.kept_dir / ("a" * 32)).write_bytes(b"sealed")
    backup(settings, None, tmp_path / "b", silent)
    (tmp_path / "b" / "files.tar").write_bytes(b"else")
    with pytest.raises(BackupError, match=r"files\.tar is damaged"):
        restore(replace(settings, owner_url=databases[1]), None, tmp_path / "b", silent)


def test_without_the_key_there_is_no_backup(settings: Environment, tmp_path: Path) -> None:
    settings.encryption_key_file.unlink()
    with pytest.raises(BackupError, match="No backup without its key"):
        backup(settings, None, tmp_path / "b", silent)
    assert (tmp_path / "b").exists() is False


def test_a_folder_with_something_in_it_is_left_alone(settings: Environment, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "letter").write_text("mine")
    with pytest.raises(BackupError, match="is not empty"):
        backup(settings, None, tmp_path / "b", silent)
    assert (tmp_path / "b" / "letter").read_text() == "mine"


def test_a_database_that_holds_tables_is_not_restored_into(
    settings: Environment, tmp_path: Path
) -> None:
    backup(settings, None, tmp_path / "b", silent)
    with pytest.raises(BackupError, match="holds tables already"):
        restore(settings, None, tmp_path / "b", silent)


def test_a_changed_byte_is_found_before_anything_is_restored(
    databases: tuple[str, str], settings: Environment, tmp_path: Path
) -> None:
    backup(settings, None, tmp_path / "b", silent)
    archive = tmp_path / "b" / "database.dump"
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    with pytest.raises(BackupError, match=r"database\.dump is damaged or missing"):
        restore(replace(settings, owner_url=databases[1]), None, tmp_path / "b", silent)


def test_another_key_is_refused_by_its_fingerprint(tmp_path: Path) -> None:
    environment.make_keys(tmp_path / "one")
    environment.make_keys(tmp_path / "two")
    mine = environment.key_fingerprint(tmp_path / "one" / "encryption.key")
    manifest = {"key": {"path": "/safe/encryption.key", "fingerprint": mine}}
    require_key(manifest, tmp_path / "one" / "encryption.key")
    with pytest.raises(BackupError, match=f"put the one with fingerprint {mine} there"):
        require_key(manifest, tmp_path / "two" / "encryption.key")
    with pytest.raises(BackupError, match=r"When the backup was made it was /safe/encryption\.key"):
        require_key(manifest, tmp_path / "none")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "it has no manifest.json"),
        ("{", "is damaged"),
        (json.dumps({"format": 99}), "another release"),
    ],
)
def test_a_folder_that_is_no_backup_is_a_sentence(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(BackupError, match=sentence):
        manifest_of(tmp_path)


def test_the_two_commands_move_a_demo_to_another_folder(data: Path, tmp_path: Path) -> None:
    kept, moved = tmp_path / "kept", tmp_path / "moved"
    written = openiop("backup", kept, "--data", data, "--json")
    assert (written.returncode, written.stderr.strip()) == (0, "")
    missing = openiop("restore", kept, "--data", moved)
    assert missing.returncode == 2
    assert f"{moved / 'encryption.key'} is missing" in missing.stderr
    assert moved.exists() is False
    moved.mkdir()
    (moved / "encryption.key").write_bytes((data / "encryption.key").read_bytes())
    (moved / "encryption.key").chmod(0o600)
    restored = openiop("restore", kept, "--data", moved, "--json")
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["rows"] == json.loads(written.stdout)["rows"]
    assert environment.marker(moved) == environment.marker(data)
    again = openiop("restore", kept, "--data", moved)
    assert (again.returncode, again.stderr) == (
        2,
        "The database holds tables already: restore into an empty one.\n",
    )
