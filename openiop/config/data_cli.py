"""The commands that bring data in, and the one that explains a rule."""

import argparse
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from openiop.config import production


def add(
    command: Callable[..., argparse.ArgumentParser],
    shared: Callable[[argparse.ArgumentParser], None],
) -> None:
    """`openiop import` and `explain` on the command line."""
    one = command("import", _import, "import people from files")
    kinds = one.add_subparsers(required=True, metavar="fhir | csv | ics | x271")
    fhir = kinds.add_parser("fhir", help="FHIR R4 resources and bundles, JSON or NDJSON")
    fhir.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="file or folder")
    csv = kinds.add_parser("csv", help="a table of patients, staff or rosters")
    csv.add_argument("kind", choices=("patients", "staff", "rosters"))
    csv.add_argument("paths", nargs=1, type=Path, metavar="FILE")
    for each, form in ((fhir, "fhir"), (csv, "csv")):
        each.set_defaults(form=form)
        each.add_argument("--clinic", metavar="CODE", help="into this clinic")
        each.add_argument("--dry-run", action="store_true", help="report, and write nothing")
        shared(each)
    shared(_add_ics(kinds))
    x271 = kinds.add_parser("x271", help="a payer's answer about benefits (X12 271), read only")
    x271.add_argument("path", type=Path, metavar="FILE")
    x271.set_defaults(run=_import_x271)
    shared(x271)
    one = command("explain", _explain, "which value of a rule holds, and why")
    one.add_argument("key", metavar="KEY", help="such as group.counseling.max")
    one.add_argument("--clinic", metavar="CODE", required=True)
    one.add_argument("--on", metavar="DAY", type=date.fromisoformat, help="YYYY-MM-DD (today)")


def _add_ics(kinds: Any) -> argparse.ArgumentParser:
    ics: argparse.ArgumentParser = kinds.add_parser(
        "ics", help="calendars of a colleague, as busy time"
    )
    ics.add_argument("paths", nargs="+", type=Path, metavar="FILE", help="file or folder")
    ics.add_argument("--staff", metavar="EMAIL", required=True, help="whose calendar it is")
    day: dict[str, Any] = {"metavar": "DAY", "type": date.fromisoformat}
    ics.add_argument("--from", dest="since", help="YYYY-MM-DD (30 days ago)", **day)
    ics.add_argument("--to", dest="until", help="YYYY-MM-DD (400 days ahead)", **day)
    ics.add_argument("--dry-run", action="store_true", help="report, and write nothing")
    ics.set_defaults(run=_import_ics)
    return ics


def _import(arguments: argparse.Namespace) -> int:
    from openiop.config.cli import _print_json, _require_migrated, installation, progress

    production.allow_tools()
    with installation():
        _require_migrated()
        from openiop.api.imports import import_csv, import_fhir

        options = {"clinic": arguments.clinic, "dry_run": arguments.dry_run}
        with progress("Importing") as step:
            if arguments.form == "fhir":
                report = import_fhir(arguments.paths, **options, progress=step)
            else:
                report = import_csv(arguments.kind, arguments.paths[0], **options, progress=step)
    told = report.as_json()
    if arguments.json:
        _print_json(told)
    else:
        _tell_import(told, arguments.dry_run)
    return int(report.exit_code)


def _import_ics(arguments: argparse.Namespace) -> int:
    from openiop.config.cli import _print_json, _require_migrated, _say, installation

    production.allow_tools()
    with installation():
        _require_migrated()
        from openiop.schedule.actions.busy import import_files

        told = import_files(
            arguments.paths, arguments.staff, since=arguments.since, until=arguments.until,
            dry_run=arguments.dry_run,
        )  # fmt: skip
    if arguments.json:
        _print_json(told)
    else:
        for each in told["files"]:
            _say(f"{each['file']}: {each['events']} events, {len(each['busy'])} busy times")
        _tell_errors(told["errors"], arguments.dry_run)
    return int(bool(told["errors"]))


def _import_x271(arguments: argparse.Namespace) -> int:
    """Reads and tells; needs no database and keeps nothing."""
    from openiop.config.cli import _print_json
    from openiop.intake.rules.x271 import answers
    from openiop.kernel.x12 import X12Error

    file = arguments.path.name
    told: dict[str, Any] = {"file": file, "answers": [], "errors": []}
    try:
        read = answers(arguments.path.read_text(encoding="utf-8-sig"))
        told["answers"] = [asdict(each) | {"active": each.active} for each in read]
    except X12Error as error:
        place = {"file": file, "line": error.number, "path": error.segment}
        told["errors"] = [place | {"message": str(error)}]
    except (OSError, UnicodeDecodeError) as error:
        told["errors"] = [{"file": file, "line": None, "path": None, "message": _unread(error)}]
    if arguments.json:
        _print_json(told)
    else:
        _tell_answers(told)
    return int(bool(told["errors"]))


def _unread(error: OSError | UnicodeDecodeError) -> str:
    return f"{error.strerror}." if isinstance(error, OSError) else "This is not text."


def _tell_answers(told: dict[str, Any]) -> None:
    from openiop.config.cli import _say

    for each in told["answers"]:
        who = each["dependent"] or each["subscriber"]
        state = {True: "active", False: "not active", None: "not said"}[each["active"]]
        _say(f"{each['payer']}: {who['first_name']} {who['last_name']}, coverage {state}")
        for line in each["benefits"]:
            share = f"{line['share']:.0%}" if line["share"] is not None else ""
            amount = f"${line['amount']}" if line["amount"] is not None else share
            words = (line["kind"], amount, line["period"], ", ".join(line["services"]))
            _say("  " + " ".join(filter(None, words)))
        for line in each["rejections"]:
            _say(f"  no answer about the {line['about']}: reason {line['reason']}")
    _tell_errors(told["errors"], dry_run=False)


def _tell_import(told: dict[str, Any], dry_run: bool) -> None:
    from openiop.config.cli import _say

    for word, text in (("created", "Created"), ("matched", "Already here"), ("left", "Left")):
        counts = ", ".join(f"{count} {kind}" for kind, count in told[word].items())
        _say(f"{text}: {counts or 'none'}")
    _tell_errors(told["errors"], dry_run)


def _tell_errors(errors: list[dict[str, Any]], dry_run: bool) -> None:
    from openiop.config.cli import _say

    for error in errors:
        place = ":".join(str(error[each]) for each in ("file", "line", "path") if error.get(each))
        _say(f"{place}: {error['message']}")
    if dry_run:
        _say("Nothing was written: this was a dry run.")


def _explain(arguments: argparse.Namespace) -> int:
    from openiop.config.cli import _print_json, _require_migrated, _say, installation

    production.allow_tools()
    with installation():
        _require_migrated()
        from openiop.config.explaining import explained

        answer = explained(arguments.key, arguments.clinic, arguments.on)
    told = answer.as_dict()
    if arguments.json:
        _print_json(told)
    else:
        _say(f"{told['key']}: {told['value']} {told['unit'] or ''}".rstrip())
        _say(f"{told['why']} Source: {told['citation']}")
    return 0
