"""Build a track, fill it, move an evening and take it back; at 16:30 from a phone."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from openiop.schedule.queries.sessions import track_sessions
from openiop.schedule.tests.world import (
    as_job,
    make_enrolled,
    make_person,
    make_program,
    make_track,
)

CHICAGO = ZoneInfo("America/Chicago")


def tomorrow() -> date:
    return timezone.now().astimezone(CHICAGO).date() + timedelta(days=1)


def daily_track(people: int = 0, **plan: Any) -> int:
    track = make_track(
        now=timezone.now(), start_on=tomorrow(), weeks=1, weekdays=(0, 1, 2, 3, 4, 5, 6), **plan
    )
    make_enrolled(track, people, start_on=tomorrow())
    return track


def first_session(track: int) -> int:
    with as_job("schedule.read", timezone.now()) as permit:
        return track_sessions(permit, track, tomorrow())[0].id


def test_a_supervisor_builds_a_track_and_sees_what_stands_against_it(
    desktop: Any, sign_in: Callable[[Any, str], None], accessible: Callable[[Any], None]
) -> None:
    # given a program, and a supervisor at the builder
    make_program()
    sign_in(desktop, "adam")
    desktop.goto("/desk/tracks/")
    desktop.get_by_role("link", name="Build a track").click()
    # when a block is too short, then it says so while it is typed
    desktop.get_by_label("Name", exact=True).fill("Evening A")
    desktop.get_by_label("Minutes of block 5").fill("50")
    desktop.get_by_label("Minutes of block 5").blur()
    desktop.get_by_text("170 countable minutes a day; 180 are asked for.").wait_for()
    accessible(desktop)
    desktop.get_by_label("Minutes of block 5").fill("60")
    # when it is built, then its sessions are laid and shown
    desktop.get_by_role("button", name="Build the track").click()
    desktop.get_by_text("Evening A is built, and its sessions are laid.").wait_for()
    accessible(desktop)
    desktop.goto("/desk/tracks/board/")
    accessible(desktop)


def test_an_evening_is_moved_and_taken_back(
    desktop: Any, sign_in: Callable[[Any, str], None], accessible: Callable[[Any], None]
) -> None:
    # given a track with people
    track = daily_track(3)
    sign_in(desktop, "alice")
    desktop.goto(f"/desk/sessions/{first_session(track)}/")
    # when it is moved, then whom it affects is shown before it is done
    desktop.get_by_text("Change", exact=True).click()
    desktop.get_by_role("link", name="Move the session").click()
    desktop.get_by_label("Begins at").fill("19:00")
    desktop.get_by_role("button", name="Look at it before it is done").click()
    desktop.get_by_text("Whom it affects").wait_for()
    accessible(desktop)
    desktop.get_by_role("button", name="Move", exact=True).click()
    desktop.get_by_text("0 texted, 3 to call.").wait_for()
    accessible(desktop)
    # when it is undone with one click, then everything is as it was
    desktop.get_by_role("button", name="Undo").first.click()
    desktop.get_by_text("Undone: everything is as it was.").wait_for()
    desktop.get_by_role("link", name="Call list").click()
    accessible(desktop)


@pytest.mark.parametrize("way", ["substitute", "cancel"])
def test_half_past_four_on_a_phone(
    phone: Any, sign_in: Callable[[Any, str], None], accessible: Callable[[Any], None], way: str
) -> None:
    # given an evening with people, and another group that day
    track = daily_track(3)
    daily_track(2, name="Evening B", room=2, staff=((2, "lead"),))
    sign_in(phone, "alice")
    phone.goto(f"/desk/sessions/{first_session(track)}/help/")
    phone.on("dialog", lambda dialog: dialog.accept())
    # when one way is chosen, then it is done, and can be undone
    if way == "substitute":
        phone.get_by_role("button", name="Substitute Dana Diaz").click()
    else:
        phone.get_by_role("button", name="Cancel the session").click()
        phone.get_by_text("0 texted, 3 to call.").wait_for()
    phone.get_by_role("button", name="Undo").first.wait_for()
    accessible(phone)


def test_a_person_is_enrolled_and_another_put_in_line(
    phone: Any, sign_in: Callable[[Any, str], None], accessible: Callable[[Any], None]
) -> None:
    track = daily_track(10)
    last, waiting = make_person(), make_person()
    sign_in(phone, "fred")
    for record in (last, waiting):
        phone.goto(f"/desk/tracks/{track}/enroll/")
        phone.get_by_label("Record number", exact=True).fill(number_of(record))
        phone.get_by_role("button", name="Go on").click()
        accessible(phone)
        phone.get_by_role("button", name="Enroll", exact=True).click()
    # then the second one is refused with the number, and may wait
    phone.get_by_text("11 people sit here, and the house's own limit is 11.").first.wait_for()
    accessible(phone)
    phone.get_by_role("link", name="Put them on the waiting list instead").click()
    phone.get_by_role("button", name="Put in line").click()
    phone.get_by_text("In line.").wait_for()
    accessible(phone)


def number_of(record: int) -> str:
    from openiop.patients.queries import person

    with as_job("schedule.read") as permit:
        return person(permit, record).number
