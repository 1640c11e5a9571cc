"""Real carriers on this computer: an SMTP server and an HTTP gateway, and a worker to kill."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller
from psycopg.conninfo import conninfo_to_dict

from openiop.messaging.sink import Sink

TOKEN = "a token for tests"


class Post:
    """An SMTP server's mind: `letters` are the Message-IDs it delivered. `answers` are given to
    RCPT and DATA in turn, before "250 OK"; it lingers `at` "RCPT", or "DATA" where it has delivered
    the letter and not yet said so."""

    def __init__(self, at: str = "", *answers: str) -> None:
        self.letters: list[str] = []
        self.texts: list[str] = []
        self.answers, self.at = list(answers), at
        self.reached = threading.Event()
        self.dotted = b""

    def _answer(self) -> str:
        return self.answers.pop(0) if self.answers else "250 OK"

    async def _linger(self, at: str) -> None:
        if self.at == at:
            self.at = ""
            self.reached.set()
            await asyncio.sleep(5)

    async def handle_RCPT(self, *args: Any) -> str:  # noqa: N802 - the server's name for it
        envelope, address = args[2], args[3]
        await self._linger("RCPT")
        envelope.rcpt_tos.append(address)
        return self._answer()

    async def handle_DATA(self, *args: Any) -> str:  # noqa: N802
        envelope = args[2]
        answer = self._answer()
        if answer.startswith("250"):
            letter = message_from_bytes(envelope.content)
            self.letters.append(str(letter["Message-ID"]))
            self.texts.append(str(letter.get_payload()))
        await self._linger("DATA")
        return answer


@contextmanager
def post_office(post: Post) -> Iterator[int]:
    """A listening SMTP server; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = Controller(post, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield port
    finally:
        server.stop()


@contextmanager
def text_gateway(**facts: Any) -> Iterator[Sink]:
    """A listening gateway."""
    with Sink(**facts) as sink:
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        try:
            yield sink
        finally:
            sink.shutdown()


@contextmanager
def worker(cluster: Any, database: str, sink: Sink, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`openiop worker` as a process of its own, working at a test database."""
    parts = conninfo_to_dict(cluster.app) | {"dbname": database}
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("OPENIOP_", "DATABASE_URL"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "openiop.config.cli", "worker"],
        env=kept | {
            "OPENIOP_MODE": "test", "DATABASE_URL": url_of(parts), "OPENIOP_SMS_URL": sink.url,
            "OPENIOP_SMS_TOKEN": TOKEN, "OPENIOP_MAIL_URL": f"smtp://127.0.0.1:{port}",
            "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
        },
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        kill(process)


def url_of(parts: Any) -> str:
    """A connection URL of its parts; the host may be a socket's folder."""
    return f"postgresql://{parts['user']}@/{parts['dbname']}?host={parts['host']}" + (
        f"&port={parts['port']}" if parts.get("port") else ""
    )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """kill -9, of the worker and whatever it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    if process.stderr:
        process.stderr.close()


def until(what: Callable[[], Any], seconds: float = 40) -> Any:
    """Wait until it is so; what it said last."""
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.05)
    return found
