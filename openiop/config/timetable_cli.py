"""The commands about timetables."""

import argparse
from collections.abc import Callable
from pathlib import Path

from openiop.config import production


def add(
    command: Callable[..., argparse.ArgumentParser],
    shared: Callable[[argparse.ArgumentParser], None],
) -> None:
    """`openiop timetable solve` and `check` on the command line."""
    one = command("timetable", _solve_timetable, "find or check a weekly timetable")
    verbs = one.add_subparsers(required=True, metavar="solve | check")
    find = verbs.add_parser("solve", help="the best timetable within a time, and how good it is")
    find.add_argument("--seconds", type=float, default=60.0, metavar="N", help="how long (60)")
    find.set_defaults(run=_solve_timetable)
    look = verbs.add_parser("check", help="which hard rules a timetable breaks")
    look.add_argument("file", type=Path, metavar="FILE", help="as `timetable solve` writes it")
    look.set_defaults(run=_check_timetable)
    for each in (find, look):
        each.add_argument("--area", default="", metavar="CODE", help="one area only")
        shared(each)


def _solve_timetable(arguments: argparse.Namespace) -> int:
    from openiop.config.cli import _print_json, _require_migrated, _say, installation, progress

    production.allow_tools()
    with installation():
        _require_migrated()
        from openiop.config.timetabling import solved

        with progress("Searching") as step:
            told = solved(
                arguments.seconds, arguments.area,
                lambda best: step(int(best.seconds), int(arguments.seconds)),
            )  # fmt: skip
    if arguments.json:
        _print_json(told)
    else:
        _say(f"{told['status']}: {len(told['tracks'])} tracks, gap {told['gap']}.")
        for one in told["blocking"]:
            _say(f"{one['area']}: {one['sentence']} ({', '.join(one['concerns'])})")
    return int(not told["tracks"])


def _check_timetable(arguments: argparse.Namespace) -> int:
    from openiop.config.cli import _print_json, _require_migrated, _say, installation
    from openiop.config.demo import NotStarted

    production.allow_tools()
    with installation():
        _require_migrated()
        from openiop.config.timetabling import checked

        try:
            told = checked(arguments.file, arguments.area)
        except (OSError, ValueError) as error:
            raise NotStarted(str(error)) from error
    if arguments.json:
        _print_json(told)
    else:
        for rule, sentences in told["violations"].items():
            _say("\n".join(f"{rule}: {sentence}" for sentence in sentences))
    return int(not told["ok"])
