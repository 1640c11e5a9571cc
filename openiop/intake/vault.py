"""Encrypted files in the data folder, beside the database and never below the web root.

AES-256-GCM with a key drawn from the installation's own; the file's name is bound in, so that two
files cannot be exchanged. `openiop backup` takes the folder along, as it is.
"""

import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from openiop.access.keys import derived_key
from openiop.kernel.permits import Refused

PURPOSE = "pictures of insurance cards"
NONCE = 12


def _folder() -> Path:
    folder: Path = settings.ENV.kept_dir
    return folder


def keep(data: bytes) -> tuple[str, str]:
    """Encrypt into a new file; its random name and the digest of what lies there."""
    name = secrets.token_hex(16)
    nonce = secrets.token_bytes(NONCE)
    sealed = nonce + AESGCM(derived_key(PURPOSE)).encrypt(nonce, data, name.encode())
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    part.touch(mode=0o600)
    part.write_bytes(sealed)
    part.rename(folder / name)
    return name, sha256(sealed).hexdigest()


def opened(name: str) -> bytes:
    """The content of a kept file. Refused when it is missing, changed, or of another key."""
    try:
        sealed = (_folder() / name).read_bytes()
        return AESGCM(derived_key(PURPOSE)).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
    except (OSError, InvalidTag, ValueError) as error:
        raise Refused(
            "kept_file", _("This picture cannot be opened: it is missing or was changed."),
            _("Ask whoever runs the system to restore it from a backup."),
        ) from error  # fmt: skip
