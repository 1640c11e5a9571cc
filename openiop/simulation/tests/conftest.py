"""A past, lived once for all tests of this folder, in a database of its own."""

import os
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def lived(
    cluster: Any, template: str, django_db_blocker: Any, worker_id: str
) -> Iterator[dict[str, Any]]:
    """What `live` told of a network of two clinics and two copies of it, lived in two processes;
    the connection stays at its database."""
    from django.db import connection

    from conftest import clone, drop, point_to
    from openiop.simulation import actions

    name = f"lived_{os.getpid()}_{worker_id}"
    clone(cluster, template, name)
    usual = actions.COPIES
    with django_db_blocker.unblock():
        kept = dict(connection.settings_dict)
        point_to(name, cluster)
        try:
            actions.COPIES = {"small": 2}
            yield actions.live(size="small", seed=3, clinics=2, processes=2)
        finally:
            actions.COPIES = usual
            connection.close()
            connection.settings_dict.clear()
            connection.settings_dict.update(kept)
    drop(cluster.owner, name)
