"""Addresses at a video provider: not to be guessed, signed, naming nobody."""

import hmac
import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from hashlib import sha256

from openiop.schedule.rules.video import address, room_name, token

UNTIL = datetime(2026, 11, 24, 3, 20, tzinfo=UTC)


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_rooms_name_is_its_own_and_takes_the_secret():
    assert room_name("s", "session", 7) == room_name("s", "session", 7)
    names = {
        room_name(secret, kind, number)
        for secret in ("s", "t") for kind in ("session", "visit") for number in (7, 8)
    }  # fmt: skip
    assert (len(names), {len(name) for name in names}) == (8, {20})


def test_the_token_is_signed_and_says_who_moderates_until_when():
    head, claims, signature = token("key", "room", "guest 4", moderator=True, until=UNTIL).split(
        "."
    )
    signed = hmac.new(b"key", f"{head}.{claims}".encode(), sha256).digest()
    assert decoded(signature) == signed
    assert json.loads(decoded(head)) == {"alg": "HS256", "typ": "JWT"}
    told = json.loads(decoded(claims))
    assert (told["room"], told["moderator"], told["exp"]) == ("room", True, 1795490400)
    assert datetime.fromtimestamp(told["exp"], UTC) == UNTIL
    assert "guest" not in told["sub"]


def test_a_guests_number_differs_from_room_to_room():
    made = [token("k", room, "4", moderator=False, until=UNTIL) for room in ("a", "b")]
    subs = {json.loads(decoded(each.split(".")[1]))["sub"] for each in made}
    assert len(subs) == 2


def test_the_address_is_the_providers_with_both_filled_in():
    assert address("https://video.example/{room}#{token}", "r1", "t.t.t") == (
        "https://video.example/r1#t.t.t"
    )
