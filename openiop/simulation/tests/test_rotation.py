"""Simulated weeks of topics: the same twice, by function and by command."""

import json
import subprocess
import sys
from pathlib import Path

from openiop.simulation.rotation import simulate


def test_the_same_seed_lives_the_same_weeks() -> None:
    one, other = simulate(3, 1), simulate(3, 1)
    assert [one[key] for key in ("repeats", "landed_wrong", "changes")] == [
        other[key] for key in ("repeats", "landed_wrong", "changes")
    ]
    assert (one["sessions"], one["repeats"]) == (9, [])


def test_the_command_tells_each_repeat_with_its_cause() -> None:
    command = [Path(sys.executable).with_name("openiop"), "rotation", "simulate", "--weeks", "2",
               "--seed", "1", "--json"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    kept = ("weeks", "seed", "sessions", "repeats", "causes")
    assert {name: told[name] for name in kept} == {
        "weeks": 2, "seed": 1, "sessions": 6, "repeats": [], "causes": {},
    }  # fmt: skip
    assert told["recomputes"] > told["sessions"]
