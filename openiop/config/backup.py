"""Backup and restore: one archive by pg_dump, the encrypted files, and a manifest of both.

Both run as the owner role with all organizations visible (`iop.org=*`), since row-level security
binds the owner too. The encryption key is named and fingerprinted, never copied: a backup beside
its key would be no protection.
"""

import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from openiop.config import environment
from openiop.config.embedded import GRANT_SQL, Embedded
from openiop.config.environment import Environment
from openiop.config.production import encryption_key_refusal

Progress = Callable[[int, int], None]
ARCHIVE, KEPT, MANIFEST = "database.dump", "files.tar", "manifest.json"
LAST = "last-backup.json"
FORMAT = 1
OPTIONS = "-c iop.org=* -c statement_timeout=0"
DUMPING = re.compile(r"dumping contents of table")
RESTORING = re.compile(r"processing data for table")


class BackupError(Exception):
    """Nothing was written; the text is a sentence with what to do."""


def backup(
    settings: Environment, server: Embedded | None, directory: Path, progress: Progress
) -> dict[str, Any]:
    """Write a backup into `directory`, which must be new or empty; returns the manifest.

    Raises BackupError without the encryption key, or when anything of the dump fails.
    """
    refusal = encryption_key_refusal(settings.encryption_key_file)
    if refusal:
        raise BackupError(f"No backup without its key. {refusal}")
    if directory.exists() and any(directory.iterdir()):
        raise BackupError(f"{directory} is not empty: name a new folder.")
    url, part = _owner_url(settings), directory.with_name(directory.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        manifest = _dump(url, server, part, progress) | _about(settings)
        _pack(settings.kept_dir, part / KEPT)  # after the dump: each row of it has its file
        manifest["files"] = {each.name: _digest(each) for each in sorted(part.iterdir())}
        _write(part / MANIFEST, manifest)
        if directory.exists():
            directory.rmdir()
        part.rename(directory)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    _write(
        settings.data_dir / LAST, {"created": manifest["created"], "in": str(directory.absolute())}
    )
    return manifest


def restore(
    settings: Environment, server: Embedded | None, directory: Path, progress: Progress
) -> dict[str, Any]:
    """Restore `directory` into an empty database, whole or not at all; returns the manifest.

    Raises BackupError for a damaged backup, a missing key, or a database that holds tables.
    """
    manifest = manifest_of(directory)
    require_key(manifest, settings.encryption_key_file)
    for name, digest in manifest["files"].items():
        if not (directory / name).is_file() or _digest(directory / name) != digest:
            raise BackupError(f"{directory / name} is damaged or missing: use another backup.")
    url = _owner_url(settings)
    with _connected(url) as connection:
        if _tables(connection):
            raise BackupError("The database holds tables already: restore into an empty one.")
        major = connection.info.server_version // 10000
        # What the backup grants must not be widened by what this database grants to new tables.
        connection.execute(_without_default_grants())
        connection.commit()
    _run(
        [_program("pg_restore", major, server), "--verbose", "--exit-on-error", "--no-owner",
         "--single-transaction", f"--dbname={url}", str(directory / ARCHIVE)],
        RESTORING, len(manifest["rows"]), progress,
    )  # fmt: skip
    with _connected(url) as connection:
        rows = _rows(connection)
    if rows != manifest["rows"]:
        differing = sorted(
            name for name, count in manifest["rows"].items() if rows.get(name) != count
        )
        raise BackupError(f"The restored rows differ from the backup's in {', '.join(differing)}.")
    _unpack(directory / KEPT, settings.kept_dir)
    if manifest["demo"] and server:
        environment.make_keys(settings.data_dir, encryption=False)
        environment.write_marker(settings.data_dir, **manifest["demo"])
    return manifest


def manifest_of(directory: Path) -> dict[str, Any]:
    """What a backup says of itself. Raises BackupError for a folder that is none."""
    try:
        manifest = json.loads((directory / MANIFEST).read_text())
    except FileNotFoundError:
        raise BackupError(f"{directory} is no backup: it has no {MANIFEST}.") from None
    except ValueError:
        raise BackupError(f"{directory / MANIFEST} is damaged: use another backup.") from None
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{directory} was written by another release, which can restore it.")
    return dict(manifest)


def require_key(manifest: dict[str, Any], file: Path) -> None:
    """Raise BackupError unless `file` is the encryption key this backup was made with."""
    wanted = manifest["key"]
    refusal = encryption_key_refusal(file)
    if refusal:
        raise BackupError(f"{refusal} When the backup was made it was {wanted['path']}.")
    if environment.key_fingerprint(file) != wanted["fingerprint"]:
        raise BackupError(
            f"{file} is not the key of this backup: put the one with fingerprint "
            f"{wanted['fingerprint']} there, which was {wanted['path']}."
        )


def _dump(url: str, server: Embedded | None, part: Path, progress: Progress) -> dict[str, Any]:
    """Dump and count in one snapshot, so that the counts are the archive's own."""
    with _connected(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None
        rows, major = _rows(connection), connection.info.server_version // 10000
        _run(
            [_program("pg_dump", major, server), "--verbose", "--format=custom", "--no-owner",
             "--enable-row-security", f"--snapshot={snapshot[0]}", f"--file={part / ARCHIVE}", url],
            DUMPING, len(rows), progress,
        )  # fmt: skip
        applied = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
        migrations = [name for (name,) in applied.fetchall()]
    return {"postgresql": major, "rows": rows, "migrations": migrations}


def _about(settings: Environment) -> dict[str, Any]:
    key = settings.encryption_key_file
    return {
        "format": FORMAT,
        "release": settings.release,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "key": {"path": str(key), "fingerprint": environment.key_fingerprint(key)},
        "demo": environment.marker(settings.data_dir),
    }


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url, options=OPTIONS) as connection:
        yield connection


def _owner_url(settings: Environment) -> str:
    return settings.owner_url or settings.database_url


def _tables(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    found = connection.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%'"
        " AND n.nspname <> 'information_schema' ORDER BY 1, 2"
    )
    return found.fetchall()


def _rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows by table."""
    counted = {}
    for schema, table in _tables(connection):
        name = table if schema == "public" else f"{schema}.{table}"
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        row = connection.execute(query).fetchone()
        counted[name] = row[0] if row else 0
    return counted


def _without_default_grants() -> str:
    return (
        GRANT_SQL[GRANT_SQL.index("ALTER DEFAULT") :]
        .replace(" GRANT ", " REVOKE ")
        .replace(" TO openiop_app", " FROM openiop_app")
    )


def _program(name: str, major: int, server: Embedded | None) -> str:
    """The program nearest above the server's major version: an older one cannot read it, and a
    much newer one writes settings that it does not know."""
    from openiop.config.embedded import MAJOR, binaries

    if server:
        return str(server.binary(name))
    found = {int(MAJOR): binaries() / name}
    for path in (*Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), shutil.which(name)):
        said = path and subprocess.run([path, "--version"], capture_output=True, text=True)
        match = re.search(r"(\d+)[.\d]*\s*(\(|$)", said.stdout.strip()) if said else None
        if match:
            found.setdefault(int(match[1]), Path(str(path)))
    fitting = [one for one in sorted(found) if one >= major]
    if not fitting:
        raise BackupError(f"The server is PostgreSQL {major}: install {name} of that version.")
    return str(found[fitting[0]])


def _run(command: list[str], step: re.Pattern[str], steps: int, progress: Progress) -> None:
    """Run a program, counting the lines that match `step`. Raises BackupError with its last words;
    they name tables, never rows."""
    said: list[str] = []
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=os.environ | {"PGOPTIONS": OPTIONS}
    ) as process:
        assert process.stderr is not None
        done = 0
        for line in process.stderr:
            said = [*said[-2:], line.strip()]
            if step.search(line):
                progress(done := done + 1, steps)
    if process.returncode:
        raise BackupError(f"{Path(command[0]).name} failed: {' '.join(said)}")


def _pack(folder: Path, archive: Path) -> None:
    """The encrypted files as they are; no archive where there is none."""
    files = sorted(folder.glob("[0-9a-f]*")) if folder.is_dir() else []
    if files:
        with tarfile.open(archive, "w") as packed:
            for each in files:
                packed.add(each, each.name)


def _unpack(archive: Path, folder: Path) -> None:
    if archive.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")


def _digest(file: Path) -> str:
    digest = sha256()
    with open(file, "rb") as source:
        while block := source.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _write(file: Path, facts: dict[str, Any]) -> None:
    file.write_text(json.dumps(facts, indent=2) + "\n")
    file.chmod(0o600)
