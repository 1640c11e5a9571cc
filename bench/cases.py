"""The pages and writes that are measured, each with its floor."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle
from typing import Any

from bench import booking, calendar, floor, public
from bench.browser import Answer, Browser, signed_in
from bench.measure import Case, Mark
from bench.site import A_TRACK, DAY_TRACKS, Site

SOUGHT = "garcia"


def cases(site: Site, connection: Any) -> Iterator[Case]:
    """Reads first: writes then meet a database that is warm."""
    from openiop.config.wsgi import application

    full, lake = (signed_in(application, site.user, code) for code in ("BENCH-DAY", "CHI-LAKE"))
    busy = signed_in(application, site.user, calendar.CLINIC)
    floor.connect()
    _give(site, connection)
    bare = Browser(floor.application())

    def reads(name: str) -> Callable[[], Answer]:
        return lambda: bare.get(f"/read/{name}/")

    def writes(name: str, form: dict[str, str]) -> Callable[[], Answer]:
        return lambda: bare.post(f"/write/{name}/", form)

    for name, browser, url, mark in (
        ("today", full, "/desk/today/?all=1", Mark(10, 6)),
        ("track board", full, "/desk/tracks/board/", Mark()),
        ("patient page", lake, f"/desk/patients/{site.visits}/", Mark()),
        ("search", lake, f"/desk/patients/?q={SOUGHT}", Mark(3.5, share=0.25)),
        ("director's board", lake, "/desk/board/", Mark()),
    ):
        rows = len(connection.execute(floor.READS[name], floor.GIVEN).fetchall())
        yield Case(name, lambda b=browser, u=url: b.get(u), reads(name), rows, mark)  # type: ignore[misc]
    yield from calendar.cases(site, busy, connection, reads)
    yield from booking.cases(site, busy, connection, reads, writes)
    yield from public.cases(application, connection, reads)
    place = {"start_on": site.on.isoformat(), "over_house_reason": ""}
    yield Case("enroll", _enrolling(site, full, place), writes("enroll", place), 1,
               Mark(6, share=0.25), 302, full.follow)  # fmt: skip
    yield Case("attendance", _marking(site, full), writes("attendance", {"verb": "present"}), 1,
               Mark(6, share=0.25))  # fmt: skip


def _give(site: Site, connection: Any) -> None:
    """What the floor's statements are given."""
    clinics = connection.execute("SELECT array_agg(id) FROM access_clinic").fetchone()[0]
    monday = site.on - timedelta(days=site.on.weekday())
    floor.GIVEN.update(
        organization=site.organization, clinic=site.day_clinic, on=site.on,
        monday=monday, number=site.visits, clinics=clinics, low=f"n:{SOUGHT}", high=f"n:{SOUGHT}~",
        track=site.tracks[0], session=site.session, reason="",
    )  # fmt: skip
    floor.READS |= calendar.READS | {"find a time": booking.FIND} | public.READS
    floor.WRITES["book a visit"] = booking.WRITE.format(audit=floor.AUDIT)
    floor.make_tables(connection)


def _enrolling(site: Site, browser: Browser, form: dict[str, str]) -> Callable[[], Answer]:
    """Each time another person into the next free place of a track."""
    waiting = iter(enumerate(site.new))

    def enroll() -> Answer:
        place, (_record, _episode, number) = next(waiting)
        url = f"/desk/tracks/{site.tracks[place // A_TRACK]}/enroll/?record={number}"
        return browser.post(url, form)

    return enroll


def _marking(site: Site, browser: Browser) -> Callable[[], Answer]:
    """The people of a group one after the other, present and absent in turns; the answer is the
    list again, as the page asks for it."""
    turns = cycle([(number, verb) for verb in ("present", "absent") for number in site.today])

    def mark() -> Answer:
        number, verb = next(turns)
        url = f"/desk/sessions/{site.session}/attendance/{number}/"
        return browser.post(url, {"verb": verb}, fragment=True)

    return mark


ENROLLMENTS = A_TRACK * 8
EVERYONE = DAY_TRACKS * A_TRACK
