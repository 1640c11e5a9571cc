"""Who opened a record, in words; and that asking is written down too."""

from datetime import timedelta

import pytest
from django.utils import timezone

from openiop.access import actions, door
from openiop.access.queries import audit
from openiop.access.queries.audit import AuditFilters, all_events, events
from openiop.access.queries.records import sought
from openiop.kernel.permits import NotPermitted


@pytest.fixture
def record(system):
    with system("access.record.issue") as permit:
        return actions.issue_record(permit, 1)


def look(opened, who: str, record, **options) -> None:
    with opened(who, "access.home", **options) as permit:
        door.admit(permit, record.number)


def asked(opened, **wanted) -> list[tuple[str, str, str]]:
    with opened("paula", "access.audit.read") as permit:
        return [
            (row.who, row.words, row.place) for row in events(permit, AuditFilters(**wanted)).rows
        ]


def test_who_opened_a_record_is_told_with_name_role_and_act(opened, record):
    look(opened, "alice", record)
    look(opened, "bob", record)
    assert asked(opened, record=record.id)[:2] == [
        ("Bob Brown", "open the desk", "Clinician, North"),
        ("Alice Adams", "open the desk", "Clinician, North"),
    ]


def test_asking_is_written_down_with_the_names_of_the_filters(opened, record):
    asked(opened, record=record.id, kind="read")
    found = asked(opened, record=record.id, user=8)
    assert found == [("Paula Park", "read who opened a record", "Privacy officer, Gulf; "
                      "Privacy officer, North; Privacy officer, South")]  # fmt: skip
    with opened("paula", "access.audit.read") as permit:
        assert events(permit, AuditFilters(user=8)).rows[0].fields == ("record", "user")


def test_events_are_narrowed_by_person_act_kind_outcome_and_day(opened, record):
    look(opened, "alice", record)
    yesterday = timezone.now() - timedelta(days=1)
    look(opened, "bob", record, now=yesterday)
    day = door.opened_for(8, "access.home")
    with day as permit:
        today = permit.today(permit.timezone)
    assert {
        who
        for who, *_ in asked(
            opened, record=record.id, kind="read", last_on=today - timedelta(days=1)
        )
    } == {"Bob Brown"}
    assert {who for who, *_ in asked(opened, act="access.home", first_on=today, user=1)} == {
        "Alice Adams"
    }
    assert [words for _, words, _ in asked(opened, record=record.id, kind="write")] == [
        "issue a record number"
    ]
    assert asked(opened, outcome="refused") == []


def test_an_emergency_says_so(opened, record):
    with opened("charlie", "access.glass.break") as permit:
        actions.break_glass(permit, record.number, "collapsed")
    look(opened, "charlie", record)
    with opened("paula", "access.audit.read") as permit:
        rows = events(permit, AuditFilters(record=record.id, user=3)).rows
    assert [(row.words, row.reason) for row in rows] == [
        ("open the desk", "emergency"), ("open a record in an emergency", "collapsed"),
    ]  # fmt: skip


def test_what_a_job_did_stands_under_its_name(opened, record):
    assert asked(opened, record=record.id) == [
        ("job:access.record.issue", "issue a record number", "")
    ]


def test_pages_follow_each_other_without_a_gap(opened, record, monkeypatch):
    monkeypatch.setattr(audit, "PAGE", 2)
    for who in ("alice", "bob", "alice"):
        look(opened, who, record)
    seen, before = [], None
    with opened("paula", "access.audit.read") as permit:
        while True:
            page = events(permit, AuditFilters(record=record.id, before=before))
            seen += [row.id for row in page.rows]
            before = page.older
            if before is None:
                break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 4


def test_the_file_holds_what_the_pages_show(opened, record):
    look(opened, "alice", record)
    with opened("paula", "access.audit.read") as permit:
        pages = events(permit, AuditFilters(record=record.id)).rows
        assert list(all_events(permit, AuditFilters(record=record.id))) == pages


@pytest.mark.parametrize("count", [1, 5])
def test_a_page_takes_as_many_statements_for_one_row_as_for_five(
    opened, record, count, django_assert_num_queries
):
    for _ in range(count):
        look(opened, "alice", record)
    with opened("paula", "access.audit.read") as permit, django_assert_num_queries(4):
        events(permit, AuditFilters(record=record.id))


def test_another_organization_reads_nothing_of_ours(opened, record):
    with opened("riva", "access.audit.read") as permit:
        assert sought(permit, record.number) is None
        assert events(permit, AuditFilters(record=record.id)).rows == []
        assert {row.user for row in events(permit, AuditFilters()).rows} <= {12}


def test_a_director_does_not_read_the_audit(opened):
    with pytest.raises(NotPermitted), opened("dana", "access.audit.read"):
        pass


def test_words_of_an_act_that_is_gone_are_its_name():
    assert audit.act_words("access.home") == "open the desk"
    assert audit.act_words("long.gone") == "long.gone"
