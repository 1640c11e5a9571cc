"""Another calendar of a colleague as busy time, by command and by upload."""

from datetime import UTC, date, datetime

import pytest

from openiop.config.network_for_tests import IDS
from openiop.kernel.permits import NotPermitted, Refused
from openiop.schedule.actions.busy import import_files, import_upload, replace_busy
from openiop.schedule.queries.working import away_of
from openiop.schedule.rules.ics import Busy
from openiop.schedule.tests.world import NOW, as_job

pytestmark = pytest.mark.django_db
ALICE = IDS.staff["alice"]
FILE = """BEGIN:VCALENDAR\r
X-WR-CALNAME:At home\r
BEGIN:VEVENT\r
UID:dentist\r
DTSTART:{start}\r
DURATION:PT1H\r
END:VEVENT\r
END:VCALENDAR\r
"""


def nine(day: int) -> datetime:
    return datetime(2026, 12, day, 15, tzinfo=UTC)


def kept() -> list[tuple[int, str, str]]:
    with as_job("schedule.read") as permit:
        rows = away_of(permit, [ALICE], NOW, busy=True)
        return [(row.starts_at.day, row.kind, row.source) for row in rows]


def replace(*days: int, source: str = "home", act: str = "schedule.away.write"):
    with as_job(act) as permit:
        busy = [Busy(nine(day), nine(day).replace(hour=16), "u") for day in days]
        done = replace_busy(permit, ALICE, source, busy)
        return (done.added, done.ended, done.kept)


def test_a_calendar_read_again_replaces_what_it_gave_before() -> None:
    assert replace(1, 2) == (2, 0, 0)
    assert replace(2, 3) == (1, 1, 1)
    assert kept() == [(2, "busy", "home"), (3, "busy", "home")]


def test_two_calendars_of_a_colleague_leave_each_other_alone() -> None:
    replace(1)
    replace(2, source="work")
    assert kept() == [(1, "busy", "home"), (2, "busy", "work")]


def test_one_reads_only_ones_own_calendar_unless_one_leads(opened) -> None:
    with opened("bob", "schedule.away.write") as permit, pytest.raises(NotPermitted):
        replace_busy(permit, ALICE, "home", [])
    with opened("dana", "schedule.away.write") as permit:
        assert replace_busy(permit, ALICE, "home", []).added == 0


def test_an_upload_is_kept_under_the_calendars_own_name() -> None:
    with as_job("schedule.away.write") as permit:
        raw = FILE.format(start="20261201T150000Z").encode()
        reading, done = import_upload(permit, ALICE, "a.ics", raw)
    assert (reading.events, done.added) == (1, 1)
    assert kept() == [(1, "busy", "At home")]


def test_an_upload_that_cannot_be_read_is_refused_with_its_line() -> None:
    with as_job("schedule.away.write") as permit, pytest.raises(Refused) as no:
        import_upload(permit, ALICE, "a.ics", b"BEGIN:VCALENDAR")
    assert no.value.sentence == "Line 1: VCALENDAR begins here and is never closed."


def test_the_command_tells_busy_times_and_wrong_lines_and_a_dry_run_writes_nothing(tmp_path):
    good, bad = tmp_path / "a.ics", tmp_path / "b.ics"
    good.write_text(FILE.format(start="20261201T150000Z"))
    bad.write_text(FILE.format(start="tomorrow"))
    days = {"since": date(2026, 11, 1), "until": date(2027, 1, 1)}
    told = import_files([tmp_path], "alice@example.org", dry_run=True, **days)
    assert told == {
        "files": [
            {"file": str(good), "events": 1,
             "busy": [["2026-12-01T09:00:00-06:00", "2026-12-01T10:00:00-06:00"]]},
            {"file": str(bad), "events": 1, "busy": []},
        ],
        "errors": [{"file": str(bad), "line": 5, "path": "VEVENT.DTSTART",
                    "message": "DTSTART cannot be read."}],
    }  # fmt: skip
    assert kept() == []
    import_files([good], "alice@example.org", **days)
    assert kept() == [(1, "busy", "At home")]


def test_the_command_refuses_an_address_nobody_has_and_names_a_missing_file(tmp_path) -> None:
    with pytest.raises(Refused) as no:
        import_files([], "nobody@example.org")
    assert no.value.sentence == "No colleague has the e-mail address nobody@example.org."
    told = import_files([tmp_path / "none.ics"], "alice@example.org")
    assert [each["message"] for each in told["errors"]] == [
        "This file cannot be opened: No such file or directory."
    ]
