"""`python -m bench [--size small|medium|large] [--rounds 40] [--json]`.

Pages run through the whole stack in this process, as the role that runs the pages, over a demo of
its own under `.cache`; each round measures ours and the floor, one after the other.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
EVERY_REQUEST = 6  # session, user, roles, scope, audit, session touch
MUST = {"today": 0.35, "track board": 0.35, "search": 0.25}


@dataclass
class Line:
    """One measured thing: milliseconds of wall time, statements, and the floor beside it."""

    name: str
    p50: float
    p95: float
    statements: int
    floor_p50: float | None

    @property
    def ratio(self) -> float | None:
        """Our rate as a part of the floor's."""
        return round(self.floor_p50 / self.p50, 2) if self.floor_p50 else None


def data(size: str) -> Path:
    """The demo this run reads, filled if it is not yet."""
    folder = ROOT / ".cache" / f"bench-{size}"
    command = [sys.executable, "-m", "openiop.config.cli", "demo", "--no-server", "--json",
               "--size", size, "--seed", "1", "--data", str(folder)]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run in the block."""
    from django.db import connection

    seen: list[str] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield seen


def timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def measured(
    name: str, rounds: int, ours: Callable[[], Any], floor: Callable[[], Any] | None
) -> Line:
    """Ours and the floor in turns; the first three rounds only warm up."""
    mine: list[float] = []
    bare: list[float] = []
    statements = 0
    for _ in range(rounds + 3):
        with counted() as seen:
            mine.append(timed(ours))
        statements = len(seen)
        if floor:
            bare.append(timed(floor))
    mine, bare = mine[3:], bare[3:]
    return Line(
        name, round(statistics.median(mine), 2), round(statistics.quantiles(mine, n=20)[-1], 2),
        statements, round(statistics.median(bare), 2) if bare else None,
    )  # fmt: skip


def opened(email: str, url: str) -> Callable[[], None]:
    """A page, asked for by somebody signed in."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(email=email))

    def ask() -> None:
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)

    return ask


def floor_of(name: str) -> Callable[[], None]:
    """The bare view, through Django without a middleware."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory, override_settings
    from django.urls import set_urlconf

    with override_settings(MIDDLEWARE=[]):
        handler = WSGIHandler()
    request = RequestFactory()

    def ask() -> None:
        asked = request.get(f"/floor/{name}")
        asked.urlconf = "bench.floor"
        assert handler.get_response(asked).status_code == 200
        set_urlconf(None)

    return ask


def facts(owner: Any) -> dict[str, Any]:
    """Whom and what the run looks at: the first clinic today, its person with most visits."""
    clinic, code = owner.execute(
        "SELECT id, code FROM access_clinic WHERE code = 'CHI-LAKE'"
    ).fetchone()
    record, number, visits = owner.execute(
        "SELECT r.id, r.number, count(*) FROM schedule_attendance a JOIN access_record r"
        " ON r.id = a.record_id WHERE r.clinic_id = %s GROUP BY r.id ORDER BY 3 DESC LIMIT 1",
        [clinic],
    ).fetchone()
    day, = owner.execute(
        'SELECT max("on") FROM schedule_session WHERE clinic_id = %s AND "on" <= current_date',
        [clinic],
    ).fetchone()  # fmt: skip
    people, = owner.execute("SELECT count(*) FROM patients_patient").fetchone()  # fmt: skip
    return {"clinic": clinic, "code": code, "record": record, "number": number, "day": day,
            "visits": visits, "people": people}  # fmt: skip


def pages(given: dict[str, Any], rounds: int) -> list[Line]:
    place = given["code"].lower()
    director = f"director@{place}.example"
    asked = {
        "today": (director, f"/desk/today/?all=1&on={given['day']}"),
        "track board": (director, "/desk/tracks/board/"),
        "patient page": (director, f"/desk/patients/{given['number']}/"),
        "search": (director, "/desk/patients/?q=garcia"),
        "director's board": (director, "/desk/board/"),
    }
    from bench.floor import STATEMENTS

    return [
        measured(name, rounds, opened(*who_where), floor_of(name) if name in STATEMENTS else None)
        for name, who_where in asked.items()
    ]


def told(lines: list[Line], given: dict[str, Any]) -> None:
    print(f"{given['people']} people; the person opened has {given['visits']} visits")
    print(f"{'':18}{'p50 ms':>8}{'p95 ms':>8}{'SQL':>5}{'own':>5}{'floor':>8}{'ratio':>7}  mark")
    for line in lines:
        own = line.statements - EVERY_REQUEST
        mark = MUST.get(line.name)
        word = "" if mark is None or line.ratio is None else (
            "reached" if line.ratio >= mark else f"not reached ({mark})")  # fmt: skip
        print(f"{line.name:18}{line.p50:8.1f}{line.p95:8.1f}{line.statements:5}{own:5}"
              f"{line.floor_p50 or 0:8.2f}{line.ratio or 0:7.2f}  {word}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--size", default="small", choices=["small", "medium", "large"])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    os.environ["OPENIOP_DATA"] = str(data(wanted.size))
    os.environ.setdefault("OPENIOP_LOG_LEVEL", "ERROR")
    from openiop.config.cli import installation

    with installation() as (_, server):
        import django
        import psycopg

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openiop.config.settings")
        django.setup()
        from bench.floor import GIVEN

        with psycopg.connect(server.urls.owner, options="-c iop.org=*", autocommit=True) as owner:
            GIVEN.update(facts(owner), connection=owner)
            lines = pages(GIVEN, wanted.rounds)
            if wanted.json:
                print(json.dumps([asdict(line) | {"ratio": line.ratio} for line in lines]))
            else:
                told(lines, GIVEN)


if __name__ == "__main__":
    main()
