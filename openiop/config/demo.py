"""`openiop demo`: an invented network in a marked folder, filled once, whole or not at all."""

import fcntl
import json
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openiop.config import environment

if TYPE_CHECKING:
    from openiop.config.embedded import Embedded

Progress = Callable[[int, int], None]


class NotStarted(Exception):
    """Nothing was done; the text is a sentence that says why and what to do (exit code 2)."""


def mark(
    data_dir: Path, seed: int | None, size: str | None, embedded: bool = True
) -> dict[str, Any]:
    """Mark the folder as a demo's, before anything is put into it, and make its keys.

    `embedded`: the database is in the folder too, and is filled again if somebody removed it.
    Raises NotStarted for a folder that holds something else or a demo of another seed or size.
    """
    found = environment.marker(data_dir)
    if found is None:
        if (data_dir / "postgres").exists():
            raise NotStarted(f"{data_dir} holds a database that is no demo: choose another --data.")
        found = {"seed": seed or 1, "size": size or "small", "filled": False}
    wanted = (seed or found["seed"], size or found["size"])
    if wanted != (found["seed"], found["size"]):
        raise NotStarted(
            f"{data_dir} holds the demo of seed {found['seed']}, size {found['size']}: choose "
            "another --data, or remove the folder."
        )
    if embedded and not (data_dir / "postgres").exists():
        found["filled"] = False
    if found["filled"] and not (data_dir / "encryption.key").exists():
        raise NotStarted(
            f"{data_dir / 'encryption.key'} is missing: put it back, or remove {data_dir}."
        )
    environment.make_keys(data_dir)
    environment.write_marker(data_dir, **found)
    return found


def fill(
    data_dir: Path,
    server: "Embedded | None",
    migrate: Callable[[], Any],
    live: Callable[[int, str], dict[str, Any]],
) -> dict[str, Any]:
    """Migrate, and live the network's past unless that is done. A half-filled one starts over.

    `live(seed, size)` gives accounts and counts; the marker keeps them for the next start.
    """
    with _alone(data_dir):
        found = environment.marker(data_dir) or {}
        if not found["filled"]:
            _start_over(server, found)
        migrate()
        if not found["filled"]:
            environment.write_marker(data_dir, **found | {"begun": True})
            lived = live(found["seed"], found["size"])
            found |= {"filled": True, "begun": True, **lived}
        found["made_by"] = installed_code()
        environment.write_marker(data_dir, **found)
        return found


def as_left(data_dir: Path) -> dict[str, Any] | None:
    """The filled demo's facts if this very code left it, so that nothing has to be migrated."""
    found = environment.marker(data_dir) or {}
    return found if found.get("filled") and found.get("made_by") == installed_code() else None


def installed_code() -> str:
    """A digest of our source and of the versions of all packages beside it."""
    digest = sha256()
    package = Path(__file__).parents[1]
    for file in sorted(file for kind in ("py", "sql") for file in package.rglob(f"*.{kind}")):
        digest.update(file.read_bytes())
    for installed in sorted(Path(sysconfig.get_path("purelib")).glob("*.dist-info")):
        digest.update(installed.name.encode())
    return digest.hexdigest()[:16]


def fill_in_child(arguments: list[str]) -> dict[str, Any]:
    """Run `openiop demo --no-server --json` with these arguments: what it needs in memory, such
    as Django and a network's past, then leaves with it."""
    command = [sys.executable, "-m", "openiop.config.cli", "demo", "--no-server", "--json"]
    done = subprocess.run([*command, *arguments], stdout=subprocess.PIPE)
    if done.returncode:
        raise NotStarted("The demo was not filled; what went wrong stands above.")
    return dict(json.loads(done.stdout))


def _start_over(server: "Embedded | None", found: dict[str, Any]) -> None:
    if server:
        server.empty()
    elif found.get("begun"):
        raise NotStarted(
            "The database holds a demo that was interrupted while it was filled: "
            "drop and create the database, then start again."
        )


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    with open(data_dir / "filling.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def tell(told: dict[str, Any]) -> None:
    """Print whom to sign in as, one account of each role, and where, if it is served."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Sign in as one of these invented people")
    for head in ("Role", "Email", "Password"):
        table.add_column(head, no_wrap=True)
    firsts = {account["role"]: account for account in reversed(told["accounts"])}
    for role, account in reversed(firsts.items()):
        name = role.replace("_", " ").capitalize()
        table.add_row(name, account["email"], account["password"])
    console = Console()
    console.print(table)
    console.print("The other clinics have the same people: `openiop demo --json` lists them all.")
    if "url" in told:
        console.print(f"OpenIOP answers on {told['url']} - Ctrl-C stops it.")
