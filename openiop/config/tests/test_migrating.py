"""An empty database is migrated quickly, into the very tables Django's own way makes."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.state import ProjectState

from conftest import drop, grant_usage, owner_run, owning
from openiop.config.embedded import binaries
from openiop.config.migrating import quick_if_empty
from openiop.config.tests.conftest import url_of

USUAL = ProjectState._find_reload_model  # type: ignore[attr-defined]


@contextmanager
def empty_database(cluster: Any, blocker: Any, name: str) -> Iterator[None]:
    """Django's connection, as the owner role, to a new empty database."""
    drop(cluster.owner, name)
    owner_run(cluster.owner, "CREATE DATABASE {}", name)
    grant_usage(cluster, name)
    with blocker.unblock(), owning(name, cluster):
        yield
    drop(cluster.owner, name)


def tables(cluster: Any, name: str) -> str:
    """Everything pg_dump tells of a database beside its rows."""
    command = [str(binaries() / "pg_dump"), "-s", "--restrict-key=a", url_of(cluster, name)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_the_quick_way_makes_the_same_tables(
    cluster: Any, django_db_blocker: Any, worker_id: str
) -> None:
    made = []
    for way in ("quick", "usual"):
        name = f"{way}_{worker_id}"
        with empty_database(cluster, django_db_blocker, name):
            if way == "quick":
                with quick_if_empty() as quick:
                    assert quick
                    call_command("migrate", "programs", verbosity=0)
            else:
                call_command("migrate", "programs", verbosity=0)
            made.append(tables(cluster, name))
    assert made[0] == made[1]
    assert "CREATE TABLE public.programs_enrollment (" in made[0]


@pytest.mark.django_db
def test_a_database_with_tables_is_migrated_the_usual_way() -> None:
    with quick_if_empty() as quick:
        assert not quick
        assert ProjectState._find_reload_model is USUAL  # type: ignore[attr-defined]


@pytest.mark.slow
def test_the_usual_way_is_back_afterwards(
    cluster: Any, django_db_blocker: Any, worker_id: str
) -> None:
    with empty_database(cluster, django_db_blocker, f"back_{worker_id}"):
        with quick_if_empty() as quick:
            assert quick
            assert ProjectState._find_reload_model is not USUAL  # type: ignore[attr-defined]
        assert connection.introspection.table_names() == []
    assert ProjectState._find_reload_model is USUAL  # type: ignore[attr-defined]
