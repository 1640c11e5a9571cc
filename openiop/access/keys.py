"""Keys drawn from the installation's one encryption key, each for a purpose of its own."""

import hmac

from django.conf import settings

from openiop.kernel.permits import Refused


def derived_key(purpose: str) -> bytes:
    """32 bytes for the purpose; the same as long as the key file is. Raises Refused without it."""
    file = settings.ENV.encryption_key_file
    try:
        return hmac.digest(file.read_bytes().strip(), f"openiop {purpose}".encode(), "sha256")
    except OSError:
        raise Refused(
            "key", f"The encryption key {file} cannot be read.",
            "Put the key back, or name it in OPENIOP_ENCRYPTION_KEY_FILE.",
        ) from None  # fmt: skip
