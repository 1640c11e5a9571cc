"""Not too much from one place: counted for an hour by a keyed digest, never by the address."""

import hmac

from django.core.cache import cache
from django.http import HttpRequest

from openiop.access.keys import derived_key

AN_HOUR = 3600


def too_many(request: HttpRequest, what: str, most: int) -> bool:
    """Count one more of `what` from where this request came; were there more than `most` within
    the hour?"""
    address = request.META.get("REMOTE_ADDR", "")
    digest = hmac.digest(derived_key("sparing 1"), f"{what} {address}".encode(), "sha256").hex()
    key = f"sparing:{digest[:32]}"
    if cache.add(key, 1, AN_HOUR):
        return False
    try:
        return cache.incr(key) > most
    except ValueError:  # the hour ended between the two
        return False
