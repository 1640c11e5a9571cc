"""A director asks for a timetable, watches, compares, applies it from next Monday and undoes it."""

from collections.abc import Callable
from datetime import time, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from journeys.given import clinic_where_it_is
from openiop.config.network_for_tests import NORTH
from openiop.programs.actions import wait
from openiop.schedule.actions import timetable
from openiop.schedule.tests.world import as_job, make_person, make_track


def test_a_timetable_is_asked_compared_applied_and_undone(
    desktop: Any, sign_in: Callable[[Any, str], None], accessible: Callable[[Any], None]
) -> None:
    # given one evening group and fifteen people in line for it
    zone = clinic_where_it_is(12)
    now = timezone.now()
    today = now.astimezone(zone).date()
    track = make_track(now=now, start_on=today, weeks=9, starts=time(17))
    for _ in range(15):
        with as_job("programs.waiting.write", now) as permit:
            wait(permit, record=make_person(), clinic=NORTH, track=track)
    monday = today + timedelta(days=7 - today.weekday())
    # when a director asks, then the page tells how far the search is
    sign_in(desktop, "dana")
    desktop.goto("/desk/timetables/")
    accessible(desktop)
    desktop.get_by_label("For the weeks from").fill(f"{monday:%Y-%m-%d}")
    desktop.get_by_role("button", name="Search", exact=True).click()
    desktop.get_by_text("Waits for the worker").wait_for()
    accessible(desktop)
    # when the worker has searched, then the page shows it by itself beside today's
    number = int(desktop.url.rstrip("/").split("/")[-1])
    timetable.search(partial(as_job, timetable.SEARCH), number)
    desktop.get_by_text("The independent check found every hard rule kept.").wait_for()
    accessible(desktop)
    # when it is applied from next Monday, then it says so, and one press undoes it
    desktop.get_by_role("link", name="Apply from a day on").click()
    accessible(desktop)
    desktop.get_by_role("button", name="Apply it").click()
    desktop.get_by_text("The timetable is applied.").wait_for()
    desktop.get_by_role("button", name="Undo the timetable").click()
    desktop.get_by_text("Everything is as it was.").wait_for()
    accessible(desktop)
