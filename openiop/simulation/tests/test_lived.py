"""A lived past holds together, and so does each copy of it further back."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from openiop.access import door
from openiop.access.seals import seal_all, verify
from openiop.chart.queries import notes_by_id
from openiop.chart.rules.name_words import ALSO_WORDS
from openiop.chart.rules.parts import SHARED_FIELDS
from openiop.intake.queries.inquiries import board, stage_counts
from openiop.kernel.acts import Role
from openiop.kernel.ids import is_record_number
from openiop.messaging import actions as messaging
from openiop.patients.queries import person, search
from openiop.programs.queries import tracks
from openiop.schedule.queries.attendance import attendance_of, history_of
from openiop.schedule.queries.forecast import calibrated, expected_free
from openiop.schedule.queries.sessions import sessions_between
from openiop.simulation import bulk
from openiop.simulation.actions import ZONE
from openiop.simulation.network import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("lived")]
TWELVE_WEEKS = timedelta(weeks=bulk.WEEKS)


@pytest.fixture
def organization() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM access_organization WHERE code = 'lantern'")
        return int(cursor.fetchone()[0])


def test_each_role_has_an_account(lived: dict[str, Any]) -> None:
    assert {each["role"] for each in lived["accounts"]} == {role.value for role in Role}
    assert {each["password"] for each in lived["accounts"]} == {PASSWORD}


def test_two_clinics_lived_and_were_copied_twice(lived: dict[str, Any]) -> None:
    counts = lived["counts"]
    assert (counts["clinics"], counts["copies"]) == (2, 2)
    assert counts["people"] > 2 * bulk.PEOPLE
    assert counts["sessions held"] > 200
    assert counts["notes"] > 1000
    assert counts["forecasts"] >= 2
    assert counts["inquiries"] == 2 * 10


def test_people_asked_and_went_different_ways(organization: int) -> None:
    with door.opened_for_job("intake.inquiry.read", organization) as permit:
        counts = stage_counts(permit)
        board_names = [row.name for row in board(permit)]
    assert counts == {
        "new": 6, "contacted": 2, "benefits": 0, "screened": 6, "scheduled": 0, "admitted": 0,
        "lost": 4, "referred_out": 2,
    }  # fmt: skip
    assert len(board_names) == 14
    assert all(board_names)


def test_the_lived_past_ends_with_a_forecast_that_holds(organization: int) -> None:
    with door.opened_for_job("schedule.read", organization) as permit:
        running = tracks(permit)
        ahead = expected_free(permit, [track.id for track in running])
        found, weeks = calibrated(permit, running, permit.today(ZONE), weeks=11)
    assert all(len(here) == 8 for here in ahead.values())
    assert weeks >= 10
    assert found is not None
    assert found.total.inside > 0.75
    assert found.total.error < found.total.error_now


def asked(organization: int, statement: str, *given: Any) -> list[tuple[Any, ...]]:
    """Rows, as a job of the organization sees them."""
    with door.opened_for_job("simulation.copy", organization), connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def test_a_copy_keeps_the_local_clock_and_everything_recorded(organization: int) -> None:
    with door.opened_for_job("schedule.read", organization) as permit:
        until = max(each.start_on for each in tracks(permit)) + 3 * TWELVE_WEEKS
        weeks = [
            sessions_between(permit, permit.clinics, until - n * TWELVE_WEEKS - TWELVE_WEEKS,
                             until - n * TWELVE_WEEKS)
            for n in range(3)
        ]  # fmt: skip
        first, *copies = [{each.id: each for each in these} for these in weeks]
        recorded = [attendance_of(permit, these) for these in (first, *copies)]
    signed = {row[0] for row in asked(organization, _SIGNED, list(first))}
    assert len(signed) > 180
    for n, copy in enumerate(copies, 1):
        back = n * TWELVE_WEEKS
        assert sorted((s.track, s.on + back, s.minutes) for s in copy.values()) == sorted(
            (s.track, s.on, s.minutes) for s in first.values() if s.id in signed
        )
        assert _clocks(copy.values()) == _clocks(s for s in first.values() if s.id in signed)
        came = [a.minutes for session in recorded[n].values() for a in session.values()]
        assert sorted(came) == sorted(
            a.minutes for session in signed for a in recorded[0][session].values()
        )


_SIGNED = """SELECT session_id FROM chart_groupnote
  WHERE session_id = ANY(%s) AND signed_at IS NOT NULL"""


def _clocks(sessions: Any) -> list[tuple[int, str]]:
    from zoneinfo import ZoneInfo

    return sorted(
        (s.track, s.starts_at.astimezone(ZoneInfo(s.timezone)).strftime("%a %H:%M"))
        for s in sessions
    )


def test_a_copied_note_tells_its_own_times(organization: int) -> None:
    wrong = """
      SELECT note.id FROM chart_note note
        JOIN schedule_session session ON session.id = note.session_id
        JOIN schedule_attendance came ON came.id = note.attendance_id
       WHERE note.signed_at IS NOT NULL AND (
             (note.shared->>'starts_at')::timestamptz <> session.starts_at
          OR (note.shared->>'ends_at')::timestamptz <> session.ends_at
          OR (note.shared->>'arrived_at')::timestamptz <> came.arrived_at
          OR note.record_id <> came.record_id OR note.session_id <> came.session_id)"""
    assert asked(organization, wrong) == []
    forms = """SELECT DISTINCT jsonb_typeof(shared->'left_at'), length(shared->>'starts_at')
      FROM chart_note WHERE shared IS NOT NULL"""
    assert sorted(asked(organization, forms)) == [("null", 25), ("string", 25)]


def test_nobody_of_a_copy_is_still_here(organization: int) -> None:
    still = """SELECT count(*) FROM programs_episode WHERE closed_on IS NULL AND opened_on < (
      SELECT max(start_on) FROM programs_track) + %s"""
    assert asked(organization, still, 2 * 7 * bulk.WEEKS) == [(0,)]
    due = """SELECT count(*) FROM messaging_task WHERE closed_at IS NULL AND due_at < (
      SELECT max(start_on) FROM programs_track) + %s"""
    assert asked(organization, due, 2 * 7 * bulk.WEEKS) == [(0,)]


def test_copied_people_have_names_and_numbers_of_their_own(organization: int) -> None:
    rows = asked(organization, "SELECT id, number FROM access_record ORDER BY id")
    assert len(rows) > 2 * bulk.PEOPLE
    assert all(is_record_number(number) for _, number in rows)
    record, number = rows[-1]
    with door.opened_for_job("patients.patient.read", organization) as permit:
        who = person(permit, record)
        assert [found.number for found in search(permit, number)] == [number]
        named = search(permit, f"{who.name} {who.birth_on}")
    assert who.record in [found.record for found in named]


def test_what_is_new_gets_a_free_id(organization: int) -> None:
    ((clinic, last),) = asked(organization, "SELECT min(clinic_id), max(id) FROM messaging_task")
    with door.opened_for_job("messaging.task.write", organization) as permit:
        task = messaging.open_task(
            permit, kind="test", title="Look", clinic=clinic, due_at=permit.now
        )
    assert task > last


def test_one_person_comes_a_thousand_times(organization: int) -> None:
    number = bulk.long_course(organization, "America/Chicago")
    assert bulk.long_course(organization, "America/Chicago") == number
    ((record,),) = asked(organization, "SELECT id FROM access_record WHERE number = %s", number)
    with door.opened_for_job("schedule.read", organization) as permit:
        weekend = next(each for each in tracks(permit) if each.code == bulk.VISITS_TRACK)
        visits = history_of(permit, record, weekend.start_on, permit.now.date())
    assert len([each for each in visits if each.track_name == "Weekend"]) == bulk.VISITS
    assert {each.on.weekday() for each in visits if each.track_name == "Weekend"} == {5, 6}
    signed = "SELECT count(*) FROM chart_note WHERE record_id = %s AND signed_at IS NOT NULL"
    assert asked(organization, signed, record)[0][0] > bulk.VISITS


_BESIDE = """
  SELECT note.id, array_agg(DISTINCT word)
    FROM chart_note note
    JOIN schedule_attendance other ON other.session_id = note.session_id
                                  AND other.record_id <> note.record_id
    JOIN patients_patient peer ON peer.record_id = other.record_id
   CROSS JOIN LATERAL unnest(ARRAY[peer.legal_first, peer.preferred_name, peer.legal_last]) AS word
   WHERE note.signed_at IS NOT NULL AND word <> ''
   GROUP BY note.id"""


def _named(texts: Iterable[str], names: Iterable[str]) -> set[str]:
    """Names that stand in a text, whatever they stand for; what begins a sentence and is a word
    as well ("Will call on Sunday.") is that word."""
    found = set()
    for text in texts:
        words = [(each[0], each.start()) for each in re.finditer(r"[^\W\d_][\w'’-]*", text)]
        begins = {at for word, at in words if re.search(r"(?:^|[.!?]\s)\W*$", text[:at])}
        found |= {word for word, at in words if at not in begins or word.lower() not in ALSO_WORDS}
    return {name for name in names if set(name.split()) <= found}


def test_no_note_names_anybody_who_was_there_too(organization: int) -> None:
    """Every signed note of the network, as its chart shows it, beside everybody expected that
    evening: whoever is also this person's contact stays unnamed as well."""
    beside = dict(asked(organization, _BESIDE))
    with door.opened_for_job("chart.note.read", organization) as permit:
        notes = notes_by_id(permit, beside)
    named = {
        each.id: _named(
            [*asdict(each.part).values(), *(each.shared.get(name, "") for name in SHARED_FIELDS),
             *(f"{added.text} {added.reason}" for added in each.added)],
            beside[each.id],
        )
        for each in notes
    }  # fmt: skip
    assert len(named) > 1000
    assert {note: names for note, names in named.items() if names} == {}


def test_the_walk_would_find_a_name() -> None:
    names = ["Ana", "Ana María", "Will", "Kim"]
    assert _named(["Will call. Came with Ana, then Will left."], names) == {"Ana", "Will"}
    assert _named(["Will call Sunday. May come."], [*names, "May"]) == set()


def test_the_audit_seals_over_everything_done(organization: int) -> None:
    seal_all()
    assert verify(organization) == []
