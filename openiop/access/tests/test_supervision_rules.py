"""What supervision an intern is owed, and when."""

from dataclasses import replace
from datetime import date, timedelta

from openiop.access.credential_rules import CredentialFact
from openiop.access.supervision_rules import (
    Due,
    SupervisionFact,
    SupervisionKind,
    supervision_due,
)
from openiop.catalog import HouseValue

DAY = date(2026, 3, 4)  # a Wednesday


def held(kind: str, level: int | None = None) -> CredentialFact:
    return CredentialFact(kind, "TX", "123", date(2025, 7, 1), date(2027, 2, 28), level, True)


def entry(kind: SupervisionKind, day: date, minutes: int = 60) -> SupervisionFact:
    return SupervisionFact(kind, day, minutes)


FULL_WEEKS = [
    entry(SupervisionKind.SUPERVISION, date(2026, 2, 24)),
    entry(SupervisionKind.SUPERVISION, date(2026, 3, 2)),
]


def test_a_level_one_intern_is_observed_every_two_weeks() -> None:
    seen = entry(SupervisionKind.OBSERVATION, date(2026, 2, 18))
    assert supervision_due(held("lcdc-intern", level=1), [*FULL_WEEKS, seen], DAY) == (
        Due(
            kind=SupervisionKind.OBSERVATION,
            due_on=DAY,
            overdue=False,
            missing_minutes=0,
            sentence="CI-I 123 (TX): an observation is due by 2026-03-04.",
            citation="25 TAC 140.422(d)(2), now in 26 TAC chapter 562",
            reviewed=True,
        ),
    )
    tomorrow = supervision_due(
        held("lcdc-intern", level=1), [*FULL_WEEKS, seen], DAY + timedelta(days=1)
    )
    assert [(due.due_on, due.overdue) for due in tomorrow] == [(DAY, True)]


def test_eighty_hours_of_work_bring_the_observation_forward() -> None:
    seen = entry(SupervisionKind.OBSERVATION, date(2026, 2, 25))
    work = [
        entry(SupervisionKind.HOURS, date(2026, 2, 25) + timedelta(days=n), 16 * 60)
        for n in range(6)
    ]
    found = supervision_due(held("lcdc-intern", level=1), [*FULL_WEEKS, seen, *work], DAY)
    assert [(due.due_on, due.overdue) for due in found] == [(date(2026, 3, 2), True)]


def test_a_level_three_intern_has_only_the_weekly_hour() -> None:
    assert supervision_due(held("lcdc-intern", level=3), FULL_WEEKS, DAY) == ()


def test_a_short_week_shows_before_the_running_one() -> None:
    intern = held("lcdc-intern", level=3)
    short = [entry(SupervisionKind.SUPERVISION, date(2026, 2, 28), 45)]
    found = supervision_due(intern, [*short, FULL_WEEKS[1]], DAY)
    assert [(due.due_on, due.overdue, due.missing_minutes, due.sentence) for due in found] == [
        (
            date(2026, 2, 28),
            True,
            15,
            "CI-III 123 (TX): 15 minutes of supervision are missing in the week to 2026-02-28.",
        )
    ]
    running = supervision_due(intern, [FULL_WEEKS[0]], DAY)
    assert [(due.due_on, due.overdue, due.missing_minutes) for due in running] == [
        (date(2026, 3, 7), False, 60)
    ]


def test_the_week_an_intern_began_in_is_not_asked() -> None:
    new = replace(held("lcdc-intern", level=3), issued_on=date(2026, 3, 3))
    assert supervision_due(new, [], DAY) == ()


def test_nobody_supervises_a_licensed_or_a_lapsed_person() -> None:
    assert supervision_due(held("lcdc"), [], DAY) == ()
    lapsed = replace(held("lcdc-intern", level=1), expires_on=date(2026, 3, 1))
    assert supervision_due(lapsed, [], DAY) == ()


def test_a_clinic_may_watch_its_interns_more_often_but_not_less() -> None:
    seen = entry(SupervisionKind.OBSERVATION, date(2026, 2, 25))
    key = "intern.level1.observation_days"
    due = {
        days: supervision_due(
            held("lcdc-intern", level=1),
            [*FULL_WEEKS, seen],
            DAY,
            house={key: HouseValue(days, date(2026, 1, 1), "new team", "Dana Lee")},
        )[0].due_on
        for days in (7, 28)
    }
    assert due == {7: date(2026, 3, 4), 28: date(2026, 3, 11)}


def test_entries_of_a_former_level_and_of_days_to_come_do_not_count() -> None:
    intern = replace(held("lcdc-intern", level=2), issued_on=date(2026, 2, 20))
    log = [
        *FULL_WEEKS,
        entry(SupervisionKind.OBSERVATION, date(2026, 2, 19)),
        entry(SupervisionKind.OBSERVATION, date(2026, 3, 5)),
    ]
    assert [due.due_on for due in supervision_due(intern, log, DAY)] == [date(2026, 3, 22)]
