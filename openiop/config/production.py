"""What makes an installation unsafe, as sentences; pages and worker refuse to start on any."""

import os
import stat
from pathlib import Path
from urllib.parse import urlsplit

from openiop.config.environment import Environment

SECRET_LENGTH = 50
SECRET_VARIETY = 10


class Unsafe(Exception):
    """This installation may not start; `sentences` say why and what to do."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("Not safe to run in production:\n- " + "\n- ".join(sentences))
        self.sentences = sentences


_for_tools = False


def allow_tools() -> None:
    """Let settings load in this process though unsafe: for commands that serve nobody."""
    global _for_tools
    _for_tools = True


def refuse_unsafe(environment: Environment) -> None:
    """Raise Unsafe when a production environment has a refusal; demo and test always pass."""
    if environment.mode != "production" or _for_tools:
        return
    sentences = refusals(environment)
    if sentences:
        raise Unsafe(sentences)


def refusals(environment: Environment) -> list[str]:
    """Every reason why this environment may not run in production; empty when it may."""
    found = (
        _secret_key(environment.secret_key),
        encryption_key_refusal(environment.encryption_key_file),
        _hosts(environment.allowed_hosts),
        _public_url(environment.public_url),
        _mail(environment.mail_url),
        _texts(environment),
        _database(environment),
    )
    return [sentence for sentence in found if sentence]


def encryption_key_refusal(file: Path) -> str:
    """Why this file cannot serve as the encryption key, or ""."""
    try:
        status = file.stat()
    except OSError:
        return (
            f"The encryption key {file} is missing: restore it from its safe place, or make one "
            "for a new installation as docs/operate/install.md says."
        )
    if not stat.S_ISREG(status.st_mode) or status.st_size < 32:
        return f"The encryption key {file} is not a key of 32 bytes: restore the right file."
    if status.st_mode & 0o077:
        return f"The encryption key {file} can be read by others: run chmod 600 on it."
    if not os.access(file, os.R_OK):
        return f"The encryption key {file} cannot be read by this user: change its owner."
    return ""


def _secret_key(key: str) -> str:
    if not key:
        return "OPENIOP_SECRET_KEY is not set: give at least 50 random characters."
    if len(key) < SECRET_LENGTH or len(set(key)) < SECRET_VARIETY:
        return "OPENIOP_SECRET_KEY is too weak: give at least 50 random characters."
    return ""


def _hosts(hosts: tuple[str, ...]) -> str:
    if not hosts:
        return "OPENIOP_HOSTS is empty: name the host people type, such as iop.example.org."
    if any("*" in host or host.startswith(".") for host in hosts):
        return "OPENIOP_HOSTS holds a wildcard: name each host."
    return ""


def _public_url(url: str) -> str:
    if not url.startswith("https://"):
        return "OPENIOP_PUBLIC_URL is no https:// address: give the one people type."
    return ""


def _mail(url: str) -> str:
    if urlsplit(url).scheme not in ("smtp", "smtps"):
        return (
            "OPENIOP_MAIL_URL only prints messages: give an smtp:// or smtps:// address, or "
            "invitations and alerts reach nobody."
        )
    return ""


def _texts(environment: Environment) -> str:
    if environment.sms_url and not environment.sms_url.startswith("https://"):
        return "OPENIOP_SMS_URL is no https:// address: texts and numbers would be open to read."
    if environment.sms_url and not environment.sms_token:
        return "OPENIOP_SMS_TOKEN is not set: give the token of the gateway."
    return ""


def _database(environment: Environment) -> str:
    if environment.role == "app" and environment.database_url == environment.owner_url != "":
        return (
            "DATABASE_URL and OPENIOP_OWNER_URL are the same: the pages must run as the role "
            "openiop_app, which owns no table (docs/operate/database.md)."
        )
    return ""
