"""The page of other calendars: a file chosen, what was read, what was not, and taken away again."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from openiop.config.network_for_tests import IDS
from openiop.schedule.queries.busy import other_calendars
from openiop.schedule.queries.working import away_of
from openiop.schedule.tests.world import NOW, as_job

ALICE, FRED = IDS.staff["alice"], IDS.staff["fred"]
PAGE = "/desk/hours/{}/calendars/"
ONE = "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{start}\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"


@pytest.fixture(autouse=True)
def _monday_noon(network, clock):
    clock(NOW)


def file(*starts: str, name: str = "At home") -> SimpleUploadedFile:
    """A calendar of events of an hour that begin then."""
    events = "".join(ONE.format(uid=start, start=start) for start in starts)
    text = f"BEGIN:VCALENDAR\r\nX-WR-CALNAME:{name}\r\n{events}END:VCALENDAR\r\n"
    return SimpleUploadedFile("export.ics", text.encode(), "text/calendar")


def kept(staff: int = ALICE) -> list[tuple[str, str]]:
    with as_job("schedule.read") as permit:
        rows = away_of(permit, [staff], NOW, busy=True)
        return [(f"{row.starts_at:%d %H:%M}", row.source) for row in rows]


def send(client, upload, staff: int = ALICE):
    return client.post(PAGE.format(staff), {"file": upload})


def test_the_hours_page_leads_there_and_nothing_is_kept_at_first(signed_in):
    alice = signed_in("alice")
    assert f'href="{PAGE.format(ALICE)}"' in alice.get("/desk/hours/").content.decode()
    assert "No other calendar is kept" in alice.get(PAGE.format(ALICE)).content.decode()


def test_a_file_is_read_and_shown_with_its_times(signed_in):
    page = send(signed_in("alice"), file("20261201T150000Z", "20261202T150000Z"))
    assert (page.status_code, page.context["report"]["facts"]) == (
        200, ["2 events read", "2 busy times new", "0 as before", "0 gone"],
    )  # fmt: skip
    assert kept() == [("01 15:00", "At home"), ("02 15:00", "At home")]
    (row,) = page.context["found"]
    assert (row.source, row.ahead, f"{row.next_at:%d}") == ("At home", 2, "01")


def test_each_bad_line_is_told_and_the_good_ones_are_kept(signed_in):
    page = send(signed_in("alice"), file("20261201T150000Z", "tomorrow", "20261399T150000Z"))
    assert [said.split(":")[0] for said in page.context["report"]["problems"]] == [
        "Line 10", "Line 15",
    ]  # fmt: skip
    assert all(said in page.content.decode() for said in ("Line 10:", "Line 15:"))
    assert kept() == [("01 15:00", "At home")]


def test_read_again_it_replaces_what_it_said_and_leaves_other_calendars(signed_in):
    alice = signed_in("alice")
    send(alice, file("20261201T150000Z", "20261202T150000Z"))
    send(alice, file("20261203T150000Z", name="School"))
    page = send(alice, file("20261202T150000Z", "20261204T150000Z"))
    assert page.context["report"]["facts"][1:] == ["1 busy times new", "1 as before", "1 gone"]
    assert kept() == [("02 15:00", "At home"), ("03 15:00", "School"), ("04 15:00", "At home")]


def test_removed_its_times_are_free_again_and_the_others_stay(signed_in):
    alice = signed_in("alice")
    send(alice, file("20261201T150000Z"))
    send(alice, file("20261203T150000Z", name="School"))
    answer = alice.post(reverse("schedule:remove_busy", args=[ALICE]), {"source": "At home"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE.format(ALICE))
    assert kept() == [("03 15:00", "School")]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"BEGIN:VCALENDAR", "Line 1: VCALENDAR begins here and is never closed."),
        (b"hello", "Line 1:"),
        (b"x" * (5 * 1024 * 1024 + 1), "This file is too large."),
        (b"", "empty"),
    ],
)
def test_what_is_no_calendar_is_refused_with_its_line_and_nothing_changes(signed_in, raw, said):
    alice = signed_in("alice")
    send(alice, file("20261201T150000Z"))
    page = send(alice, SimpleUploadedFile("a.ics", raw))
    assert (page.status_code, said in page.content.decode()) == (422, True)
    assert kept() == [("01 15:00", "At home")]


def test_no_file_is_asked_for(signed_in):
    page = signed_in("alice").post(PAGE.format(ALICE), {})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["file"])


def test_a_leader_gives_a_colleagues_calendar_a_colleague_does_not(signed_in):
    assert send(signed_in("dana"), file("20261201T150000Z")).status_code == 200
    assert send(signed_in("fred"), file("20261202T150000Z")).status_code == 403
    gone = signed_in("fred").post(reverse("schedule:remove_busy", args=[ALICE]), {"source": "x"})
    seen = signed_in("fred").get(PAGE.format(ALICE)).content.decode()
    assert ("At home" in seen, "Read the file" in seen, "Remove" in seen) == (True, False, False)
    assert (gone.status_code, kept()) == (403, [("01 15:00", "At home")])
    assert signed_in("riva").get(PAGE.format(ALICE)).status_code == 404


def test_what_lies_behind_is_no_more_to_come(signed_in):
    send(signed_in("alice"), file("20261122T150000Z", "20261201T150000Z"))
    with as_job("schedule.read", NOW + timedelta(days=30)) as permit:
        (row,) = other_calendars(permit, ALICE)
    assert (row.ahead, row.next_at, f"{row.until_at:%d %H}") == (0, None, "01 16")
