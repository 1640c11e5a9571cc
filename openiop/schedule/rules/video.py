"""Addresses of a video provider: a room nobody can guess, and a signed token for who comes in.

The token is a JSON Web Token signed with HMAC-SHA256 (RFC 7519, RFC 7515): providers such as Jitsi
take it as it is. It names nobody: `sub` is an opaque number of this session, `moderator` is true
for staff.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import sha256


def room_name(secret: str, kind: str, number: int) -> str:
    """The name of a session's room at the provider: the same every time, and not to be guessed."""
    return _base64(_signed(secret, f"room {kind} {number}")[:15])


def token(secret: str, room: str, guest: str, *, moderator: bool, until: datetime) -> str:
    """A token for one who comes into this room until a moment; `guest` is told to nobody else."""
    claims = {
        "room": room, "sub": _base64(_signed(secret, f"guest {room} {guest}")[:9]),
        "moderator": moderator, "exp": int(until.timestamp()),
    }  # fmt: skip
    head = _part({"alg": "HS256", "typ": "JWT"})
    told = f"{head}.{_part(claims)}"
    return f"{told}.{_base64(_signed(secret, told))}"


def address(template: str, room: str, signed: str) -> str:
    """The provider's address with `{room}` and `{token}` filled in."""
    return template.replace("{room}", room).replace("{token}", signed)


def _signed(secret: str, text: str) -> bytes:
    return hmac.new(secret.encode(), text.encode(), sha256).digest()


def _part(facts: dict[str, object]) -> str:
    return _base64(json.dumps(facts, separators=(",", ":")).encode())


def _base64(given: bytes) -> str:
    return urlsafe_b64encode(given).rstrip(b"=").decode()
