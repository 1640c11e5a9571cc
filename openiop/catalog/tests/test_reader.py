"""What the files say, source by source and day by day."""

from datetime import date

import pytest

from openiop.catalog import credential_kind, credential_kinds, keys, payers, regulation, sources
from openiop.catalog.reader import Regulation, declared, titles

DAY = date(2026, 3, 2)


def value(source: str, key: str, on: date = DAY) -> object:
    found = regulation(source, key, on=on)
    return found.value if found else None


def test_the_texas_group_limit_reads_whole() -> None:
    assert regulation("us-tx", "group.counseling.max", on=date(2024, 4, 30)) == Regulation(
        key="group.counseling.max",
        value=16,
        unit="people",
        severity="block",
        source="us-tx",
        jurisdiction="Texas",
        citation="26 TAC 564.901(b)",
        in_force_from=date(2024, 4, 30),
        in_force_to=None,
        reviewed=True,
        note="The text says a maximum of 16, so the sixteenth person may come.",
        title="People in a counseling group, at most",
    )


@pytest.mark.parametrize(
    ("on", "citation"),
    [
        (date(2024, 4, 29), "25 TAC 448.901(b)"),
        (date(2024, 4, 30), "26 TAC 564.901(b)"),
    ],
)
def test_the_day_a_chapter_moved_belongs_to_the_new_chapter(on: date, citation: str) -> None:
    found = regulation("us-tx", "group.education.max", on=on)
    assert found is not None
    assert (found.value, found.citation) == (35, citation)


def test_both_ends_of_a_span_are_included() -> None:
    assert value("us-il", "plan.review.due_days", date(2025, 6, 30)) == 30
    assert value("us-il", "plan.review.due_days", date(2025, 7, 1)) is None
    assert value("us-il", "discharge.summary.due_days", date(2025, 6, 30)) is None
    assert value("us-il", "discharge.summary.due_days", date(2025, 7, 1)) == 15


def test_a_leap_day_is_a_day_like_any_other() -> None:
    assert value("us-tx", "group.counseling.max", date(2024, 2, 29)) == 16
    assert value("payer/medicare", "iop.week.min_minutes", date(2024, 2, 29)) == 540


def test_a_key_or_source_without_a_file_has_no_answer() -> None:
    assert regulation("us-tx", "no.such.key", on=DAY) is None
    assert regulation("us-ny", "group.counseling.max", on=DAY) is None


def test_the_values_the_program_runs_on() -> None:
    assert {
        "tx note": value("us-tx", "note.progress.due_hours"),
        "il note": value("us-il", "note.progress.due_hours"),
        "house note": value("house", "note.progress.due_hours"),
        "tx plan": value("us-tx", "plan.initial.due_service_days"),
        "tx summary": value("us-tx", "discharge.summary.due_days"),
        "il summary": value("us-il", "discharge.summary.due_days"),
        "il counseling": value("us-il", "group.counseling.max"),
        "il education": value("us-il", "group.education.max"),
        "house group": value("house", "group.house.max"),
        "week": value("us-federal", "iop.week.min_minutes"),
        "week at most": value("us-federal", "iop.week.max_minutes"),
        "day": value("us-federal", "iop.day.min_minutes"),
        "days": value("us-federal", "iop.week.min_days"),
        "minor": value("us-federal", "iop.minor.week.min_minutes"),
        "individual": value("house", "individual.min_per_month"),
        "overdue": value("house", "individual.overdue_after_days"),
        "alert": value("house", "alert.acknowledge.minutes"),
        "breach": value("us-federal", "incident.breach.notify_people.due_days"),
    } == {
        "tx note": 72,
        "il note": 48,
        "house note": 24,
        "tx plan": 5,
        "tx summary": 30,
        "il summary": 15,
        "il counseling": 15,
        "il education": 24,
        "house group": 11,
        "week": 540,
        "week at most": 1140,
        "day": 180,
        "days": 3,
        "minor": 360,
        "individual": 1,
        "overdue": 21,
        "alert": 15,
        "breach": 60,
    }


def test_figures_nobody_has_confirmed_say_so() -> None:
    for source, key in (
        ("us-il", "group.counseling.max"),
        ("us-il", "group.education.max"),
        ("us-il", "note.progress.due_hours"),
        ("us-tx", "note.progress.due_hours"),
        ("us-tx", "intern.level2.cosign_documents"),
    ):
        found = regulation(source, key, on=DAY)
        assert found is not None
        assert (key, found.reviewed) == (key, False)


def test_every_key_has_a_title_and_every_source_a_name() -> None:
    assert sorted(titles()) == keys()
    assert all(titles().values())
    assert sources() == [
        "house",
        "payer/medicare",
        "payer/standard-commercial",
        "payer/standard-commercial-rolling",
        "us-federal",
        "us-il",
        "us-tx",
    ]
    assert payers() == {
        "medicare": "Medicare",
        "standard-commercial": "Commercial plan, standard terms",
        "standard-commercial-rolling": "Commercial plan, standard terms with a rolling week",
    }


def test_an_unknown_key_is_declared_nowhere() -> None:
    assert declared("no.such.key") == ()


def test_a_credential_is_read_by_state_and_level() -> None:
    intern = credential_kind("lcdc-intern", state="tx", level=3, on=DAY)
    assert intern is not None
    assert (intern.initials, intern.supervision, intern.supervision_rules) == (
        "CI-III",
        "on-site-or-phone",
        "intern.level3",
    )
    assert credential_kind("lcdc", state="IL", on=DAY) is None
    assert credential_kind("lcdc-intern", state="TX", on=DAY) is None


def test_illinois_credentials_begin_with_the_rewritten_rule() -> None:
    assert credential_kind("cadc", state="IL", on=date(2025, 6, 30)) is None
    assert credential_kind("cadc", state="IL", on=date(2025, 7, 1)) is not None


def test_the_kinds_of_a_state_come_in_the_order_of_its_file() -> None:
    assert [entry.kind for entry in credential_kinds("IL")] == [
        "cadc",
        "lcpc",
        "lpc",
        "lcsw",
        "lsw",
        "lmft",
        "psychologist",
        "physician",
        "np",
        "pa",
        "rn",
        "lpn",
        "peer",
    ]
    assert credential_kinds("NY") == ()
    assert len(credential_kinds()) == len(credential_kinds("IL")) + len(credential_kinds("TX"))
