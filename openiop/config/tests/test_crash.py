"""Pages are served, several people write, and every process dies at once: nothing that was
acknowledged is missing afterward, and nothing is there by halves."""

import os
import signal
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from openiop.config.embedded import Embedded
from openiop.config.tests.conftest import openiop
from openiop.config.tests.test_server import Served, gone, serving, status, until

PEOPLE = ("alice", "bob", "dana", "sam")
PASSWORD = "a long test password"
ENOUGH = 40
FORM = "/desk/incidents/new/"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """An answer that leads on is an answer."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Person:
    """Somebody signed in by the form, who reports incidents as fast as the pages answer."""

    def __init__(self, port: int, name: str) -> None:
        self.site, self.name = f"http://localhost:{port}", name
        self.acknowledged: list[str] = []
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar),
            NoRedirect(),
        )  # fmt: skip
        assert self.ask("/accounts/login/")[0] == 200
        told = {"login": f"{name}@example.org", "password": PASSWORD}
        assert self.ask("/accounts/login/", told)[0] == 302

    def ask(self, path: str, told: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and text of one page, or of what was posted to it."""
        word = next((each.value or "" for each in self.jar if each.name == "csrftoken"), "")
        form = {**told, "csrfmiddlewaretoken": word} if told else None
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self.site + path, data, {"Referer": self.site})
        try:
            with self.opener.open(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    def report(self, stop: threading.Event) -> None:
        """One report after another until the server is gone."""
        number = 0
        while not stop.is_set():
            number += 1
            text = f"{self.name} saw number {number}."
            facts = {"clinic": "1", "kind": "other", "happened_at": "2026-11-23T16:00"}
            try:
                code, _page = self.ask(FORM, {**facts, "narrative": text})
            except OSError:
                return
            if code == 302:
                self.acknowledged.append(text)


def let_in(data: Path) -> None:
    """Give the test network's people a password that a served installation takes."""
    kept = Argon2PasswordHasher().encode(PASSWORD, "some salt for the test")
    with psycopg.connect(Embedded(data).urls.owner) as connection:
        connection.execute("UPDATE access_user SET password = %s", [kept])


def below(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(each) for each in found.stdout.split()]


def kill_everything(served: Served) -> None:
    """SIGKILL to the server with its workers, and to the database with its backends."""
    first_line = (served.data / "postgres" / "postmaster.pid").read_text().splitlines()[0]
    database = [int(first_line), *below(int(first_line))]
    os.killpg(served.process.pid, signal.SIGKILL)
    for pid in database:
        os.kill(pid, signal.SIGKILL)
    served.process.wait(10)
    assert until(lambda: all(gone(pid) for pid in database))


Rows = Callable[[Embedded], psycopg.Connection[Any]]


@pytest.mark.slow
def test_every_acknowledged_write_survives_kill_9_of_server_and_database(
    data: Path, owner: Rows
) -> None:
    # Given a served installation and four people who write into it at once
    assert openiop("migrate", "--data", data).returncode == 0
    with serving(data, "serve") as served:
        let_in(data)
        people = [Person(served.port, name) for name in PEOPLE]
        stop = threading.Event()
        writers = [threading.Thread(target=each.report, args=[stop]) for each in people]
        for writer in writers:
            writer.start()
        assert until(lambda: sum(len(each.acknowledged) for each in people) >= ENOUGH)

        # When every process is killed in the middle of it
        kill_everything(served)
        stop.set()
        for writer in writers:
            writer.join(15)
        assert status(served.port) == 0

    # Then it starts again by itself, and what was acknowledged is there
    acknowledged = {text for each in people for text in each.acknowledged}
    with serving(data, "serve"):
        stored, whole, audited = kept(owner(Embedded(data)))
    assert acknowledged - stored == set()
    # What was under way may have been kept without an answer: one for each writer at most.
    assert len(stored - acknowledged) <= len(people)
    # And each report is whole: its duties, its line in the log, its task, its row in the audit.
    assert whole == stored
    assert audited == len(stored)


def kept(connection: psycopg.Connection[Any]) -> tuple[set[str], set[str], int]:
    """Narratives stored, those of reports with all that belongs to them, and rows of the audit."""
    rows = connection.execute(
        """
        SELECT i.narrative,
               (SELECT count(*) FROM messaging_incidentstep s WHERE s.incident_id = i.id),
               (SELECT count(*) FROM messaging_task t WHERE t.title LIKE i.number || ':%')
          FROM messaging_incident i"""
    ).fetchall()
    (audited,) = connection.execute(
        """SELECT count(*) FROM access_auditevent
            WHERE act = 'messaging.incident.write' AND "table" = 'messaging_incident'"""
    ).fetchone() or (0,)
    connection.close()
    # A report of kind "other" has three duties and a line about the director's notice.
    whole = {text for text, steps, tasks in rows if (steps, tasks) == (4, 3)}
    return {text for text, _steps, _tasks in rows}, whole, audited
