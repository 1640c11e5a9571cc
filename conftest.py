"""The test database: one migrated template with a small network in it, cloned for each worker.

Tests connect as the role that runs the pages, so row-level security holds in them too.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import psycopg
import pytest
from psycopg import sql

# A busy machine is no reason to fail: properties are checked for what they say, not for speed.
hypothesis.settings.register_profile(
    "calm", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("calm")

ROOT = Path(__file__).parent
SHARED = Path(os.environ.get("OPENIOP_SHARED", ROOT.parent / "shared"))


@pytest.fixture(autouse=True)
def as_at_the_start() -> None:
    """A page left its language and zone on the thread: the next test begins without them."""
    from django.utils import timezone, translation

    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real files of others; tests that read them are skipped where the folder is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the folder with real files of others is not on this machine")
    return SHARED / "data"


def fingerprint() -> str:
    """Changes whenever a migration, a policy or the test network changes."""
    digest = sha256()
    files = [
        *ROOT.glob("openiop/*/migrations/*.py"),
        ROOT / "openiop/access/scope.sql",
        ROOT / "openiop/access/scope.py",
        ROOT / "openiop/config/network_for_tests.py",
    ]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def owner_run(owner_url: str, statement: str, *names: str) -> None:
    """One statement by the owner, outside any transaction."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def drop(owner_url: str, name: str) -> None:
    """Drop a database; a vacuum of the server's own that runs in it may not be ended, so wait."""
    for attempt in range(40):
        try:
            owner_run(owner_url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            break
        except psycopg.errors.InsufficientPrivilege:
            if attempt == 39:
                raise
            time.sleep(0.25)


def exists(owner_url: str, name: str) -> bool:
    with psycopg.connect(owner_url) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None


@contextmanager
def owning(database: str, urls: Any) -> Iterator[None]:
    """Django's connection as the owner of `database`, seeing all organizations."""
    from django.db import connection
    from psycopg.conninfo import conninfo_to_dict

    kept = dict(connection.settings_dict)
    parts = conninfo_to_dict(urls.owner)
    connection.close()
    connection.settings_dict.update(
        NAME=database, USER=parts["user"], HOST=parts.get("host", ""),
        OPTIONS={"options": "-c iop.org=*"},
    )  # fmt: skip
    guards = connection.execute_wrappers[:]
    connection.execute_wrappers.clear()
    try:
        yield
    finally:
        connection.close()
        connection.execute_wrappers.extend(guards)
        connection.settings_dict.clear()
        connection.settings_dict.update(kept)


@pytest.fixture(scope="session")
def cluster() -> Any:
    """The test server's two URLs: `app` and `owner`."""
    from openiop.config import embedded

    if os.environ.get("DATABASE_URL") and os.environ.get("OPENIOP_OWNER_URL"):
        return SimpleNamespace(
            app=os.environ["DATABASE_URL"], owner=os.environ["OPENIOP_OWNER_URL"]
        )
    return embedded.test_cluster()


@pytest.fixture(scope="session")
def template(cluster: Any, django_db_blocker: Any) -> str:
    """Name of the migrated template database; made once for each state of the migrations."""
    from django.core.management import call_command

    name = f"tpl_{fingerprint()}"
    lock = ROOT / ".cache" / "template.lock"
    lock.parent.mkdir(exist_ok=True)
    with open(lock, "w") as file, django_db_blocker.unblock():
        fcntl.flock(file, fcntl.LOCK_EX)
        if not exists(cluster.owner, name):
            building = f"{name}_building"
            drop(cluster.owner, building)
            owner_run(cluster.owner, "CREATE DATABASE {}", building)
            grant_usage(cluster, building)
            with owning(building, cluster):
                from openiop.config import network_for_tests
                from openiop.config.migrating import quick_if_empty

                with quick_if_empty():
                    call_command("migrate", verbosity=0)
                network_for_tests.build()
            owner_run(cluster.owner, f"ALTER DATABASE {{}} RENAME TO {name}", building)
    return name


def grant_usage(cluster: Any, database: str) -> None:
    """The app role's rights in a new database, as `openiop migrate` grants them."""
    from psycopg.conninfo import make_conninfo

    from openiop.config.embedded import GRANT_SQL

    with psycopg.connect(make_conninfo(cluster.owner, dbname=database)) as connection:
        connection.execute(GRANT_SQL)


def clone(cluster: Any, template: str, name: str) -> None:
    """A fresh copy of the template; about 0.2 s."""
    drop(cluster.owner, name)
    owner_run(cluster.owner, "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)


def point_to(database: str, cluster: Any) -> None:
    """Send Django's connection to `database` as the app role, unpooled."""
    from django.conf import settings
    from django.db import connection
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(cluster.app)
    connection.close()
    connection.settings_dict.update(
        NAME=database, USER=parts["user"], HOST=parts.get("host", ""), OPTIONS=settings.PREPARED
    )


@pytest.fixture(scope="session")
def django_db_setup(
    cluster: Any, template: str, django_db_blocker: Any, worker_id: str
) -> Iterator[None]:
    name = f"test_{os.getpid()}_{worker_id}"
    clone(cluster, template, name)
    with django_db_blocker.unblock():
        point_to(name, cluster)
        yield
        from django.db import connection

        connection.close()
    drop(cluster.owner, name)


@pytest.fixture(scope="session")
def worker_id(request: Any) -> str:
    """The xdist worker, or "main"."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture
def own_database(
    cluster: Any, template: str, django_db_blocker: Any, worker_id: str
) -> Iterator[str]:
    """A database of its own for tests with real parallel writers: what they commit stays there."""
    from django.db import connection

    name = f"own_{os.getpid()}_{worker_id}"
    clone(cluster, template, name)
    with django_db_blocker.unblock():
        kept = dict(connection.settings_dict)
        point_to(name, cluster)
        try:
            yield name
        finally:
            connection.close()
            connection.settings_dict.clear()
            connection.settings_dict.update(kept)
    drop(cluster.owner, name)


@pytest.fixture
def network(request: Any) -> Any:
    """The small network of `network_for_tests`: ids by name, the same in every test."""
    if "own_database" not in request.fixturenames:
        request.getfixturevalue("db")
    from openiop.config import network_for_tests

    return network_for_tests.IDS


@pytest.fixture
def opened(network: Any) -> Callable[..., Any]:
    """`with opened("alice", "chart.note.sign") as permit:` — a staff member's open door."""
    from openiop.access import door

    def open_for(person: str, act: str, **options: Any) -> Any:
        return door.opened_for(network.users[person], act, **options)

    return open_for


@pytest.fixture
def system(network: Any) -> Callable[..., Any]:
    """`with system("patients.patient.write") as permit:` — a job's open door, all clinics."""
    from openiop.access import door

    def open_for(act: str, organization: str = "lakeside", **options: Any) -> Any:
        return door.opened_for_job(act, network.organizations[organization], **options)

    return open_for


@pytest.fixture
def signed_in(network: Any) -> Callable[[str], Any]:
    """`signed_in("alice")` is a test client with Alice's session."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    def client(person: str) -> Client:
        session = Client()
        session.force_login(get_user_model().objects.get(pk=network.users[person]))
        return session

    return client
