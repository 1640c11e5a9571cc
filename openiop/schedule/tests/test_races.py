"""Many at once: no seat oversold or left, no session over another, no deadlock shown."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from random import Random
from threading import Barrier

import pytest
from django.db import connection, connections

from openiop.kernel.permits import Refused
from openiop.programs.queries import current_enrollments
from openiop.schedule.actions.enrollment import enroll, take_makeup_seat
from openiop.schedule.actions.sessions import move
from openiop.schedule.models import Occupancy, Seat, Session
from openiop.schedule.queries.sessions import track_sessions
from openiop.schedule.tests.world import (
    TODAY,
    as_job,
    make_enrolled,
    make_episode,
    make_person,
    make_track,
)  # fmt: skip

pytestmark = pytest.mark.slow
THREADS = 64
TOMORROW = TODAY + timedelta(days=1)


def together(works: Sequence[Callable[[], str]], threads: int = THREADS) -> Counter[str]:
    """Run all, as many at once as there are threads, each with a connection of its own; what they
    came to: "done", the code of a refusal, or the name of any other error."""
    start = Barrier(min(threads, len(works)))

    def run(number: int) -> str:
        if number < start.parties:
            start.wait()
        try:
            return works[number]()
        except Refused as no:
            return no.code
        except Exception as error:  # every other end is a failure of the test, by its name
            return type(error).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(run, range(len(works))))


def enrolling(track: int, record: int, episode: int) -> Callable[[], str]:
    def run() -> str:
        with as_job("schedule.enroll") as permit:
            enroll(permit, record=record, track=track, start_on=TODAY, episode=episode)
        return "done"

    return run


def applicants(track: int, number: int) -> list[Callable[[], str]]:
    records = [make_person() for _ in range(number)]
    return [enrolling(track, record, make_episode(record, track)) for record in records]


def seat_numbers(track: int) -> list[int]:
    with as_job("schedule.read"):
        rows = Seat.objects.filter(track_id=track, released_at__isnull=True)
        return sorted(rows.values_list("number", flat=True))


def test_of_64_who_want_the_last_seat_one_gets_it_and_63_the_sentence(
    own_database: str, network: object
) -> None:
    track = make_track(weeks=2)
    make_enrolled(track, 10)
    assert together(applicants(track, 64)) == {"done": 1, "over_house": 63}
    assert seat_numbers(track) == list(range(1, 12))


def test_of_64_who_want_eight_seats_none_is_oversold_and_none_left(
    own_database: str, network: object
) -> None:
    track = make_track(weeks=2)
    make_enrolled(track, 3)
    assert together(applicants(track, 64)) == {"done": 8, "over_house": 56}
    assert seat_numbers(track) == list(range(1, 12))


def test_places_for_good_and_make_ups_share_the_seats_of_a_day(
    own_database: str, network: object
) -> None:
    track = make_track(weeks=2)
    make_enrolled(track, 6)
    with as_job("schedule.read") as permit:
        session = track_sessions(permit, track, TODAY)[0].id

    def making_up(record: int) -> Callable[[], str]:
        def run() -> str:
            with as_job("schedule.makeup.write") as permit:
                take_makeup_seat(permit, record=record, session=session)
            return "done"

        return run

    works = [*applicants(track, 16), *(making_up(make_person()) for _ in range(16))]
    Random(1).shuffle(works)
    assert together(works, 32) == {"done": 5, "over_house": 27}
    assert seat_numbers(track) == list(range(1, 12))


def test_one_person_asked_for_by_32_desks_gets_one_place(
    own_database: str, network: object
) -> None:
    tracks = [make_track(weeks=1, mode="virtual", staff=()) for _ in range(4)]
    record = make_person()
    episodes = {track: make_episode(record, track) for track in tracks}
    works = [enrolling(track, record, episodes[track]) for track in tracks * 8]
    came = together(works, 32)
    assert came["done"] == 1
    assert set(came) <= {"done", "enrolled"}
    with as_job("schedule.read") as permit:
        assert list(current_enrollments(permit, [record], TODAY)) == [record]


def test_200_parallel_moves_leave_no_overlap_and_show_no_deadlock(
    own_database: str, network: object
) -> None:
    tracks = [
        make_track(weeks=4, name=f"Track {hour}", starts=time(hour), room=room, start_on=TOMORROW,
                   staff=((holder, "lead"),), blocks=(("counseling", 60),))
        for room, holders in ((1, (1, 2, 1, 2)), (2, (2, 1, 2, 1)))
        for hour, holder in zip((9, 11, 13, 15), holders, strict=True)
    ]  # fmt: skip
    for track in tracks:
        make_enrolled(track, 2)
    chance = Random(7)
    with as_job("schedule.read") as permit:
        sessions = [each for track in tracks for each in track_sessions(permit, track, TODAY)]

    def moving() -> Callable[[], str]:
        session = chance.choice(sessions)
        on = session.on + timedelta(days=chance.randint(-1, 1))
        starts = time(chance.randint(13, 17), chance.choice([0, 30]))

        def run() -> str:
            with as_job("schedule.session.write") as permit:
                move(permit, session.id, on=on, starts=starts)
            return "done"

        return run

    came = together([moving() for _ in range(200)])
    assert set(came) <= {"done", "clash", "past"}
    assert came["done"] > 20
    assert overlaps() == 0
    with as_job("schedule.read"):
        held = Session.objects.filter(status="scheduled")
        for kind, each in (("room", 1), ("staff", 1), ("record", 2)):
            assert Occupancy.objects.filter(kind=kind).count() == each * held.count()


def overlaps() -> int:
    with as_job("schedule.read"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM schedule_occupancy one JOIN schedule_occupancy other"
            " ON one.id < other.id AND one.kind = other.kind AND one.resource = other.resource"
            " AND one.during && other.during"
        )
        return int(cursor.fetchone()[0])
