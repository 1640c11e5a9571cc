"""The processes of a running installation: the pages, the jobs, and a watch over both."""

import http.client
import itertools
import logging
import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

from openiop.config.environment import Environment

THREADS = 2
TICK_SECONDS, TICKS_A_LOOK = 0.2, 10
STOP_SECONDS = 10

log = logging.getLogger("openiop.server")


class PortTaken(Exception):
    """Another program listens on the port; the text is a sentence."""


def run(
    environment: Environment,
    host: str,
    with_worker: bool,
    keep_alive: Callable[[], Any],
    answering: Callable[[], None] = lambda: None,
) -> None:
    """Serve in the foreground until SIGINT or SIGTERM. Raises PortTaken.

    `keep_alive` is called every two seconds and brings back a database that died; `answering` is
    called once, as soon as the pages answer.
    """
    from granian import Granian
    from granian.constants import Interfaces

    _require_free(host, environment.port)
    (environment.data_dir / "static").mkdir(exist_ok=True)  # its absence is warned of
    # Forking a process that has threads can deadlock it.
    multiprocessing.set_start_method("spawn", force=True)
    pages = Granian(
        "openiop.config.server:application",
        factory=True,
        address=host,
        port=environment.port,
        interface=Interfaces.WSGI,
        workers=environment.workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_enabled=environment.log_level in ("DEBUG", "INFO"),
    )
    stopping = threading.Event()

    def ending() -> bool:
        return stopping.is_set() or pages.interrupt_signal

    def beside() -> None:
        if _until_it_answers(host, environment.port, ending):
            answering()
        _watch(ending, with_worker, keep_alive)

    watch = threading.Thread(target=beside)
    watch.start()
    try:
        pages.serve()
    finally:
        stopping.set()
        watch.join()


def application() -> Callable[..., Any]:
    """What each server process runs; it ends when the process that started it does."""
    end_with_parent()
    from openiop.config.wsgi import application

    return application


def work() -> None:
    """Run queued jobs in this process until SIGINT or SIGTERM."""
    import django

    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(concurrency=THREADS)


def work_for_parent() -> None:
    """`work` as a child."""
    end_with_parent()
    work()


def end_with_parent() -> None:
    """A child never outlives a killed parent: it would go on answering on the same port.

    Nor does it hear the terminal's Ctrl-C, beside which the parent's own word to stop is lost.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    os.setpgid(0, 0)

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _until_it_answers(host: str, port: int, ending: Callable[[], bool]) -> bool:
    """Wait until the pages answer anything at all; False when they are told to end first."""
    while not ending():
        pages = http.client.HTTPConnection(host, port, timeout=5)
        try:
            pages.request("GET", "/healthz", headers={"Host": "localhost"})
            pages.getresponse()
            return True
        except OSError:
            time.sleep(TICK_SECONDS)
        finally:
            pages.close()
    return False


def _watch(ending: Callable[[], bool], with_worker: bool, keep_alive: Callable[[], Any]) -> None:
    """Keep database and worker going. The worker starts after the pages, which people wait for."""
    worker = _start_worker() if with_worker and not ending() else None
    try:
        for tick in itertools.count(1):
            time.sleep(TICK_SECONDS)
            if ending():
                return
            if tick % TICKS_A_LOOK == 0:
                worker = _look_after(worker, keep_alive)
    finally:
        if worker:
            _stop(worker)


def _look_after(worker: BaseProcess | None, keep_alive: Callable[[], Any]) -> BaseProcess | None:
    try:
        keep_alive()
    except Exception:
        log.exception("the database could not be brought back; trying again")
    if worker and not worker.is_alive():
        log.warning("the worker ended; starting another")
        return _start_worker()
    return worker


def _start_worker() -> BaseProcess:
    worker = multiprocessing.get_context("spawn").Process(target=work_for_parent, name="worker")
    worker.start()
    return worker


def _stop(worker: BaseProcess) -> None:
    worker.terminate()
    worker.join(STOP_SECONDS)
    if worker.is_alive():
        worker.kill()
        worker.join()


def _require_free(host: str, port: int) -> None:
    """Ask before the server does: it would share the port with another copy of itself."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise PortTaken(
                f"Port {port} on {host} cannot be used ({taken.strerror}): choose another "
                "with --port."
            ) from taken
