"""The command line. Data goes to standard output (`--json`: one document), words to standard
error. Exit codes: 0 done, 1 done with refused lines or failed checks, 2 not started.

Django and the rooms are imported inside the commands, so that `--help` is quick.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from openiop.config import data_cli, environment, production, score_cli, timetable_cli
from openiop.config.demo import NotStarted, as_left, fill, fill_in_child, mark, tell
from openiop.config.environment import BadSetting, Environment
from openiop.config.rotating import add_rotation

Progress = Callable[[int, int], None]
OLDEST_SERVER = 15


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    if argv is None:  # stop as Ctrl-C does: the last one out stops the database
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given = list(sys.argv[1:] if argv is None else argv)
    given, for_django = split_manage(given)
    arguments = parser().parse_args(given)
    arguments.for_django = for_django
    if arguments.data:
        os.environ["OPENIOP_DATA"] = str(Path(arguments.data).expanduser().absolute())
    if arguments.run not in (_serve, _worker):
        os.environ.setdefault("OPENIOP_LOG_LEVEL", "WARNING")
    try:
        return int(arguments.run(arguments))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not _is_sentence(error):
            raise
        print(error, file=sys.stderr)  # noqa: T201
        return 2


def _is_sentence(error: Exception) -> bool:
    """Whether the error tells the operator what to do; any other is ours and keeps its trace."""
    from openiop.kernel.permits import Refused

    kinds: list[type[Exception]] = [BadSetting, NotStarted, production.Unsafe, Refused]
    # Only what has been imported can have been raised.
    for module, name in (
        ("openiop.config.embedded", "EmbeddedError"),
        ("openiop.config.backup", "BackupError"),
        ("openiop.config.server", "PortTaken"),
        ("django.core.management.base", "CommandError"),
        ("django.core.exceptions", "ImproperlyConfigured"),
    ):
        if module in sys.modules:
            kinds.append(getattr(sys.modules[module], name))
    return isinstance(error, tuple(kinds))


# --- what can be written on the line -----------------------------------------------------------


def parser() -> argparse.ArgumentParser:
    """The whole command line. `--data` and `--json` stand before or after the command."""
    whole = argparse.ArgumentParser(
        prog="openiop",
        description="The system that runs an intensive outpatient program.",
    )
    _add_shared(whole, data=None, json=False)
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[..., int], text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        _add_shared(one)
        one.set_defaults(run=run)
        return one

    _add_serving(command)
    data_cli.add(command, _add_shared)
    timetable_cli.add(command, _add_shared)
    score_cli.add(command, _add_shared)
    add_rotation(command)
    _add_keeping(command)
    return whole


def _add_shared(one: argparse.ArgumentParser, **defaults: Any) -> None:
    """The two options every command takes; a subcommand keeps what stood before it."""
    for option, words in (
        ("--data", {"metavar": "DIR", "help": "data folder (OPENIOP_DATA, or ./data)"}),
        ("--json", {"action": "store_true", "help": "one JSON document on standard output"}),
    ):
        default = defaults.get(option[2:], argparse.SUPPRESS)
        one.add_argument(option, default=default, **words)  # type: ignore[arg-type]


def _add_serving(command: Callable[..., argparse.ArgumentParser]) -> None:
    one = command("demo", _demo, "fill an invented network and serve it on this computer")
    _add_address(one)
    one.add_argument("--seed", type=int, help="which network to invent (1)")
    one.add_argument("--size", choices=("small", "medium", "large"), help="how large (small)")
    one.add_argument("--no-server", action="store_true", help="fill, and do not serve")
    _add_address(command("serve", _serve, "serve the pages in the foreground"))
    command("worker", _worker, "run queued jobs in the foreground")
    command("migrate", _migrate, "bring the tables up to this release, as the owner role")


def _add_keeping(command: Callable[..., argparse.ArgumentParser]) -> None:
    one = command("backup", _backup, "write a backup into a new folder")
    one.add_argument("directory", type=Path, metavar="DIR")
    one = command("restore", _restore, "restore a backup into an empty database")
    one.add_argument("directory", type=Path, metavar="DIR")
    command("check", _check, "is this installation healthy, and safe to run in production?")
    command("manage", _manage, "Django's own commands: openiop manage COMMAND …")


def _add_address(one: argparse.ArgumentParser) -> None:
    one.add_argument("--port", type=int, metavar="N", help="port (OPENIOP_PORT, or 8000)")
    one.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")


def split_manage(given: list[str]) -> tuple[list[str], list[str]]:
    """Our words, and Django's after `manage`; --data directly after `manage` is still ours."""
    at = 0
    while at < len(given) and given[at].startswith("-"):
        at += 2 if given[at] == "--data" else 1
    if given[at : at + 1] != ["manage"]:
        return given, []
    ours, rest = given[: at + 1], given[at + 1 :]
    if rest[:1] == ["--data"]:
        return ours + rest[:2], rest[2:]
    return ours, rest


# --- where the database is ---------------------------------------------------------------------


@contextmanager
def installation(role: str = "app", make: bool = False) -> Iterator[tuple[Environment, Any]]:
    """Settle database and role for this process and its children; the embedded server or None.

    `make` allows a new embedded database. Raises NotStarted where there is none to work on.
    """
    os.environ["OPENIOP_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openiop.config.settings")
    settings = environment.read(os.environ)
    if settings.database_url or settings.owner_url:
        url = (
            settings.owner_url or settings.database_url
            if role == "owner"
            else settings.database_url
        )
        if not url:
            raise NotStarted(
                "DATABASE_URL is not set: OPENIOP_OWNER_URL is for the owner's commands only."
            )
        _require_reachable(url)
        yield settings, None
        return
    if not make and not (settings.data_dir / "postgres").exists():
        raise NotStarted(
            f"There is no database in {settings.data_dir}: run `openiop demo` or `openiop "
            "migrate`, or name a server in DATABASE_URL."
        )
    from openiop.config.embedded import Embedded

    server = Embedded(settings.data_dir)
    with server as urls:
        os.environ["DATABASE_URL"], os.environ["OPENIOP_OWNER_URL"] = urls.app, urls.owner
        try:
            yield environment.read(os.environ), server
        finally:
            del os.environ["DATABASE_URL"], os.environ["OPENIOP_OWNER_URL"]


def _require_reachable(url: str) -> None:
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        raise NotStarted(f"The database cannot be reached: {error}".strip()) from error
    if version < OLDEST_SERVER:
        raise NotStarted(f"PostgreSQL {version} is too old: {OLDEST_SERVER} or newer is needed.")


def _django() -> None:
    import django

    django.setup()


def _unapplied() -> int:
    """How many migrations this release has and the database has not."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _require_migrated() -> None:
    _django()
    missing = _unapplied()
    if missing:
        raise NotStarted(f"{missing} migrations are not applied: run `openiop migrate`.")


# --- serving -----------------------------------------------------------------------------------


def _demo(arguments: argparse.Namespace) -> int:
    start = time.monotonic()
    settings = environment.read(os.environ)
    mark(settings.data_dir, arguments.seed, arguments.size, not settings.database_url)
    if arguments.port:
        os.environ["OPENIOP_PORT"] = str(arguments.port)
    with installation(make=True) as (settings, server):
        if arguments.no_server:
            filled = fill(settings.data_dir, server, _migrate_in_child, _live)
            told = {key: filled[key] for key in ("accounts", "counts")}
            _tell_demo(arguments, told | {"seconds": round(time.monotonic() - start, 1)})
            return 0
        filled = as_left(settings.data_dir) or fill_in_child(["--data", str(settings.data_dir)])
        from openiop.config.server import run

        def answering() -> None:
            told = {key: filled[key] for key in ("accounts", "counts")}
            seconds = round(time.monotonic() - start, 1)
            url = f"http://localhost:{settings.port}"
            _tell_demo(arguments, told | {"seconds": seconds, "url": url})

        run(settings, arguments.host, True, server.revive if server else _nothing, answering)
    return 0


def _live(seed: int, size: str) -> dict[str, Any]:
    _require_migrated()
    from openiop.simulation.actions import live

    with progress("Living the network's past") as step:
        return dict(live(size=size, seed=seed, progress=step))


def _tell_demo(arguments: argparse.Namespace, told: dict[str, Any]) -> None:
    if arguments.json:
        _print_json(told)
    else:
        tell(told)


def _serve(arguments: argparse.Namespace) -> int:
    from openiop.config.server import run

    if arguments.port:
        os.environ["OPENIOP_PORT"] = str(arguments.port)
    production.refuse_unsafe(environment.read(os.environ))
    with installation() as (settings, server):
        run(
            settings,
            arguments.host,
            False,
            server.revive if server else _nothing,
            lambda: _say(f"OpenIOP answers on http://{arguments.host}:{settings.port}."),
        )
    return 0


def _worker(arguments: argparse.Namespace) -> int:
    from openiop.config.server import work

    production.refuse_unsafe(environment.read(os.environ))
    with installation():
        work()
    return 0


def _migrate(arguments: argparse.Namespace) -> int:
    production.allow_tools()
    with installation("owner", make=True) as (settings, _), redirect_stdout(sys.stderr):
        _django()
        from django.core.management import call_command

        from openiop.config.migrating import quick_if_empty

        missing = _unapplied()
        if missing:
            with quick_if_empty():
                call_command("migrate", interactive=False, verbosity=0 if arguments.json else 1)
        call_command("createcachetable", verbosity=0)
        if settings.mode == "production":
            call_command("collectstatic", interactive=False, verbosity=0)
    if arguments.json:
        _print_json({"applied": missing})
    else:
        _say(f"{missing} migrations applied." if missing else "Nothing to migrate.")
    return 0


def _migrate_in_child() -> None:
    """As the owner role, which this process never is."""
    import subprocess

    command = [sys.executable, "-m", "openiop.config.cli", "migrate", "--json"]
    with progress("Preparing the tables"):
        done = subprocess.run(command, stdout=subprocess.DEVNULL)
    if done.returncode:
        raise NotStarted("The tables could not be brought up to date; the reason stands above.")


# --- keeping -----------------------------------------------------------------------------------


def _backup(arguments: argparse.Namespace) -> int:
    from openiop.config.backup import backup

    with installation("owner") as (settings, server), progress("Backing up") as step:
        told = backup(settings, server, arguments.directory, step)
    if arguments.json:
        _print_json(told)
    else:
        _say(
            f"{sum(told['rows'].values())} rows of {len(told['rows'])} tables are in "
            f"{arguments.directory}. The encryption key is not: keep a copy of "
            f"{told['key']['path']} elsewhere, or the backup cannot be read."
        )
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from openiop.config.backup import manifest_of, require_key, restore

    found = manifest_of(arguments.directory)
    require_key(found, environment.read(os.environ).encryption_key_file)
    with installation("owner", make=True) as (settings, server), progress("Restoring") as step:
        told = restore(settings, server, arguments.directory, step)
    if arguments.json:
        _print_json(told)
    else:
        _say(
            f"{sum(told['rows'].values())} rows of {len(told['rows'])} tables are back, as they "
            f"were on {told['created']}. Now run `openiop migrate` and `openiop check`."
        )
    return 0


def _check(arguments: argparse.Namespace) -> int:
    production.allow_tools()
    with installation() as (settings, _):
        _django()
        from openiop.config.health import examine

        results = examine(settings)
    if arguments.json:
        _print_json(
            {"ok": all(one.ok for one in results), "checks": [vars(one) for one in results]}
        )
    else:
        for one in results:
            _say(f"{'ok  ' if one.ok else one.level:<8} {one.sentence} {one.what_to_do}".rstrip())
    return int(any(not one.ok and one.level == "error" for one in results))


def _manage(arguments: argparse.Namespace) -> int:
    production.allow_tools()
    words = arguments.for_django or ["help"]
    role = "owner" if words[0] in ("migrate", "createcachetable", "dbshell") else "app"
    if words[0] in ("help", "makemigrations", "collectstatic", "compilemessages", "makemessages"):
        _run_django(words)
        return 0
    with installation(role):
        _run_django(words)
    return 0


def _run_django(words: list[str]) -> None:
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openiop.config.settings")
    execute_from_command_line(["openiop manage", *words])


# --- telling -----------------------------------------------------------------------------------


@contextmanager
def progress(text: str) -> Iterator[Progress]:
    """A bar on standard error while a command works; call it with what is done and the total."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_json(told: dict[str, Any] | list[dict[str, Any]]) -> None:
    print(json.dumps(told, indent=2, default=str))  # noqa: T201


def _say(text: str) -> None:
    print(text)  # noqa: T201


def _nothing() -> None:
    """An external database is looked after elsewhere."""


if __name__ == "__main__":
    sys.exit(main())
