"""The settings the test suite runs under: mode `test`, whatever the shell says."""

import os
from pathlib import Path

os.environ["OPENIOP_MODE"] = "test"
os.environ["OPENIOP_DATA"] = str(Path(__file__).resolve().parents[2] / ".cache" / "test-data")

from openiop.config import environment
from openiop.config.settings import *  # noqa: F403

environment.make_keys(ENV.data_dir)  # noqa: F405
