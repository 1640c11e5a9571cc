"""Installations of their own, below a temporary folder, for tests of the operating side."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="session")
def installed(tmp_path_factory: Any) -> Path:
    """A data folder with all tables, made once by `openiop migrate`; copy it, never change it."""
    from openiop.config import environment

    data = tmp_path_factory.mktemp("installed") / "data"
    with Embedded(data, durable=False):  # the command joins it
        done = openiop("migrate", "--data", data, "--json", OPENIOP_MODE="demo")
    assert done.returncode == 0, done.stderr
    environment.make_keys(data)
    environment.write_marker(data, seed=1, size="small", filled=True, accounts=[], counts={})
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
