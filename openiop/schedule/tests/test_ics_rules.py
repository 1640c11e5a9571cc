"""Calendars of others: read right through daylight saving, or refused with the line."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openiop.schedule.rules.ics import read

CHICAGO = "America/Chicago"


def calendar(*lines: str, head: tuple[str, ...] = ()) -> bytes:
    inside = [*head, "BEGIN:VEVENT", *lines, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", *inside, "END:VCALENDAR", ""]).encode()


def busy(raw: bytes, since: str = "2026-10-01", until: str = "2027-04-01"):
    reading = read(raw, CHICAGO, moment(since), moment(until))
    assert reading.problems == ()
    return [(f"{one.starts_at:%m-%d %H:%M%z}", f"{one.ends_at:%H:%M}") for one in reading.busy]


def wrong(raw: bytes):
    reading = read(raw, CHICAGO, moment("2026-10-01"), moment("2027-04-01"))
    return [
        (each.line, each.path, each.sentence % {"what": each.what}) for each in reading.problems
    ]


def moment(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def test_a_weekly_event_keeps_its_hour_when_the_clocks_go_back() -> None:
    raw = calendar(
        "UID:a", "DTSTART;TZID=America/Chicago:20261025T090000", "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;COUNT=2",
    )  # fmt: skip
    assert busy(raw) == [("10-25 09:00-0500", "10:00"), ("11-01 09:00-0600", "10:00")]


def test_a_weekly_event_keeps_its_hour_when_the_clocks_go_forward() -> None:
    raw = calendar(
        "UID:a", "DTSTART;TZID=America/Chicago:20270307T090000", "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;COUNT=2",
    )  # fmt: skip
    assert busy(raw) == [("03-07 09:00-0600", "10:00"), ("03-14 09:00-0500", "10:00")]


def test_an_event_of_a_zone_described_in_the_file_is_read_by_it() -> None:
    zone = (
        "BEGIN:VTIMEZONE", "TZID:House", "BEGIN:STANDARD", "DTSTART:20000101T000000",
        "TZOFFSETFROM:+0200", "TZOFFSETTO:+0200", "END:STANDARD", "END:VTIMEZONE",
    )  # fmt: skip
    raw = calendar("DTSTART;TZID=House:20261110T100000", "DURATION:PT30M", head=zone)
    assert busy(raw) == [("11-10 02:00-0600", "02:30")]


def test_a_time_without_a_zone_is_in_the_owners() -> None:
    raw = calendar("DTSTART:20261110T100000", "DTEND:20261110T113000")
    assert busy(raw) == [("11-10 10:00-0600", "11:30")]


def test_a_whole_day_is_a_day_of_the_owners_zone() -> None:
    assert busy(calendar("DTSTART;VALUE=DATE:20261101")) == [("11-01 00:00-0500", "00:00")]


def test_a_time_in_the_gap_of_spring_is_one_that_a_clock_shows() -> None:
    raw = calendar("DTSTART:20270314T023000", "DTEND:20270314T033000")
    assert busy(raw) == []  # 2:30 is 3:30 on that morning: nothing is left of the hour


def test_cancelled_events_and_such_as_are_shown_free_make_nobody_busy() -> None:
    for line in ("STATUS:CANCELLED", "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"):
        assert busy(calendar("DTSTART:20261110T100000Z", "DURATION:PT1H", line)) == []


def test_an_exception_moves_one_occurrence_and_another_is_left_out() -> None:
    raw = calendar(
        "UID:a", "DTSTART:20261102T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3",
        "EXDATE:20261104T150000Z", "END:VEVENT", "BEGIN:VEVENT", "UID:a",
        "RECURRENCE-ID:20261103T150000Z", "DTSTART:20261103T200000Z", "DURATION:PT1H",
    )  # fmt: skip
    assert busy(raw) == [("11-02 09:00-0600", "10:00"), ("11-03 14:00-0600", "15:00")]


def test_published_busy_time_is_busy_but_what_it_names_free() -> None:
    raw = (
        b"BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY:20261110T160000Z/PT1H\n"
        b"FREEBUSY;FBTYPE=FREE:20261111T160000Z/20261111T170000Z\nEND:VFREEBUSY\nEND:VCALENDAR\n"
    )
    assert busy(raw) == [("11-10 10:00-0600", "11:00")]


def test_a_calendar_tells_its_name_and_counts_its_events() -> None:
    raw = calendar("DTSTART:19990101T100000Z", head=("X-WR-CALNAME:At home",))
    found = read(raw, CHICAGO, moment("2026-10-01"), moment("2027-04-01"))
    assert (found.name, found.events, found.busy) == ("At home", 1, ())


def test_one_bad_event_is_named_and_the_others_are_kept() -> None:
    raw = calendar(
        "UID:a", "DTSTART:20261110T160000Z", "DURATION:PT1H", "END:VEVENT", "BEGIN:VEVENT",
        "UID:b", "DTSTART:20261111T160000Z", "RRULE:FREQ=SOMETIMES", "END:VEVENT",
        "BEGIN:VEVENT", "UID:c", "DTSTART:20261112T160000Z", "DURATION:PT1H",
    )  # fmt: skip
    found = read(raw, CHICAGO, moment("2026-10-01"), moment("2027-04-01"))
    assert [each.uid for each in found.busy] == ["a", "c"]
    assert wrong(raw) == [(10, "VEVENT.RRULE", "RRULE cannot be read.")]


@pytest.mark.parametrize(("lines", "expected"), [
    (("UID:a",), (2, "VEVENT.DTSTART", "This event has no DTSTART.")),
    (("DTSTART:soon",), (3, "VEVENT.DTSTART", "DTSTART cannot be read.")),
    (("DTSTART:20261110T160000Z", "DTSTART:20261111T160000Z"),
     (4, "VEVENT.DTSTART", "DTSTART is given twice.")),
    (("DTSTART;TZID=Nowhere:20261110T160000",),
     (3, "VEVENT.DTSTART", "The zone Nowhere is unknown and not described in this file.")),
    (("DTSTART:20261110T160000Z", "RRULE:FREQ=SECONDLY"),
     (4, "VEVENT.RRULE", "This event repeats by the minute: nobody is that busy.")),
    (("DTSTART:20261110T160000Z", "EXDATE:", "DURATION:PT1H"),
     (4, "VEVENT.EXDATE", "EXDATE cannot be read.")),
])  # fmt: skip
def test_an_event_that_cannot_be_read_names_its_line(lines, expected) -> None:
    assert wrong(calendar(*lines)) == [expected]


@pytest.mark.parametrize(("raw", "expected"), [
    (b"", (1, "", "This is not a calendar: nothing begins here.")),
    (b"hello\nworld", (1, "", "This is not a calendar: nothing begins here.")),
    (b"END:VEVENT", (1, "VEVENT", "VEVENT is closed here and was not open.")),
    (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT",
     (1, "VCALENDAR", "VCALENDAR begins here and is never closed.")),
    (b"BEGIN:VCALENDAR\nVERSION:2.0\n\xff\nEND:VCALENDAR", (3, "", "This is not UTF-8 text.")),
    (b"BEGIN:VCALENDAR\nVERSION:2.0\nX\nEND:VCALENDAR",
     (3, "VCALENDAR", "This line is no property: a name, a colon and a value.")),
])  # fmt: skip
def test_a_file_that_cannot_be_read_names_its_line(raw, expected) -> None:
    assert wrong(raw) == [expected]


def test_a_folded_line_counts_from_where_it_begins() -> None:
    raw = (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:a\n b\nDTSTART:so\n on\nEND:VEVENT\nEND:VCALENDAR"
    )
    assert wrong(raw) == [(5, "VEVENT.DTSTART", "DTSTART cannot be read.")]


@pytest.mark.external
def test_every_calendar_of_the_collection_is_read_or_refused_with_its_line(
    shared_data: Path,
) -> None:
    folder = shared_data / "ics"
    since, until = moment("2019-01-01"), moment("2023-01-01")
    expected = {row["file"]: row for row in csv.DictReader((folder / "expected.csv").open())}
    paths = sorted(folder.rglob("*.ics"))
    assert len(paths) == 162
    differs = []
    for path in paths:
        row = expected.get(str(path.relative_to(folder)), {})
        reading = read(path.read_bytes(), CHICAGO, since, until)
        assert all(each.line >= 1 and each.sentence for each in reading.problems)
        if row.get("parses") == "no" or row.get("error"):
            assert reading.problems, path
        if row.get("parses") == "yes" and not reading.problems:
            assert reading.events == int(row["VEVENT"]), path
        counted = row.get("occurrences_2019_2022")
        if counted and "/calendars/" in str(path) and len(reading.busy) != int(counted):
            differs.append((path.name, int(counted), len(reading.busy)))
    # Those events are shown as free: they take place, and nobody is busy.
    assert differs == [("example.ics", 3, 0), ("issue_348_exception_parsing_value.ics", 1, 0)]
