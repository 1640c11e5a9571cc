"""A demo's folder is marked before it is filled, filled once, and started over when interrupted."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from openiop.config import environment
from openiop.config.demo import NotStarted, as_left, fill, installed_code, mark
from openiop.config.embedded import Embedded

LIVED = {"accounts": [{"role": "clinician"}], "counts": {"patients": 3}}


def facts(marker: dict[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (marker or {}).items() if key != "created"}


def test_a_new_folder_is_marked_before_anything_else(tmp_path: Path) -> None:
    mark(tmp_path / "data", None, None)
    assert facts(environment.marker(tmp_path / "data")) == {
        "seed": 1,
        "size": "small",
        "filled": False,
    }
    assert (tmp_path / "data" / "encryption.key").exists() is True


def test_another_seed_or_size_is_refused(tmp_path: Path) -> None:
    mark(tmp_path, 7, "small")
    mark(tmp_path, 7, None)
    for seed, size in ((8, None), (None, "large")):
        with pytest.raises(NotStarted, match="holds the demo of seed 7, size small"):
            mark(tmp_path, seed, size)


def test_a_real_installation_never_becomes_a_demo(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    with pytest.raises(NotStarted, match="holds a database that is no demo"):
        mark(tmp_path, None, None)
    assert environment.marker(tmp_path) is None


def test_a_filled_demo_without_its_key_gets_no_new_one(tmp_path: Path) -> None:
    mark(tmp_path, None, None)
    environment.write_marker(tmp_path, seed=1, size="small", filled=True)
    (tmp_path / "postgres").mkdir()
    (tmp_path / "encryption.key").unlink()
    with pytest.raises(NotStarted, match=r"encryption\.key is missing"):
        mark(tmp_path, None, None)


def test_an_interrupted_filling_starts_over_and_a_whole_one_is_kept(server: Embedded) -> None:
    data, lives = server.data_dir, []
    mark(data, None, None)

    def migrate() -> None:
        with psycopg.connect(server.urls.owner) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS person (id int PRIMARY KEY)")

    def live(seed: int, size: str) -> dict[str, Any]:
        with psycopg.connect(server.urls.app, autocommit=True) as connection:
            connection.execute("INSERT INTO person VALUES (1)")
        lives.append((seed, size))
        if len(lives) == 1:
            raise KeyboardInterrupt
        return LIVED

    with server:
        with pytest.raises(KeyboardInterrupt):
            fill(data, server, migrate, live)
        assert facts(environment.marker(data))["filled"] is False
        filled = fill(data, server, migrate, live)
        again = fill(data, server, migrate, live)
    assert lives == [(1, "small"), (1, "small")]
    assert filled == again
    kept = {key: value for key, value in facts(again).items() if key != "made_by"}
    assert kept == {"seed": 1, "size": "small", "filled": True, "begun": True, **LIVED}


def test_only_what_this_very_code_left_is_taken_as_it_is(tmp_path: Path) -> None:
    kept = {"seed": 1, "size": "small", "filled": True, **LIVED}
    environment.write_marker(tmp_path, **kept, made_by="another release")
    assert as_left(tmp_path) is None
    environment.write_marker(tmp_path, **kept, made_by=installed_code())
    assert facts(as_left(tmp_path)) == kept | {"made_by": installed_code()}


def test_a_demo_whose_database_was_removed_is_filled_again(tmp_path: Path) -> None:
    environment.make_keys(tmp_path)
    environment.write_marker(tmp_path, seed=1, size="small", filled=True)
    assert mark(tmp_path, None, None)["filled"] is False
    environment.write_marker(tmp_path, seed=1, size="small", filled=True)
    assert mark(tmp_path, None, None, embedded=False)["filled"] is True


def test_an_interrupted_filling_elsewhere_asks_for_an_empty_database(tmp_path: Path) -> None:
    mark(tmp_path, None, None)
    environment.write_marker(tmp_path, seed=1, size="small", filled=False, begun=True)
    with pytest.raises(NotStarted, match="was interrupted while it was filled"):
        fill(tmp_path, None, lambda: None, lambda seed, size: LIVED)
