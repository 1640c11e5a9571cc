"""The command line: quick help, sentences for errors, one JSON document, fixed exit codes."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openiop.config import cli
from openiop.config.demo import tell
from openiop.config.tests.conftest import COMMAND, environ, openiop

COMMANDS = (
    "demo", "serve", "worker", "migrate", "import", "explain", "backup", "restore", "check",
    "manage",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS[:-1])
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: openiop {command} ")


def test_help_is_quick_and_needs_no_django() -> None:
    program = (
        "import sys; from openiop.config.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print('django' in sys.modules, 'psycopg' in sys.modules, file=sys.stderr)"
    )
    start = time.process_time()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr == "False False\n"
    assert time.process_time() - start < 0.3
    assert [name for name in COMMANDS if f"    {name} " not in done.stdout] == []


@pytest.mark.parametrize(
    ("words", "data", "as_json"),
    [
        (["check"], None, False),
        (["--data", "x", "check"], "x", False),
        (["check", "--data", "x"], "x", False),
        (["--json", "check", "--data=x"], "x", True),
        (["import", "fhir", "--data", "x", "a.json", "--json"], "x", True),
        (["--data", "x", "import", "csv", "patients", "a.csv"], "x", False),
    ],
)
def test_data_and_json_stand_before_or_after_the_command(
    words: list[str], data: str | None, as_json: bool
) -> None:
    found = cli.parser().parse_args(words)
    assert (found.data, found.json) == (data, as_json)


@pytest.mark.parametrize(
    ("words", "ours", "djangos"),
    [
        (["manage"], ["manage"], []),
        (["manage", "check", "--deploy"], ["manage"], ["check", "--deploy"]),
        (["--data", "x", "manage", "shell"], ["--data", "x", "manage"], ["shell"]),
        (["manage", "--data", "x", "shell"], ["manage", "--data", "x"], ["shell"]),
        (["backup", "manage"], ["backup", "manage"], []),
    ],
)
def test_djangos_words_are_left_to_django(
    words: list[str], ours: list[str], djangos: list[str]
) -> None:
    assert cli.split_manage(words) == (ours, djangos)


@pytest.mark.parametrize(
    ("words", "variables", "sentence"),
    [
        (["check"], {}, "There is no database in "),
        (["explain", "k", "--clinic", "A"], {}, "There is no database in "),
        (["backup", "b"], {}, "There is no database in "),
        (["restore", "/none/b"], {}, "/none/b is no backup: it has no manifest.json."),
        (["serve"], {}, "Not safe to run in production:"),
        (["worker"], {}, "Not safe to run in production:"),
        (["check"], {"OPENIOP_PORT": "x"}, "OPENIOP_PORT is 'x'; write a whole number"),
        (
            ["check"],
            {"DATABASE_URL": "postgresql://x@/y?host=/none"},
            "The database cannot be reached: ",
        ),
    ],
)
def test_what_cannot_start_says_why_and_ends_with_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    variables: dict[str, str],
    sentence: str,
) -> None:
    for name in ("OPENIOP_MODE", "OPENIOP_ROLE", "DATABASE_URL", "OPENIOP_OWNER_URL"):
        monkeypatch.setenv(name, variables.get(name, ""))
    monkeypatch.setenv("OPENIOP_PORT", variables.get("OPENIOP_PORT", ""))
    monkeypatch.setenv("OPENIOP_DATA", "")
    monkeypatch.setenv("OPENIOP_LOG_LEVEL", "WARNING")
    monkeypatch.setattr("openiop.config.production._for_tools", False)
    assert cli.main([*words, "--data", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.startswith(sentence)) == ("", True), said.err


def test_words_that_are_no_command_end_with_2() -> None:
    done = openiop("dance")
    assert (done.returncode, done.stdout) == (2, "")


def test_migrating_twice_changes_nothing_and_tells_json_alone(data: Path) -> None:
    done = openiop("migrate", "--json", "--data", data)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"applied": 0})


def test_django_commands_run_on_the_chosen_folder(data: Path) -> None:
    done = openiop("manage", "--data", data, "showmigrations", "sessions")
    assert (done.returncode, done.stdout) == (0, "sessions\n [X] 0001_initial\n")


def test_a_rule_nobody_wrote_is_refused_with_a_sentence(data: Path) -> None:
    done = openiop("explain", "no.such.rule", "--clinic", "NONE", "--data", data)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip().count("\n") == 0


def test_stopping_with_ctrl_c_leaves_no_server_behind(data: Path) -> None:
    from openiop.config.embedded import Embedded

    process = subprocess.Popen(
        [*COMMAND, "manage", "--data", str(data), "shell", "-c", "input()"],
        env=environ(),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = Embedded(data)
    deadline = time.monotonic() + 20
    while not server.alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    process.terminate()
    assert process.wait(20) == 143
    assert server.alive() is False


def test_the_demo_tells_one_account_for_each_role_on_lines_of_80(
    capsys: pytest.CaptureFixture[str],
) -> None:
    accounts = [
        {"role": role, "clinic": code, "email": f"{role.replace('_', '-')}@{code}.example",
         "password": "a lamp in the window"}
        for code in ("hou-midtown", "chi-lake") for role in ("privacy_officer", "nurse")
    ]  # fmt: skip
    tell({"accounts": accounts, "url": "http://localhost:8000"})
    lines = capsys.readouterr().out.splitlines()
    rows = [line.strip("│ ").split("│") for line in lines if line.startswith("│")]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["Privacy officer", "privacy-officer@hou-midtown.example", "a lamp in the window"],
        ["Nurse", "nurse@hou-midtown.example", "a lamp in the window"],
    ]
    assert max(map(len, lines)) <= 80
