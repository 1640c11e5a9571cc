"""Rounds of ours and the floor in turns, and what one request of ours asks of the database."""

import json
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.browser import Answer

# What every request behind the door pays, whatever the page: the session, the user, roles and scope
# (one statement of ours), the audit, the session's touch; and savepoints, which ask for nothing.
EVERY_REQUEST = ("django_session", "FROM access_user", 'FROM "access_user"', "door.bind(",
                 "INSERT INTO access_auditevent", "SAVEPOINT", "door.set(")  # fmt: skip
WARM = 3


@dataclass(frozen=True)
class Mark:
    """What must be reached: CPU milliseconds and own statements at most, and a share of the
    floor's rate at least, both counted in CPU, which holds on a busy machine."""

    cpu: float | None = None
    own: int = 10
    share: float | None = None


@dataclass(frozen=True)
class Case:
    """One thing to measure: `ours` and the `floor` each ask once; `rows` are shown or written.
    `then` is what a browser does next, which is not measured."""

    name: str
    ours: Callable[[], Answer]
    floor: Callable[[], Answer]
    rows: int
    mark: Mark = Mark()
    status: int = 200
    then: Callable[[Answer], None] | None = None


@dataclass
class Line:
    """What a case came to; times in milliseconds."""

    name: str
    rows: int
    p50: float
    p95: float
    cpu: float
    floor_p50: float
    floor_cpu: float
    ratio: float
    cpu_ratio: float
    statements: int
    own: int
    size: int
    mark: Mark
    scans: list[str] = field(default_factory=list)
    growth: float | None = None

    @property
    def word(self) -> str:
        """Whether the marks are reached."""
        mark, missed = self.mark, []
        if self.own > mark.own:
            missed.append(f"{self.own} own SQL, mark {mark.own}")
        if mark.cpu is not None and self.cpu > mark.cpu:
            missed.append(f"CPU, mark {mark.cpu:g} ms")
        if mark.share is not None and self.cpu_ratio < mark.share:
            missed.append(f"under {mark.share} of the floor")
        missed += [f"reads all of {table}" for table in self.scans]
        return "not reached: " + ", ".join(missed) if missed else "reached"


def run(case: Case, rounds: int, tables: dict[str, int]) -> Line:
    """Measure in turns; a ratio is the median of the rounds' own ratios."""
    for _ in range(WARM):
        _floor(case), _followed(case)
    with _watched(tables) as seen:
        size = _checked(case).size
    pairs = [(_followed(case), _floor(case)) for _ in range(rounds)]
    ours, floor = [mine for mine, _ in pairs], [bare for _, bare in pairs]
    return Line(
        case.name, case.rows, _p50(each.wall for each in ours), _p95(each.wall for each in ours),
        _p50(each.cpu for each in ours), _p50(each.wall for each in floor),
        _p50(each.cpu for each in floor),
        round(statistics.median(bare.wall / mine.wall for mine, bare in pairs), 2),
        round(statistics.median(bare.cpu / mine.cpu for mine, bare in pairs), 2),
        len(seen.statements), seen.own, size, case.mark, sorted(seen.scans),
    )  # fmt: skip


def _checked(case: Case) -> Answer:
    answer = case.ours()
    assert answer.status == case.status, f"{case.name}: {answer.status} {answer.where}"
    return answer


def _followed(case: Case) -> Answer:
    answer = _checked(case)
    if case.then:
        case.then(answer)
    return answer


def _floor(case: Case) -> Answer:
    answer = case.floor()
    assert answer.status == case.status, f"the floor of {case.name}: {answer.status}"
    return answer


def _p50(numbers: Any) -> float:
    return round(statistics.median(numbers), 2)


def _p95(numbers: Any) -> float:
    return round(statistics.quantiles(numbers, n=20)[-1], 2)


@dataclass
class Seen:
    """The statements of one request, and the large tables that one reads from end to end."""

    statements: list[str] = field(default_factory=list)
    scans: set[str] = field(default_factory=set)

    @property
    def own(self) -> int:
        return sum(not any(word in each for word in EVERY_REQUEST) for each in self.statements)


@contextmanager
def _watched(large: dict[str, int]) -> Iterator[Seen]:
    """Keep each statement of the block and explain it first, bound as it is."""
    from django.db import connection

    seen = Seen()

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        seen.statements.append(str(sql))
        if str(sql).lstrip().upper().startswith(("SELECT", "WITH")) and "door." not in str(sql):
            seen.scans.update(_scanned(sql, params) & set(large))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


def _scanned(sql: str, params: Any) -> set[str]:
    """Tables the planner would read from end to end."""
    import psycopg
    from django.db import connection

    cursor = psycopg.ClientCursor(connection.connection)
    found = cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params or None).fetchone()
    plan = found[0] if not isinstance(found[0], str) else json.loads(found[0])
    return set(_seq_scans(plan[0]["Plan"]))


def _seq_scans(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from _seq_scans(below)


def large_tables(connection: Any, rows: int = 10_000) -> dict[str, int]:
    """Tables with more rows than that, by the planner's own numbers."""
    found = connection.execute(
        "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND reltuples > %s",
        [rows],
    )
    return dict(found.fetchall())
