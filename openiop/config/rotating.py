"""`openiop rotation simulate`: a track's topics over simulated weeks. It needs no database."""

import argparse
import json
from collections.abc import Callable
from typing import Any


def add_rotation(command: Callable[..., argparse.ArgumentParser]) -> None:
    """The command and its one verb."""
    one = command("rotation", _simulate, "how topics repeat over simulated weeks")
    verbs = one.add_subparsers(required=True, metavar="simulate")
    verb = verbs.add_parser("simulate", help="live the weeks of one track, without a database")
    verb.add_argument("--weeks", type=int, default=52, metavar="N", help="how many weeks (52)")
    verb.add_argument("--seed", type=int, default=1, metavar="N", help="which weeks (1)")
    verb.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
    verb.set_defaults(run=_simulate)


def _simulate(arguments: argparse.Namespace) -> int:
    from openiop.simulation.rotation import simulate

    told = simulate(arguments.weeks, arguments.seed)
    print(json.dumps(told, indent=2) if arguments.json else in_words(told))  # noqa: T201
    return 0


def in_words(told: dict[str, Any]) -> str:
    """The result in a few lines."""
    causes = ", ".join(f"{cause} {number}" for cause, number in told["causes"].items())
    return (
        f"{told['sessions']} sessions, heard {told['heard']} times by {told['people']} people.\n"
        f"Heard again: {len(told['repeats'])} ({causes or 'none'}).\n"
        f"{told['recomputes']} recomputes, {told['proven_optimal']} proven best,"
        f" {told['seconds']['mean']} seconds and {told['changes']['mean']} changes each."
    )
