"""E-mail addresses of strangers: kept so that only this installation can read them."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken

from openiop.access.keys import derived_key


def sealed(text: str) -> bytes:
    """The text, encrypted. Raises Refused without the installation's key."""
    return _fernet().encrypt(text.encode())


def opened(kept: bytes) -> str:
    """What was sealed; "" where another key sealed it."""
    try:
        return _fernet().decrypt(kept).decode()
    except InvalidToken:
        return ""


def _fernet() -> Fernet:
    return Fernet(urlsafe_b64encode(derived_key("question address 1")))
