"""A text gateway for a developer's own computer: it takes texts, shows them and sends answers.

    python -m openiop.messaging.sink --port 8026 --answers-to http://localhost:8000/texts/…/

Start OpenIOP with OPENIOP_SMS_URL=http://localhost:8026/ and any OPENIOP_SMS_TOKEN, and open that
address in a browser. `--answers-to` is the address made on the page Texts. Keeps nothing on disk.
"""

import argparse
import json
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

PAGE = """<!doctype html><html lang="en"><title>Texts</title><meta name="viewport" content="width=device-width"><h1>Texts</h1>{rows}<form method="post" action="/answer"><p><label>Phone <input name="from" required></label><p><label>Answer <input name="body" required></label><p><button>Send the answer</button></form></html>"""  # noqa: E501


@dataclass(frozen=True)
class Text:
    """A text as it was delivered."""

    to: str
    body: str
    key: str


class Sink(ThreadingHTTPServer):
    """The gateway. `texts` is what it delivered, `asked` how often it was asked; each request
    first takes a status from `refusals`, if there is one, and waits `pause` seconds after it
    took a text and before it answers."""

    daemon_threads = True

    def __init__(self, port: int = 0, answers_to: str = "", pause: float = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.texts: list[Text] = []
        self.asked = 0
        self.tokens: set[str] = set()
        self.refusals: list[tuple[int, Mapping[str, str]]] = []
        self.answers_to, self.pause = answers_to, pause
        self.taken = threading.Event()
        self._keys: set[str] = set()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def take(self, text: Text) -> None:
        """Deliver a text unless its key was delivered before."""
        with self._lock:
            if text.key and text.key in self._keys:
                return
            self._keys.add(text.key)
            self.texts.append(text)


class _Handler(BaseHTTPRequestHandler):
    server: Sink

    def log_message(self, *_: Any) -> None:
        """The texts themselves are shown; who asked is not."""

    def do_GET(self) -> None:
        if self.path == "/texts":
            told = json.dumps([asdict(each) for each in self.server.texts])
            self._answer(200, told, "application/json")
            return
        rows = "".join(
            f"<p><b>{escape(each.to)}</b> {escape(each.body)}</p>"
            for each in reversed(self.server.texts)
        )
        self._answer(200, PAGE.format(rows=rows), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/answer":
            self._pass_on(parse_qs(body.decode()))
            return
        self.server.asked += 1
        self.server.tokens.add(self.headers.get("Authorization", ""))
        if self.server.refusals:
            status, headers = self.server.refusals.pop(0)
            self._answer(status, "", "text/plain", headers)
            return
        told = json.loads(body)
        text = Text(told["to"], told["body"], self.headers.get("Idempotency-Key", ""))
        self.server.take(text)
        self.server.taken.set()
        time.sleep(self.server.pause)
        sys.stdout.write(f"{text.to}: {text.body}\n")
        self._answer(202, json.dumps({"id": text.key}), "application/json")

    def _pass_on(self, form: Mapping[str, list[str]]) -> None:
        facts = {"from": form["from"][0], "body": form["body"][0], "id": str(time.time_ns())}
        request = Request(  # noqa: S310 - a developer's own address
            self.server.answers_to, json.dumps(facts).encode(),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        with urlopen(request, timeout=10):  # noqa: S310
            self._answer(303, "", "text/plain", {"Location": "/"})

    def _answer(
        self, status: int, body: str, kind: str, headers: Mapping[str, str] | None = None
    ) -> None:
        told = body.encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": kind, "Content-Length": str(len(told)), **(headers or {}),
        }.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told)


def main(words: list[str] | None = None) -> None:
    """Run until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m openiop.messaging.sink")
    parser.add_argument("--port", type=int, default=8026)
    parser.add_argument("--answers-to", default="", help="address made on the page Texts")
    given = parser.parse_args(words)
    with Sink(given.port, given.answers_to) as sink:
        sys.stdout.write(f"Texts are shown at {sink.url} - Ctrl-C stops it.\n")
        try:
            sink.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
