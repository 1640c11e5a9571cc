"""Installations of their own, below a temporary folder, for tests of the operating side."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from openiop.config.embedded import Embedded

COMMAND = [sys.executable, "-m", "openiop.config.cli"]


def environ(**more: str) -> dict[str, str]:
    """This process's variables without the test suite's own settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPENIOP_", "DATABASE_URL", "DJANGO_"))
    }
    return kept | more


def openiop(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    command = [*COMMAND, *map(str, words)]
    return subprocess.run(command, env=environ(**more), capture_output=True, text=True, timeout=120)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kill_server(data_dir: Path) -> None:
    """kill -9 the postmaster of one data folder."""
    first_line = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0]
    os.kill(int(first_line), 9)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Embedded]:
    """An embedded server, not started, in a folder whose name has spaces and an apostrophe."""
    one = Embedded(tmp_path / "a clinic's data", durable=False)
    yield one
    one.stop_if_last()
    shutil.rmtree(one.socket_dir, ignore_errors=True)


def url_of(cluster: Any, name: str) -> str:
    """A database of the test server, as the owner role."""
    return urlsplit(str(cluster.owner))._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
def installed(cluster: Any, template: str, worker_id: str, tmp_path_factory: Any) -> Path:
    """A demo's data folder with the test network in it; copy it, never change it.

    Restored from a backup of the test database, which is quicker than to migrate again.
    """
    from conftest import clone, drop
    from openiop.config import environment
    from openiop.config.backup import backup, restore
    from openiop.config.demo import installed_code

    data: Path = tmp_path_factory.mktemp("installed") / "data"
    name = f"installed_{worker_id}"
    environment.make_keys(data)
    clone(cluster, template, name)
    source = environment.read(
        {"OPENIOP_DATA": str(data), "OPENIOP_OWNER_URL": url_of(cluster, name)}
    )
    backup(source, None, data.parent / "kept", lambda *_: None)
    drop(cluster.owner, name)
    server = Embedded(data, durable=False)
    with server as urls:
        restore(
            replace(source, owner_url=urls.owner), server, data.parent / "kept", lambda *_: None
        )
    (data / "last-backup.json").unlink()
    environment.write_marker(
        data, seed=1, size="small", filled=True, accounts=[], counts={}, made_by=installed_code()
    )
    return data


@pytest.fixture
def data(installed: Path, tmp_path: Path) -> Path:
    """A data folder of its own with all tables in it and no server running."""
    shutil.copytree(installed, tmp_path / "data", symlinks=True)
    if os.getuid() == 0:
        owner = (installed / "postgres").stat()
        for each in [tmp_path / "data/postgres", *(tmp_path / "data/postgres").rglob("*")]:
            os.chown(each, owner.st_uid, owner.st_gid)
    return tmp_path / "data"


@pytest.fixture
def owner() -> Callable[[Embedded], psycopg.Connection[Any]]:
    """A connection as the owner role that sees all organizations."""

    def connect(server: Embedded) -> psycopg.Connection[Any]:
        return psycopg.connect(server.urls.owner, autocommit=True, options="-c iop.org=*")

    return connect
