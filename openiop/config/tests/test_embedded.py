"""The embedded server starts once for all who use it, survives kill -9, and keeps roles apart."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from openiop.config.embedded import GRANT_SQL, ROLE_SQL, Embedded, EmbeddedError
from openiop.config.tests.conftest import kill_server

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A server for the tests that only ask it something."""
    server = Embedded(tmp_path_factory.mktemp("running") / "data", durable=False)
    with server:
        yield server
    shutil.rmtree(server.socket_dir, ignore_errors=True)


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def test_it_starts_in_a_folder_with_spaces_and_stops_with_its_last_user(server: Embedded) -> None:
    with server as urls:
        assert one(urls.app, "SELECT current_user") == "openiop_app"
        assert one(urls.owner, "SELECT current_user") == "openiop_owner"
        assert server.alive() is True
    assert server.alive() is False


def test_the_first_of_two_users_leaves_the_server_running(server: Embedded) -> None:
    second = Embedded(server.data_dir, durable=False)
    server.start()
    second.start()
    assert server.stop_if_last() is False
    assert second.alive() is True
    assert second.stop_if_last() is True
    assert second.alive() is False


def test_a_path_longer_than_a_socket_may_have_works(tmp_path: Path) -> None:
    server = Embedded(tmp_path / ("long" * 25) / ("path" * 25), durable=False)
    with server as urls:
        assert one(urls.app, "SELECT 1") == 1
    assert server.socket_dir.exists() is False


def test_processes_that_start_at_once_share_one_server(server: Embedded) -> None:
    program = (
        "import sys; from pathlib import Path; from openiop.config.embedded import Embedded\n"
        "import psycopg\n"
        "with Embedded(Path(sys.argv[1]), durable=False) as urls:\n"
        "    with psycopg.connect(urls.app) as c:\n"
        "        print(c.execute('SELECT pg_postmaster_start_time()::text').fetchone()[0])\n"
        "    input()\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(server.data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    times = [process.stdout.readline() for process in started if process.stdout]
    for process in started:
        process.communicate("\n")
    assert [process.returncode for process in started] == [0, 0, 0]
    assert len(times) == 3
    assert len(set(times)) == 1
    assert server.alive() is False


def test_what_was_acknowledged_before_kill_9_is_there_afterward(tmp_path: Path) -> None:
    server = Embedded(tmp_path / "data")
    program = (
        "import sys, psycopg\n"
        "with psycopg.connect(sys.argv[1], autocommit=True) as c:\n"
        "    for number in range(1000000):\n"
        "        c.execute('INSERT INTO written VALUES (%s)', [number])\n"
        "        print(number, flush=True)\n"
    )
    with server as urls:
        with psycopg.connect(urls.owner) as connection:
            connection.execute("CREATE TABLE written (number int PRIMARY KEY)")
        writer = subprocess.Popen(
            [sys.executable, "-c", program, urls.app],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        first = writer.stdout.readline() if writer.stdout else ""  # it writes: now let it run on
        time.sleep(1)
        kill_server(server.data_dir)
        acknowledged, _ = writer.communicate(timeout=30)
        last = int((first + acknowledged).split()[-1])
        server.start()
        with psycopg.connect(urls.app) as connection:
            rows = connection.execute("SELECT number FROM written ORDER BY 1").fetchall()
    kept = [number for (number,) in rows]
    assert kept[: last + 1] == list(range(last + 1))
    # The one under way when the server died may have been kept without being acknowledged.
    assert len(kept) - (last + 1) in (0, 1)


def test_an_interrupted_first_start_is_started_over(server: Embedded) -> None:
    (server.data_dir / "postgres.part").mkdir(parents=True)
    (server.data_dir / "postgres.part" / "PG_VERSION").write_text("18\n")
    with server as urls:
        assert one(urls.app, "SELECT 1") == 1
    assert (server.data_dir / "postgres.part").exists() is False


def test_a_folder_of_another_major_version_is_refused_with_a_sentence(server: Embedded) -> None:
    (server.data_dir / "postgres").mkdir(parents=True)
    (server.data_dir / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedError, match="was made by PostgreSQL 16"):
        server.start()


def test_a_socket_folder_of_somebody_else_is_refused(server: Embedded) -> None:
    server.socket_dir.mkdir(mode=0o755)
    server.socket_dir.chmod(0o777)
    with pytest.raises(EmbeddedError, match="belongs to somebody else"):
        server.start()


def test_only_this_user_reaches_socket_and_data(running: Embedded) -> None:
    modes = [path.stat().st_mode & 0o777 for path in (running.socket_dir, running.cluster)]
    assert modes == [0o700, 0o700]


def test_the_app_role_uses_the_owners_tables_and_owns_nothing(running: Embedded) -> None:
    urls = running.urls
    with psycopg.connect(urls.owner) as connection:
        connection.execute("CREATE TABLE thing (id serial PRIMARY KEY)")
    with psycopg.connect(urls.app, autocommit=True) as app:
        app.execute("INSERT INTO thing DEFAULT VALUES")
        app.execute("UPDATE thing SET id = 7")
        for refused in ("TRUNCATE thing", "DROP TABLE thing", "CREATE TABLE mine (id int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)
    rights = one(
        urls.owner,
        "SELECT array_agg((rolname, rolsuper, rolbypassrls, rolcreaterole)::text ORDER BY rolname)"
        " FROM pg_roles WHERE rolname LIKE 'openiop%'",
    )
    assert rights == ["(openiop_app,f,f,f)", "(openiop_owner,f,f,f)"]


def test_outside_tests_the_app_role_makes_no_database(tmp_path: Path) -> None:
    with Embedded(tmp_path / "data") as urls:
        assert one(urls.app, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user") is (
            False
        )
        assert one(urls.app, "SHOW fsync") == "on"


def test_the_servers_log_keeps_no_value_of_a_failed_statement(running: Embedded) -> None:
    urls = running.urls
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE person (name text UNIQUE, born date)")
        connection.execute("INSERT INTO person VALUES ('Zebedee Quill')")
        for failing in (
            "INSERT INTO person VALUES ('Zebedee Quill')",
            "SELECT 'Zebedee Quill'::int",
            "SELECT 'Zebedee Quill' FROM nowhere",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(failing)
    assert ("Zebedee" in (running.cluster / "server.log").read_text()) is False


def test_a_server_whose_folder_was_removed_is_not_made_anew(server: Embedded) -> None:
    with server:
        kill_server(server.data_dir)
        shutil.rmtree(server.data_dir)
        with pytest.raises(EmbeddedError, match="is gone: restore a backup"):
            server.revive()
        assert server.data_dir.exists() is False
        server.data_dir.mkdir()


def test_emptying_ends_connections_and_keeps_the_grants(running: Embedded) -> None:
    urls = running.urls
    with psycopg.connect(urls.owner) as connection:
        connection.execute("CREATE TABLE passing (id int)")
    running.empty()
    with psycopg.connect(urls.owner) as connection:
        connection.execute("CREATE TABLE other (id int)")
    assert one(urls.app, "SELECT count(*) FROM other") == 0
    assert one(urls.app, "SELECT to_regclass('passing')") is None


def test_the_guide_for_other_servers_repeats_the_roles_word_for_word() -> None:
    guide = (ROOT / "docs" / "operate" / "database.md").read_text()
    assert ROLE_SQL in guide
    assert GRANT_SQL in guide


@pytest.mark.skipif(os.getuid() != 0, reason="only root has to give way to another account")
def test_root_runs_it_as_an_account_without_rights_below_a_closed_folder(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    server = Embedded(tmp_path / "closed" / "data", durable=False)
    with server as urls:
        assert one(urls.app, "SELECT 1") == 1
        assert server.cluster.stat().st_uid == server.socket_dir.stat().st_uid != 0
    assert (tmp_path / "closed").stat().st_mode & 0o777 == 0o700
