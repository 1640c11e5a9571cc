"""Is this installation well, and is it safe? `/healthz` for machines, `openiop check` for people.

A check is a function that returns a Result; it never raises for what it looks for, and a check
that cannot look says so as a failure.
"""

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.db import connection
from django.http import HttpRequest, JsonResponse

from openiop.config import production
from openiop.config.backup import LAST
from openiop.config.environment import Environment
from openiop.kernel.permits import Refused

OLDEST_SERVER = 15
KEPT_SECONDS = 1.0
CONNECT_SECONDS = 2
WORKER_SILENT = timedelta(minutes=5)
BACKUP_AGE = timedelta(hours=26)
DISK_BYTES = 2 * 1024**3
CLOCK_SECONDS = 5
SEAL_HOURS = 2


@dataclass(frozen=True)
class Result:
    """One finding: what was looked at, whether it is well, how bad (error or warning), a sentence
    and what to do."""

    name: str
    ok: bool
    level: str
    sentence: str
    what_to_do: str = ""


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when this process and its database answer, else 503. Opens no session, tells no data."""
    well = _answers.now()
    told = {"status": "ok" if well else "unavailable", "database": "ok" if well else "unavailable"}
    response = JsonResponse(told, status=200 if well else 503)
    response["Cache-Control"] = "no-store"
    return response


class _Answers:
    """Whether the database answers, asked at most once a second and outside the pages' pool: a
    busy pool is no sick database, and a stranger's questions must not use it up."""

    def __init__(self) -> None:
        self.lock, self.asked_at, self.well = threading.Lock(), float("-inf"), False

    def now(self) -> bool:
        with self.lock:
            if time.monotonic() - self.asked_at > KEPT_SECONDS:
                self.well, self.asked_at = _connects(), time.monotonic()
            return self.well


_answers = _Answers()


def _connects() -> bool:
    options = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key in ("dbname", "user", "password", "host", "port", "sslmode")
    }
    try:
        psycopg.connect(**options, connect_timeout=CONNECT_SECONDS).close()
    except psycopg.OperationalError:
        return False
    return True


def examine(settings: Environment) -> list[Result]:
    """Every check in the order an operator would look. Without a database the rest is left out."""
    found = [_look("database", "error", _database)]
    if found[0].ok:
        found += [_look(name, level, check) for name, level, check in DATABASE_CHECKS]
    return found + list(_installation(settings))


def _look(name: str, level: str, check: Callable[[], tuple[bool, str, str]]) -> Result:
    try:
        ok, sentence, what_to_do = check()
    except Refused as no:
        ok, sentence, what_to_do = False, no.sentence, no.next_step
    except Exception as error:
        ok, sentence = False, f"This could not be looked at ({type(error).__name__})."
        what_to_do = "Apply the migrations first; if it stays, report it."
    return Result(name, ok, "ok" if ok else level, sentence, "" if ok else what_to_do)


# --- the database ------------------------------------------------------------------------------


def _select(query: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def _database() -> tuple[bool, str, str]:
    if not _connects():
        return False, "The database does not answer.", "Start it, or correct DATABASE_URL."
    version = int(_select("SHOW server_version_num")[0][0]) // 10000
    return (
        version >= OLDEST_SERVER,
        f"The database answers (PostgreSQL {version}).",
        f"Upgrade to PostgreSQL {OLDEST_SERVER} or newer.",
    )


def _migrations() -> tuple[bool, str, str]:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    sentence = (
        f"{missing} migrations are not applied." if missing else "All migrations are applied."
    )
    return not missing, sentence, "Run openiop migrate."


def _role() -> tuple[bool, str, str]:
    name, may_all, owned = _select(
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole,"
        " (SELECT count(*) FROM pg_class WHERE relowner = r.oid AND relkind = 'r')"
        " FROM pg_roles r WHERE rolname = current_user"
    )[0]
    if may_all:
        sentence = f"The pages run as {name}, which may do everything."
    elif owned:
        sentence = f"The pages run as {name}, which owns {owned} tables."
    else:
        sentence = f"The pages run as {name}, which owns no table."
    return not (may_all or owned), sentence, "See docs/operate/database.md for the two roles."


def _row_security() -> tuple[bool, str, str]:
    from openiop.access.scope import scoped_tables

    tables = scoped_tables()
    guarded = _select(
        "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relrowsecurity AND c.relforcerowsecurity"
    )
    open_tables = sorted(set(tables) - {name for (name,) in guarded})
    if open_tables:
        sentence = f"Row-level security is off on {', '.join(open_tables)}."
    else:
        sentence = f"Row-level security is on and forced on all {len(tables)} tables that need it."
    return not open_tables, sentence, "Run openiop migrate, which lays it on again."


def _truncate() -> tuple[bool, str, str]:
    found = _select(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND has_table_privilege(oid, 'TRUNCATE') ORDER BY 1"
    )
    names = ", ".join(name for (name,) in found)
    sentence = f"The pages may empty {names}." if found else "The pages may empty no table."
    return not found, sentence, "Revoke TRUNCATE from the role that runs the pages."


def _seals() -> tuple[bool, str, str]:
    from openiop.access import seals

    findings = [str(one) for one in seals.verify()]
    sentence = " ".join(findings[:5]) if findings else "The seals of the audit log verify."
    return (
        not findings,
        sentence,
        "Tell the privacy officer; keep the database and its backups as they are.",
    )


def _sealing() -> tuple[bool, str, str]:
    from openiop.access import seals

    since = seals.waiting_since()
    hours = (datetime.now(UTC) - since).total_seconds() / 3600 if since else 0
    return (
        hours < SEAL_HOURS,
        f"The oldest row of the audit without a seal is {hours:.0f} hours old."
        if since
        else "Every row of the audit is sealed.",
        "Start openiop worker, which seals every ten minutes.",
    )


def _worker() -> tuple[bool, str, str]:
    seen = _select("SELECT max(last_heartbeat) FROM procrastinate_workers")[0][0]
    if seen is None:
        return False, "No worker is running: jobs wait.", "Start openiop worker."
    silent = datetime.now(UTC) - seen
    minutes = int(silent.total_seconds() / 60)
    return (
        silent < WORKER_SILENT,
        f"A worker was last seen {minutes} minutes ago.",
        "Start openiop worker, and look at its log.",
    )


def _clock() -> tuple[bool, str, str]:
    before = datetime.now(UTC)
    there = _select("SELECT clock_timestamp()")[0][0]
    skew = abs((there - before).total_seconds())
    return (
        skew < CLOCK_SECONDS,
        f"The clocks of this computer and the database are {skew:.0f} seconds apart.",
        "Let both follow a time server.",
    )


DATABASE_CHECKS: tuple[tuple[str, str, Callable[[], tuple[bool, str, str]]], ...] = (
    ("migrations", "error", _migrations),
    ("database role", "error", _role),
    ("row-level security", "error", _row_security),
    ("truncate", "error", _truncate),
    ("audit seals", "error", _seals),
    ("audit sealing", "warning", _sealing),
    ("worker", "warning", _worker),
    ("clock", "warning", _clock),
)


# --- the installation --------------------------------------------------------------------------


def _installation(settings: Environment) -> Iterator[Result]:
    yield from _safety(settings)
    yield _look("https", "error", lambda: _https(settings))
    yield _look("disk", "warning", lambda: _disk(settings))
    yield _look("backup", "warning", lambda: _backup_age(settings))


def _safety(settings: Environment) -> Iterator[Result]:
    """The refusals of a production start; on a demo they say what production would refuse."""
    level = "error" if settings.mode == "production" else "warning"
    sentences = production.refusals(settings)
    for sentence in sentences:
        said, _, what_to_do = sentence.partition(": ")
        yield Result("settings", False, level, said + ".", what_to_do[:1].upper() + what_to_do[1:])
    if not sentences:
        yield Result(
            "settings", True, "ok", "Keys, hosts, address and mail are set for production."
        )
    if settings.mode != "production":
        yield Result(
            "mode", False, "warning", f"This installation runs in {settings.mode} mode.",
            "Never put a real person into it.",
        )  # fmt: skip


def _https(settings: Environment) -> tuple[bool, str, str]:
    from django.conf import settings as django

    if django.DEBUG:
        return False, "DEBUG is on: error pages show settings and data.", "Turn it off."
    wanted = (
        django.SECURE_SSL_REDIRECT, django.SESSION_COOKIE_SECURE, django.CSRF_COOKIE_SECURE,
        django.SECURE_HSTS_SECONDS > 0,
    )  # fmt: skip
    if settings.mode != "production":
        return True, "Pages are served without https, to this computer only.", ""
    return (
        all(wanted),
        "Cookies and pages go over https only." if all(wanted) else "https is not enforced.",
        "Keep SECURE_SSL_REDIRECT, the secure cookies and HSTS on.",
    )


def _disk(settings: Environment) -> tuple[bool, str, str]:
    free = shutil.disk_usage(settings.data_dir if settings.data_dir.exists() else "/").free
    return (
        free > DISK_BYTES,
        f"{free / 1024**3:.0f} GB are free for the data folder.",
        "Make room, or move the data folder.",
    )


def _backup_age(settings: Environment) -> tuple[bool, str, str]:
    advice = "Run openiop backup every day, and try a restore every month."
    try:
        last = datetime.fromisoformat(json.loads((settings.data_dir / LAST).read_text())["created"])
    except FileNotFoundError:
        return False, "No backup was made from this data folder.", advice
    age = datetime.now(UTC) - last
    return (
        age < BACKUP_AGE,
        f"The last backup is {age.total_seconds() / 3600:.0f} hours old.",
        advice,
    )
