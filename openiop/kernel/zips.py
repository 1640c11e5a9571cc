"""Where a ZIP code lies, and how far it is: from the centroids a kept package ships."""

from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

MILES_AROUND_THE_EARTH = 3958.8  # its radius


class Spot(NamedTuple):
    """Degrees north and east, and the two letters of the state."""

    latitude: float
    longitude: float
    state: str


@lru_cache(maxsize=1024)
def spot(zip_code: str) -> Spot | None:
    """The middle of a ZIP code; None where it is unknown."""
    from pyzipcode import ZipCodeDatabase  # opens a file of its own, and few pages need it

    try:
        found = ZipCodeDatabase()[zip_code.strip()[:5]]
    except (KeyError, IndexError):
        return None
    return Spot(float(found.latitude), float(found.longitude), str(found.state))


def miles_between(here: Spot, there: Spot) -> float:
    """The great circle between two places in miles, to a tenth."""
    a, b, c, d = map(radians, (*here[:2], *there[:2]))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return round(2 * MILES_AROUND_THE_EARTH * asin(sqrt(half)), 1)
