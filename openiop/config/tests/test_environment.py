"""Settings are read from variables, and a bad one is a sentence that names it."""

from dataclasses import replace
from pathlib import Path

import pytest

from openiop.config import environment, production
from openiop.config.environment import SETTINGS, BadSetting, Environment, read

ROOT = Path(__file__).resolve().parents[3]
STRONG = "Kq3vX9mZ7tLp2wRs8yBn4cFd6gHj1kMu5xTz0aQeWiOoPlNb"


def settings_for(data_dir: Path, **more: str) -> Environment:
    return read({"OPENIOP_DATA": str(data_dir), **more})


@pytest.fixture
def safe(tmp_path: Path) -> Environment:
    environment.make_keys(tmp_path)
    return settings_for(
        tmp_path,
        OPENIOP_SECRET_KEY=STRONG + "abc",
        OPENIOP_HOSTS="iop.example.org",
        OPENIOP_PUBLIC_URL="https://iop.example.org/",
        OPENIOP_MAIL_URL="smtps://user:pw@mail.example.org:465",
    )


def test_an_empty_environment_is_production_on_local_defaults(tmp_path: Path) -> None:
    found = settings_for(tmp_path)
    assert (found.mode, found.port, found.workers, found.role) == ("production", 8000, 2, "app")
    assert (found.database_url, found.secret_key, found.public_url) == ("", "", "")
    assert found.allowed_hosts == ()
    assert found.encryption_key_file == tmp_path / "encryption.key"


def test_a_marked_folder_is_a_demo_on_this_computer(tmp_path: Path) -> None:
    environment.make_keys(tmp_path)
    environment.write_marker(tmp_path, seed=7, size="small", filled=False)
    found = settings_for(tmp_path, OPENIOP_PORT="8100")
    assert (found.mode, found.public_url) == ("demo", "http://localhost:8100")
    assert found.allowed_hosts == ("localhost", "127.0.0.1", "[::1]", "testserver")
    assert found.secret_key == (tmp_path / "secret.key").read_text().strip()


def test_a_demos_folder_never_runs_in_production(tmp_path: Path) -> None:
    environment.write_marker(tmp_path, seed=1)
    with pytest.raises(BadSetting, match="is a demo's folder and cannot run in production"):
        settings_for(tmp_path, OPENIOP_MODE="production")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("OPENIOP_MODE", "fast", "OPENIOP_MODE is 'fast'; write demo or production or test"),
        ("OPENIOP_PORT", "eighty", "OPENIOP_PORT is 'eighty'; write a whole number 1 to 65535."),
        ("OPENIOP_PORT", "70000", "OPENIOP_PORT is '70000'; write a whole number 1 to 65535."),
        ("OPENIOP_WORKERS", "0", "OPENIOP_WORKERS is '0'; write a whole number 1 to 64."),
        ("OPENIOP_ROLE", "root", "OPENIOP_ROLE is 'root'; write one of app, owner."),
        ("OPENIOP_LOG_LEVEL", "LOUD", "OPENIOP_LOG_LEVEL is 'LOUD'; write one of DEBUG"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must start with postgresql://"),
        ("OPENIOP_PUBLIC_URL", "iop.org", "OPENIOP_PUBLIC_URL must start with https://"),
        ("OPENIOP_VIDEO_URL", "video.example", "OPENIOP_VIDEO_URL must start with https://"),
        ("OPENIOP_VIDEO_URL", "https://video.example/", r"OPENIOP_VIDEO_URL must hold {room}"),
        (
            "OPENIOP_VIDEO_URL",
            "https://video.example/{room}",
            "OPENIOP_VIDEO_URL needs OPENIOP_VIDEO_SECRET",
        ),
        ("OPENIOP_SECRET_KEY_FILE", "/none/here", "OPENIOP_SECRET_KEY_FILE names /none/here"),
    ],
)
def test_a_bad_value_is_a_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    with pytest.raises(BadSetting) as error:
        settings_for(tmp_path, **{name: value})
    assert str(error.value).startswith(sentence)


def test_a_broken_marker_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text("{")
    with pytest.raises(BadSetting, match="cannot be read as JSON"):
        settings_for(tmp_path)


def test_keys_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    environment.make_keys(tmp_path)
    before = [(tmp_path / name).read_text() for name in ("secret.key", "encryption.key")]
    environment.make_keys(tmp_path)
    after = [(tmp_path / name).read_text() for name in ("secret.key", "encryption.key")]
    assert before == after
    assert {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {
        "secret.key": 0o600,
        "encryption.key": 0o600,
    }


def test_the_marker_keeps_the_day_it_was_made(tmp_path: Path) -> None:
    environment.write_marker(tmp_path, seed=1, filled=False)
    first = environment.marker(tmp_path)
    environment.write_marker(tmp_path, seed=1, filled=True)
    second = environment.marker(tmp_path)
    assert first is not None
    assert second == first | {"filled": True}


def test_printing_settings_tells_no_secret(safe: Environment) -> None:
    assert repr(safe) == f"Environment(mode='production', data_dir={str(safe.data_dir)!r})"


def test_a_safe_environment_may_run_in_production(safe: Environment) -> None:
    assert production.refusals(safe) == []
    production.refuse_unsafe(safe)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"secret_key": ""}, "OPENIOP_SECRET_KEY is not set"),
        ({"secret_key": "a" * 60}, "OPENIOP_SECRET_KEY is too weak"),
        ({"secret_key": "short"}, "OPENIOP_SECRET_KEY is too weak"),
        ({"allowed_hosts": ()}, "OPENIOP_HOSTS is empty"),
        ({"allowed_hosts": ("*",)}, "OPENIOP_HOSTS holds a wildcard"),
        ({"allowed_hosts": (".example.org",)}, "OPENIOP_HOSTS holds a wildcard"),
        ({"public_url": "http://iop.example.org"}, "OPENIOP_PUBLIC_URL is no https:// address"),
        ({"mail_url": "console:"}, "OPENIOP_MAIL_URL only prints messages"),
        (
            {"database_url": "postgresql://o@db/x", "owner_url": "postgresql://o@db/x"},
            "DATABASE_URL and OPENIOP_OWNER_URL are the same",
        ),
        ({"encryption_key_file": Path("/none/key")}, "The encryption key /none/key is missing"),
    ],
)
def test_each_unsafe_setting_alone_refuses_the_start(
    safe: Environment, change: dict[str, object], sentence: str
) -> None:
    refusals = production.refusals(replace(safe, **change))  # type: ignore[arg-type]
    assert [each.split(":")[0].startswith(sentence.split(":")[0]) for each in refusals] == [True]


def test_a_key_that_others_can_read_refuses_the_start(safe: Environment) -> None:
    safe.encryption_key_file.chmod(0o640)
    assert production.refusals(safe) == [
        f"The encryption key {safe.encryption_key_file} can be read by others: run chmod 600 on it."
    ]


def test_an_unsafe_production_start_lists_every_reason(tmp_path: Path) -> None:
    with pytest.raises(production.Unsafe) as error:
        production.refuse_unsafe(settings_for(tmp_path))
    assert len(error.value.sentences) == 5
    assert str(error.value).splitlines()[0] == "Not safe to run in production:"


def test_a_demo_starts_without_any_of_it(tmp_path: Path) -> None:
    environment.write_marker(tmp_path, seed=1)
    production.refuse_unsafe(settings_for(tmp_path))


def test_the_table_in_the_guide_is_the_parsers_own() -> None:
    rows = [
        f"| `{each.name}` | {f'`{each.default}`' if each.default else ''} | {each.meaning}"
        f"{' (secret)' if each.secret else ''} |"
        for each in SETTINGS
    ]
    guide = (ROOT / "docs" / "operate" / "settings.md").read_text().splitlines()
    assert [line for line in guide if line.startswith("| `")] == rows
