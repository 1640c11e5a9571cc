"""Seals: whatever happens to a sealed audit row is found and named, and nobody waits for it."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import psycopg
import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from openiop.access import seals
from openiop.access.door import opened_for, opened_for_job
from openiop.access.models import AuditEvent, Seal
from openiop.kernel.permits import Refused


@pytest.fixture(autouse=True)
def key(settings, tmp_path):
    """An encryption key of the test's own."""
    file = tmp_path / "encryption.key"
    file.write_text("a key that only this test knows, 32 bytes or more\n")
    settings.ENV = replace(settings.ENV, encryption_key_file=file)
    return file


def look(user: int = 1, times: int = 1) -> None:
    """One audit row each: somebody opened the desk."""
    for _ in range(times):
        with opened_for(user, "access.home"):
            pass


def sealed() -> int:
    with opened_for_job("access.audit.seal", 1) as permit:
        return seals.seal(permit)


def of(findings: list[seals.Finding]) -> list[tuple[str, int | None, int]]:
    return [(one.kind, one.audit_id, one.seal) for one in findings]


@pytest.fixture
def owner(cluster, own_database):
    """Somebody with the owner's rights, who runs one statement."""

    def run(statement: str, *values) -> list[tuple]:
        where = make_conninfo(cluster.owner, dbname=own_database)
        with psycopg.connect(where, options="-c iop.org=*") as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def tamper(owner):
    """The same with the triggers lifted, which only the owner can do."""

    def run(statement: str, *values) -> None:
        for table in ("access_auditevent", "access_seal"):
            owner(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner(statement, *values)
        for table in ("access_auditevent", "access_seal"):
            owner(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return run


@pytest.fixture
def events(owner):
    """The ids in the audit, looked up without a door, which would leave a row of its own."""
    return lambda: [row[0] for row in owner("SELECT id FROM access_auditevent ORDER BY id")]


def test_an_audit_nobody_touched_verifies(own_database, network):
    look(times=3)
    assert sealed() == 3
    look()
    assert sealed() == 2  # that one, and what the first sealing left
    assert of(seals.verify(1)) == []


def test_nothing_new_makes_no_seal(own_database, network):
    with opened_for_job("access.audit.seal", 1) as permit:
        assert seals.seal(permit) == 0
        assert Seal.objects.count() == 0


def test_a_quiet_night_leaves_nothing_to_seal(own_database, network):
    look()
    with opened_for_job("access.audit.seal", 1) as permit:
        assert seals.pending(permit)
        seals.seal(permit)
    with opened_for_job("access.audit.seal", 1) as permit:
        assert not seals.pending(permit)
    look()
    with opened_for_job("access.audit.seal", 1) as permit:
        assert seals.pending(permit)


def test_it_is_told_since_when_rows_wait_for_a_seal(own_database, network):
    assert seals.waiting_since() is None
    look()
    look(network.users["riva"])
    waiting = seals.waiting_since()
    with opened_for_job("access.audit.seal", 1):
        assert waiting == AuditEvent.objects.get(act="access.home").written_at
    seals.seal_all()
    assert seals.waiting_since() is None


def test_ids_have_no_holes_so_a_seal_is_a_few_words(own_database, network):
    look(times=5)
    sealed()
    with opened_for_job("access.audit.seal", 1):
        assert Seal.objects.get().ids == "{[1,6)}"


def test_a_changed_row_is_found_and_named(network, tamper, events):
    look(times=3)
    sealed()
    second = events()[1]
    tamper('UPDATE access_auditevent SET "user" = 2 WHERE id = %s', second)
    found = seals.verify(1)
    assert of(found) == [("changed", second, 1)]
    assert str(found[0]) == f"Audit row {second} was changed after seal 1."


@pytest.mark.parametrize("column", [name for name in seals.FIELDS if name not in ("id", "fields")])
def test_no_column_can_be_changed_unseen(column):
    row = dict.fromkeys(seals.FIELDS, 1)
    key = b"key"
    before = seals._row_digest(key, list(row.values()))
    assert seals._row_digest(key, list((row | {column: 2}).values())) != before


def test_a_removed_row_is_found_and_named(network, tamper, events):
    look(times=3)
    sealed()
    second = events()[1]
    tamper("DELETE FROM access_auditevent WHERE id = %s", second)
    found = seals.verify(1)
    assert of(found) == [("missing", second, 1)]
    assert str(found[0]) == f"Audit row {second}, sealed in seal 1, is missing."


def test_an_inserted_row_is_found_and_named(network, owner, tamper):
    look(times=2)
    hole = owner("SELECT nextval('access_auditevent_id_seq')")[0][0]  # as a rollback leaves one
    look()
    sealed()
    tamper(
        "INSERT INTO access_auditevent SELECT (r).* FROM (SELECT jsonb_populate_record(e,"
        " jsonb_build_object('id', %s::bigint, 'user', 2)) AS r FROM access_auditevent e"
        " ORDER BY e.id LIMIT 1) forged",
        hole,
    )
    found = seals.verify(1)
    assert of(found) == [("added", hole, 1)]
    assert str(found[0]) == f"Audit row {hole} was added behind seal 1."


def test_a_row_moved_to_another_organization_is_missing_here(network, tamper, events):
    look(times=2)
    sealed()
    first = events()[0]
    tamper("UPDATE access_auditevent SET organization_id = 2 WHERE id = %s", first)
    assert of(seals.verify(1)) == [("missing", first, 1)]


def test_a_seal_cannot_be_changed_removed_or_forged(network, tamper, key):
    for _ in range(3):
        look()
        sealed()
    tamper("UPDATE access_seal SET rows = rows + 1 WHERE number = 2")
    assert of(seals.verify(1)) == [("chain", None, 2)]
    tamper("DELETE FROM access_seal WHERE number = 2")
    assert of(seals.verify(1))[0] == ("chain", None, 2)
    key.write_text("another key, with which somebody tries to make the seals anew")
    assert ("chain", None, 3) in of(seals.verify(1))


def test_without_the_key_the_seals_say_so(own_database, network, key):
    look()
    sealed()
    key.unlink()
    with pytest.raises(Refused) as no:
        seals.verify(1)
    assert no.value.sentence == (f"The encryption key {key} cannot be read.")


def test_each_organization_has_a_chain_of_its_own(own_database, network):
    look()
    look(network.users["riva"])
    assert seals.seal_all() == 2
    for organization in (1, 2):
        with opened_for_job("access.audit.seal", organization):
            assert list(Seal.objects.values_list("number", "rows")) == [(1, 1)]
    assert seals.verify() == []


def test_a_long_audit_is_sealed_in_batches(own_database, network, monkeypatch):
    monkeypatch.setattr(seals, "BATCH", 4)
    look(times=10)
    assert seals.seal_all() == 10
    with opened_for_job("access.audit.seal", 1):
        assert list(Seal.objects.order_by("number").values_list("rows", flat=True)) == [4, 4, 2]
    assert seals.verify(1) == []


@contextmanager
def begun(cluster, database: str) -> Iterator[psycopg.Connection]:
    """A writer who has written one audit row and not committed yet."""
    with closing(psycopg.connect(make_conninfo(cluster.app, dbname=database))) as writer:
        writer.execute("SELECT door.bind_system(1)")
        writer.execute(
            "INSERT INTO access_auditevent (organization_id, at, written_at, actor, act, kind,"
            ' outcome, "table", fields, reason, request_id, address) VALUES (1, now(), now(),'
            " 'job:x', 'access.home', 'read', 'done', '', '{}', '', '', '')"
        )
        yield writer


def test_a_row_still_being_written_is_sealed_by_the_next_batch(cluster, own_database, network):
    with begun(cluster, own_database) as writer:
        look()
        assert sealed() == 1
        assert seals.verify(1) == []
        assert sealed() == 2  # the writer stays open over a second sealing
        writer.commit()
    assert seals.verify(1) == []
    assert sealed() == 3
    with opened_for_job("access.audit.seal", 1):
        ids = list(Seal.objects.order_by("number").values_list("ids", flat=True))
    assert ids == ["{[2,3)}", "{[3,5)}", "{[1,2),[5,7)}"]
    assert seals.verify(1) == []


def test_a_writer_who_gives_up_leaves_a_hole_that_is_no_finding(cluster, own_database, network):
    with begun(cluster, own_database) as writer:
        look()
        sealed()
        writer.rollback()
    look()
    sealed()
    assert seals.verify(1) == []


def test_sealing_while_many_write_misses_no_row_and_stops_nobody(cluster, own_database, network):
    stop, chance = threading.Event(), random.Random(7)
    waits = [[chance.uniform(0, 0.02) for _ in range(40)] for _ in range(4)]

    def write(pauses: list[float]) -> None:
        for number, pause in enumerate(pauses):
            with begun(cluster, own_database) as writer:
                time.sleep(pause)
                writer.rollback() if number % 5 == 0 else writer.commit()

    def keep_sealing() -> None:
        while not stop.is_set():
            sealed()
        connections.close_all()

    sealers = [threading.Thread(target=keep_sealing) for _ in range(2)]
    writers = [threading.Thread(target=write, args=[pauses]) for pauses in waits]
    for each in sealers + writers:
        each.start()
    for each in writers:
        each.join()
    stop.set()
    for each in sealers:
        each.join()
    sealed()
    with opened_for_job("access.audit.seal", 1):
        sealed_rows = sum(Seal.objects.values_list("rows", flat=True))
        assert AuditEvent.objects.filter(actor="job:x").count() == 4 * 32
        assert AuditEvent.objects.count() == sealed_rows + 1  # the last sealing's own row
    assert seals.verify(1) == []


@given(st.sets(st.integers(1, 400)).map(sorted))
def test_ids_are_read_back_as_they_were_written(ids):
    assert seals._ids_of(seals._text_of(ids)) == ids


@given(st.sets(st.integers(1, 60)).map(sorted), st.integers(0, 61))
def test_an_id_is_held_when_it_was_sealed(ids, audit_id):
    spans = seals._spans_of(seals._text_of(ids))
    assert seals._held(spans, audit_id) == (audit_id in ids)
