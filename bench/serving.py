"""The installed server: how soon it answers, and what its two workers hold in memory."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from bench.browser import Browser


def serving(folder: Path, browser: Browser, url: str) -> dict[str, float]:
    """Start `openiop serve` on the bench's folder, ask 60 pages, read /proc; MB and seconds."""
    port = _free_port()
    command = [sys.executable, "-m", "openiop.config.cli", "serve", "--port", str(port),
               "--data", str(folder)]  # fmt: skip
    begun = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until(lambda: _asked(port, "/healthz", {}) == 200)
        started = time.perf_counter() - begun
        cookies = {"Cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items())}
        answers = [_asked(port, url, cookies) for _ in range(60)]
        assert set(answers) == {200}, answers
        parent, *below = _family(server.pid)
        workers = [_memory(each) for each in below if _is_worker(each)]
        return {
            "start_seconds": round(started, 2), "workers": len(workers),
            "workers_rss_mb": round(sum(rss for rss, _ in workers), 1),
            "workers_pss_mb": round(sum(pss for _, pss in workers), 1),
            "parent_rss_mb": round(_memory(parent)[0], 1),
        }  # fmt: skip
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _asked(port: int, url: str, headers: dict[str, str]) -> int:
    pages = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        pages.request("GET", url, headers={"Host": "localhost", **headers})
        answer = pages.getresponse()
        answer.read()
        return answer.status
    except OSError:
        return 0
    finally:
        pages.close()


def _until(true: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        if time.monotonic() > end:
            raise TimeoutError("the server did not answer")
        time.sleep(0.02)


def _family(pid: int) -> list[int]:
    """A process and everything below it."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def _is_worker(pid: int) -> bool:
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    return b"spawn_main" in command


def _memory(pid: int) -> tuple[float, float]:
    """Resident and proportional megabytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return kilobytes["Rss"] / 1024, kilobytes["Pss"] / 1024


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openiop.config.settings")
