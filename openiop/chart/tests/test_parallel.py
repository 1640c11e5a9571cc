"""Ten at once: one signature each, one text, no error shown."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from openiop.chart import actions
from openiop.chart.actions import Conflict, Typed
from openiop.chart.models import GroupNote, Note, Signature
from openiop.chart.tests.world import WRITING, as_staff, make_session, part, write_all
from openiop.schedule.tests.world import as_job


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    def run(number: int) -> Any:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def test_ten_windows_sign_at_once_and_each_note_has_one_signature(own_database, network):
    held = make_session(5)
    write_all(held)

    def sign(_: int) -> int:
        with as_staff("alice") as permit:
            return len(actions.sign(permit, held.id).signed)

    assert sorted(at_once(10, sign)) == [0] * 9 + [5]
    with as_staff("alice"):
        assert Signature.objects.count() == 5
        assert Note.objects.filter(signed_at=WRITING).count() == 5


def test_ten_windows_write_one_part_and_one_text_stands(own_database, network):
    held = make_session(1)
    record = held.records[0]

    def save(number: int) -> str:
        with as_staff("alice") as permit:
            text = part(number)
            try:
                actions.save_part(permit, held.id, record, text, Typed(0, f"page{number}"))
            except Conflict:
                return ""
            return text.response

    saved = [text for text in at_once(10, save) if text]
    with as_staff("alice"):
        row = Note.objects.get()
    assert saved == [row.response]
    assert row.version == 1


def test_the_clock_and_the_writer_open_the_same_notes_once(own_database, network):
    held = make_session(4)

    def begin(number: int) -> None:
        if number % 2:
            with as_job("chart.note.escalate", WRITING) as permit:
                actions.open_notes(permit, [held.id])
        else:
            with as_staff("alice") as permit:
                record = held.records[number // 2 % 4]
                actions.save_part(permit, held.id, record, part(number), Typed(0, "one"))

    at_once(8, begin)
    with as_staff("alice"):
        assert sorted(Note.objects.values_list("record_id", flat=True)) == sorted(held.records)
        assert GroupNote.objects.count() <= 1
        assert Note.objects.filter(version=1).count() == 4
