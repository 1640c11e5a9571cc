"""What the environment variables say: one table, one parser, no side effects but `make_keys`.

Plain Python, so that the command line can read it before Django is loaded. Nothing here opens
a database, and a missing secret is no error yet: `production.refusals` says what is unsafe.
"""

import json
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

MARKER = "demo.json"
MODES = ("demo", "production", "test")
ROLES = ("app", "owner")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
TEST_SECRET = "a fixed key, which only the test suite uses, and which signs nothing real"  # noqa: S105


class BadSetting(ValueError):
    """A setting cannot be read; the text is a sentence that names it and says what to write."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, default, meaning, and whether its value is secret."""

    name: str
    default: str
    meaning: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "OPENIOP_MODE",
        "",
        "demo, production or test; empty: demo in a folder that "
        "`openiop demo` made, production elsewhere",
    ),
    Setting(
        "OPENIOP_DATA", "data", "folder for the embedded database and keys; `--data` does the same"
    ),
    Setting(
        "DATABASE_URL",
        "",
        "PostgreSQL 15 or newer, as the role that runs the pages; empty: "
        "the embedded server in the data folder",
        secret=True,
    ),
    Setting(
        "OPENIOP_OWNER_URL",
        "",
        "the same database as the role that owns the tables, for migrate, backup and restore",
        secret=True,
    ),
    Setting(
        "OPENIOP_ROLE",
        "app",
        "app or owner: which of the two URLs this process uses; the command line sets it",
    ),
    Setting(
        "OPENIOP_SECRET_KEY", "", "signs sessions and links; at least 50 characters", secret=True
    ),
    Setting(
        "OPENIOP_SECRET_KEY_FILE",
        "",
        "file with that key, instead of the variable; in demo `secret.key` in the data folder",
    ),
    Setting(
        "OPENIOP_ENCRYPTION_KEY_FILE",
        "",
        "file (mode 0600) with the key of encrypted "
        "columns; empty: `encryption.key` in the data folder",
    ),
    Setting(
        "OPENIOP_HOSTS",
        "",
        "host names that are answered, with commas between; demo and test add localhost",
    ),
    Setting(
        "OPENIOP_PUBLIC_URL",
        "",
        "address people type, such as https://iop.example.org; "
        "empty in demo: http://localhost and the port",
    ),
    Setting(
        "OPENIOP_MAIL_URL",
        "console:",
        "smtp://user:password@host:587 or smtps://…:465; `console:` prints messages",
        secret=True,
    ),
    Setting("OPENIOP_MAIL_FROM", "openiop@localhost", "sender of e-mail"),
    Setting(
        "OPENIOP_SMS_URL",
        "",
        "address of an HTTP gateway that takes texts; empty: a demo prints texts, "
        "production holds them (docs/operate/messages.md)",
    ),
    Setting("OPENIOP_SMS_TOKEN", "", "the gateway's bearer token", secret=True),
    Setting(
        "OPENIOP_VIDEO_URL",
        "",
        "a video provider's address such as https://video.example/{room}#jwt={token}; "
        "empty: the clinic calls people back (docs/operate/video.md)",
    ),
    Setting(
        "OPENIOP_VIDEO_SECRET", "", "names rooms and signs tokens for that provider", secret=True
    ),
    Setting("OPENIOP_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR"),
    Setting("OPENIOP_WORKERS", "2", "server processes, each with two threads"),
    Setting("OPENIOP_PORT", "8000", "port of `serve` and `demo`"),
    Setting("OPENIOP_RELEASE", "", "name of this release in logs; empty: the package version"),
)


@dataclass(frozen=True)
class Environment:
    """The settings of one process, parsed; secrets stay out of its printed form by `repr`."""

    mode: str
    data_dir: Path
    database_url: str
    owner_url: str
    role: str
    secret_key: str
    encryption_key_file: Path
    allowed_hosts: tuple[str, ...]
    public_url: str
    mail_url: str
    mail_from: str
    sms_url: str
    sms_token: str
    video_url: str
    video_secret: str
    log_level: str
    workers: int
    port: int
    release: str

    @property
    def kept_dir(self) -> Path:
        """Encrypted files that belong to rows of the database; no web server looks here."""
        return self.data_dir / "kept"

    @property
    def prints_mail(self) -> bool:
        """No mail server is named: messages go to the console."""
        return self.mail_url.startswith("console:")

    def __repr__(self) -> str:
        return f"Environment(mode={self.mode!r}, data_dir={str(self.data_dir)!r})"


def read(environ: Mapping[str, str]) -> Environment:
    """Parse the variables in `environ`. Raises BadSetting with a sentence for the first bad one.

    In production a key that was not given stays "": settings must still import for tools.
    """
    values = {each.name: environ.get(each.name, "").strip() or each.default for each in SETTINGS}
    data_dir = Path(values["OPENIOP_DATA"]).expanduser().absolute()
    mode = _mode(values["OPENIOP_MODE"], data_dir)
    port = _number(values, "OPENIOP_PORT", 1, 65535)
    local = () if mode == "production" else ("localhost", "127.0.0.1", "[::1]", "testserver")
    return Environment(
        mode=mode,
        data_dir=data_dir,
        database_url=_database(values, "DATABASE_URL"),
        owner_url=_database(values, "OPENIOP_OWNER_URL"),
        role=_choice(values, "OPENIOP_ROLE", ROLES),
        secret_key=_secret_key(values, mode, data_dir),
        encryption_key_file=Path(
            values["OPENIOP_ENCRYPTION_KEY_FILE"] or data_dir / "encryption.key"
        ).absolute(),
        allowed_hosts=_words(values["OPENIOP_HOSTS"]) + local,
        public_url=_public_url(values, mode, port),
        mail_url=values["OPENIOP_MAIL_URL"],
        mail_from=values["OPENIOP_MAIL_FROM"],
        sms_url=_http(values, "OPENIOP_SMS_URL"),
        sms_token=values["OPENIOP_SMS_TOKEN"],
        video_url=_video(values),
        video_secret=values["OPENIOP_VIDEO_SECRET"],
        log_level=_choice(values, "OPENIOP_LOG_LEVEL", LOG_LEVELS),
        workers=_number(values, "OPENIOP_WORKERS", 1, 64),
        port=port,
        release=values["OPENIOP_RELEASE"] or _package_version(),
    )


def marker(data_dir: Path) -> dict[str, Any] | None:
    """What `demo` wrote into this folder (seed, size, created, filled), or None elsewhere."""
    try:
        found = json.loads((data_dir / MARKER).read_text())
    except FileNotFoundError:
        return None
    except ValueError as broken:
        raise BadSetting(f"{data_dir / MARKER} cannot be read as JSON; remove it.") from broken
    return dict(found)


def write_marker(data_dir: Path, **facts: Any) -> None:
    """Mark the folder as a demo's, atomically; `created` is kept from an earlier marker."""
    created = (marker(data_dir) or {}).get("created") or datetime.now(UTC).isoformat()
    text = json.dumps({"created": created, **facts}, indent=2, default=str)
    _write_private(data_dir / MARKER, text + "\n")


def make_keys(data_dir: Path, encryption: bool = True) -> None:
    """Make `secret.key` and `encryption.key` (mode 0600) where missing: demo and tests only.

    `encryption` False: only the first, where the data is encrypted already.
    """
    data_dir.mkdir(mode=0o711 if os.getuid() == 0 else 0o700, parents=True, exist_ok=True)
    keys = {"secret.key": secrets.token_urlsafe(64)}
    if encryption:
        keys["encryption.key"] = urlsafe_b64encode(secrets.token_bytes(32)).decode()
    for name, text in keys.items():
        if not (data_dir / name).exists():
            _write_private(data_dir / name, text + "\n", replace=False)


def key_fingerprint(key_file: Path) -> str:
    """Sixteen hex digits that name the key without telling it. Raises FileNotFoundError."""
    return sha256(b"openiop key\0" + key_file.read_bytes().strip()).hexdigest()[:16]


def _write_private(path: Path, text: str, replace: bool = True) -> None:
    """Write by rename or link, so that no reader sees half a file and one of two writers wins."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if replace:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def _mode(said: str, data_dir: Path) -> str:
    marked = marker(data_dir) is not None
    if said and said not in MODES:
        raise BadSetting(f"OPENIOP_MODE is {said!r}; write {' or '.join(MODES)}, or nothing.")
    if said == "production" and marked:
        raise BadSetting(
            f"{data_dir} is a demo's folder and cannot run in production; choose another --data."
        )
    return said or ("demo" if marked else "production")


def _secret_key(values: Mapping[str, str], mode: str, data_dir: Path) -> str:
    if values["OPENIOP_SECRET_KEY"]:
        return values["OPENIOP_SECRET_KEY"]
    if mode == "test":
        return TEST_SECRET
    named = values["OPENIOP_SECRET_KEY_FILE"]
    try:
        return Path(named or data_dir / "secret.key").read_text().strip()
    except FileNotFoundError:
        if named:
            raise BadSetting(f"OPENIOP_SECRET_KEY_FILE names {named}, which is missing.") from None
        return ""
    except PermissionError:
        raise BadSetting(f"The secret key file {named} may not be read by this user.") from None


def _database(values: Mapping[str, str], name: str) -> str:
    url = values[name]
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise BadSetting(f"{name} must start with postgresql://; only PostgreSQL is supported.")
    return url


def _choice(values: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    if values[name] not in choices:
        raise BadSetting(f"{name} is {values[name]!r}; write one of {', '.join(choices)}.")
    return values[name]


def _number(values: Mapping[str, str], name: str, low: int, high: int) -> int:
    try:
        number = int(values[name])
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise BadSetting(f"{name} is {values[name]!r}; write a whole number {low} to {high}.")
    return number


def _public_url(values: Mapping[str, str], mode: str, port: int) -> str:
    url = _http(values, "OPENIOP_PUBLIC_URL").rstrip("/")
    return url or ("" if mode == "production" else f"http://localhost:{port}")


def _http(values: Mapping[str, str], name: str) -> str:
    url = values[name]
    if url and not url.startswith(("https://", "http://")):
        raise BadSetting(f"{name} must start with https:// or http://.")
    return url


def _video(values: Mapping[str, str]) -> str:
    url = _http(values, "OPENIOP_VIDEO_URL")
    if url and "{room}" not in url:
        raise BadSetting("OPENIOP_VIDEO_URL must hold {room}, so that each session has its own.")
    if url and not values["OPENIOP_VIDEO_SECRET"]:
        raise BadSetting("OPENIOP_VIDEO_URL needs OPENIOP_VIDEO_SECRET: nobody may guess a room.")
    return url


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _package_version() -> str:
    try:
        return version("openiop")
    except PackageNotFoundError:
        return "unreleased"
