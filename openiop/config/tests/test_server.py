"""`openiop serve` answers, stops cleanly, and comes back from kill -9 of any of its processes."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from openiop.config.embedded import Embedded
from openiop.config.tests.conftest import COMMAND, environ, free_port, kill_server, openiop

PATIENCE = 30.0
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def status(port: int, host: str = "localhost", path: str = "/healthz") -> int:
    """What the server answers, or 0 when it does not."""
    try:
        with direct.open(f"http://{host}:{port}{path}", timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as answered:
        return answered.code
    except OSError:
        return 0


def until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)
    return holds()


def children(pid: int) -> list[int]:
    """The processes it started that serve pages or work, the resource tracker left out."""
    found = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True
    ).stdout
    return [int(line.split()[0]) for line in found.splitlines() if "spawn_main" in line]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


class Served:
    """A running `openiop serve`, or another command that serves."""

    def __init__(self, data: Path, *words: str) -> None:
        self.data, self.port = data, free_port()
        self.process = subprocess.Popen(
            [*COMMAND, *words, "--data", str(data), "--port", str(self.port)],
            env=environ(OPENIOP_LOG_LEVEL="WARNING"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )


@contextmanager
def serving(data: Path, *words: str) -> Iterator[Served]:
    """Whatever a test does, nothing of it goes on running."""
    one = Served(data, *words)
    try:
        assert until(lambda: status(one.port) == 200)
        yield one
    finally:
        if one.process.poll() is None:
            one.process.terminate()
            one.process.wait(PATIENCE)


@pytest.fixture
def served(data: Path) -> Iterator[Served]:
    with serving(data, "serve") as one:
        yield one


def test_it_answers_on_both_names_and_sigterm_ends_all_of_it(served: Served) -> None:
    assert [status(served.port, host) for host in ("localhost", "127.0.0.1")] == [200, 200]
    assert status(served.port, path="/accounts/login/") == 200
    workers = children(served.process.pid)
    assert len(workers) == 2
    second = openiop("serve", "--data", served.data, "--port", str(served.port))
    assert second.returncode == 2
    assert second.stderr.startswith(f"Port {served.port} on 127.0.0.1 cannot be used")
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(PATIENCE) == 0
    assert [gone(pid) for pid in workers] == [True, True]
    assert Embedded(served.data).alive() is False
    assert status(served.port) == 0
    assert served.process.stdout is not None
    assert served.process.stdout.read() == (f"OpenIOP answers on http://127.0.0.1:{served.port}.\n")


def test_kill_9_of_its_parts_is_mended_and_of_itself_leaves_nobody(served: Served) -> None:
    kill_server(served.data)
    os.kill(children(served.process.pid)[0], signal.SIGKILL)
    assert until(lambda: len(children(served.process.pid)) == 2)
    assert until(lambda: Embedded(served.data).alive())
    assert until(lambda: status(served.port) == 200)
    workers = children(served.process.pid)
    served.process.kill()
    served.process.wait(PATIENCE)
    assert until(lambda: all(gone(pid) for pid in workers))
    assert status(served.port) == 0
    # The database outlives its last user then; the next command joins and stops it.
    assert openiop("manage", "--data", served.data, "showmigrations").returncode == 0
    assert Embedded(served.data).alive() is False


def test_a_filled_demo_starts_in_under_10_seconds_with_a_worker(data: Path) -> None:
    start = time.monotonic()
    with serving(data, "demo", "--json") as demo:
        others = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        assert (time.monotonic() - start) / others < 10
        assert until(lambda: len(children(demo.process.pid)) == 3)
        assert until(lambda: worker_seen(data))
        workers = children(demo.process.pid)
        os.killpg(demo.process.pid, signal.SIGINT)  # as Ctrl-C in a terminal does
        told, _ = demo.process.communicate(timeout=PATIENCE)
    assert demo.process.returncode == 0
    assert json.loads(told) | {"seconds": 0} == {
        "accounts": [],
        "counts": {},
        "seconds": 0,
        "url": f"http://localhost:{demo.port}",
    }
    assert until(lambda: all(gone(pid) for pid in workers))
    assert Embedded(data).alive() is False


def worker_seen(data: Path) -> bool:
    with psycopg.connect(Embedded(data).urls.app) as connection:
        found = connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone()
    return found == (1,)
