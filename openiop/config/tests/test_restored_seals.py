"""The audit's seals hold across a backup and a restore into another database server."""

import json
import os
from dataclasses import replace
from typing import Any

import pytest

from openiop.access import seals
from openiop.access.door import opened_for, opened_for_job
from openiop.config import environment
from openiop.config.backup import backup, restore
from openiop.config.embedded import Embedded
from openiop.config.tests.conftest import openiop, url_of

SEAL_AGAIN = """
from openiop.access import seals
from openiop.access.door import opened_for
with opened_for(1, "access.home"):
    pass
before = [str(one) for one in seals.verify()]
print([before, seals.seal_all() > 0, [str(one) for one in seals.verify()]])
"""


@pytest.mark.slow
def test_seals_verify_on_another_server_and_go_on_there(
    cluster: Any, own_database: str, network: Any, server: Embedded, settings: Any
) -> None:
    os.makedirs(server.data_dir, exist_ok=True)
    environment.make_keys(server.data_dir)
    key = server.data_dir / "encryption.key"
    settings.ENV = replace(settings.ENV, encryption_key_file=key)
    for _ in range(3):  # the newest row stays unsealed, as in any backup
        with opened_for(1, "access.home"):
            pass
        with opened_for_job("access.audit.seal", 1) as permit:
            seals.seal(permit)
    source = environment.read(
        {"OPENIOP_DATA": str(server.data_dir), "OPENIOP_OWNER_URL": url_of(cluster, own_database)}
    )
    kept = server.data_dir.parent / "kept"
    backup(source, None, kept, lambda *_: None)
    with server as urls:
        restore(replace(source, owner_url=urls.owner), server, kept, lambda *_: None)
        environment.write_marker(server.data_dir, seed=1, size="small", filled=True)
        checked = json.loads(openiop("check", "--data", server.data_dir, "--json").stdout)
        again = openiop("manage", "--data", server.data_dir, "shell", "-v0", "-c", SEAL_AGAIN)
    told = {one["name"]: one["sentence"] for one in checked["checks"]}
    assert told["audit seals"] == "The seals of the audit log verify."
    assert again.stdout.strip() == "[[], True, []]"
