"""`python -m bench [--size small|medium|large] [--rounds N] [--json]`

Without a size: small, then medium, and large where it was filled before. Every size has a demo of
its own under `.cache`, filled by the command anybody uses. Pages run through the whole stack in
this process: middleware, session, door, row-level security, pooled connection, audit; each round
asks ours and the floor once. Always ends with 0: marks are words in the table.
"""

import argparse
import json
import math
import os
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from bench import measure, site

LIMITS = {"workers_rss_mb": 250.0, "start_seconds": 2.5}


def one(size: str, rounds: int) -> dict[str, Any]:
    """Fill, prepare and measure one size, in this process."""
    os.environ.setdefault("OPENIOP_LOG_LEVEL", "ERROR")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openiop.config.settings")
    filled = None if site.is_filled(size) else site.fill(size)
    if filled is None:
        site.migrate(size)
    os.environ["OPENIOP_DATA"] = str(site.folder(size))
    from openiop.config.cli import installation

    with installation() as (_, server), site.superuser(server) as connection:
        import django

        django.setup()
        from bench.cases import cases, signed_in
        from bench.serving import serving
        from openiop.config.wsgi import application

        found = site.prepare(size)
        connection.execute("VACUUM ANALYZE")
        large = measure.large_tables(connection)
        lines = [measure.run(case, rounds, large) for case in cases(found, connection)]
        browser = signed_in(application, found.user, "BENCH-DAY")
        served = serving(site.folder(size), browser, "/desk/today/?all=1")
    return {
        "size": size, "people": found.people, "filled_seconds": filled, "rounds": rounds,
        "lines": [asdict(line) | {"word": line.word} for line in lines], "server": served,
    }  # fmt: skip


def in_child(size: str, rounds: int) -> dict[str, Any]:
    """A process for each size: settings are read once."""
    command = [sys.executable, "-m", "bench", "--one", size, "--rounds", str(rounds)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return dict(json.loads(done.stdout))


def grown(results: list[dict[str, Any]]) -> None:
    """The exponent of growth from the smallest size on: 0 stays the same, 1 grows with the data."""
    first = results[0]
    for later in results[1:]:
        times = math.log(later["people"] / first["people"])
        for mine, small in zip(later["lines"], first["lines"], strict=True):
            mine["growth"] = round(math.log(mine["p50"] / small["p50"]) / times, 2)


def tell(result: dict[str, Any]) -> None:
    """One size as a table."""
    filled = result["filled_seconds"]
    took = f", filled in {filled:.0f} s" if filled else ""
    print(f"\n{result['size']}: {result['people']:,} people{took}; {result['rounds']} rounds")
    head = ("", "rows", "p50", "p95", "CPU", "floor", "F CPU", "rate", "CPU", "SQL", "own", "kB",
            "growth")  # fmt: skip
    print(f"{head[0]:17}" + "".join(f"{each:>7}" for each in head[1:]) + "  mark")
    for line in result["lines"]:
        growth = "" if line["growth"] is None else f"{line['growth']:.2f}"
        print(
            f"{line['name']:17}{line['rows']:7}{line['p50']:7.2f}{line['p95']:7.1f}"
            f"{line['cpu']:7.2f}{line['floor_p50']:7.2f}{line['floor_cpu']:7.2f}"
            f"{line['ratio']:7.2f}{line['cpu_ratio']:7.2f}{line['statements']:7}{line['own']:7}"
            f"{line['size'] / 1024:7.0f}{growth:>7}  {line['word']}"
        )
    for name, value in result["server"].items():
        limit = LIMITS.get(name)
        word = "" if limit is None else "  reached" if value <= limit else f"  over {limit:g}"
        print(f"{name.replace('_', ' '):17}{value:7g}{word}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--size", choices=tuple(site.SIZES))
    parser.add_argument("--rounds", type=int, default=40, help="at most 60")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", choices=tuple(site.SIZES), help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.one:
        print(json.dumps(one(wanted.one, wanted.rounds)))
        return
    sizes = [wanted.size] if wanted.size else [
        "small", "medium", *(["large"] if site.is_filled("large") else [])]  # fmt: skip
    results = [in_child(size, wanted.rounds) for size in sizes]
    grown(results)
    if wanted.json:
        print(json.dumps(results, indent=2))
        return
    print("Milliseconds; rate and CPU are parts of the floor's; own: without what every request"
          " pays.")  # fmt: skip
    for result in results:
        tell(result)


if __name__ == "__main__":
    main()
