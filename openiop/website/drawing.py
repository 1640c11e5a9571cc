"""Maps drawn from nothing but coordinates: no other site is asked."""

from collections.abc import Iterable, Sequence
from math import cos, radians
from typing import NamedTuple

from openiop.access.queries import PublicClinic
from openiop.kernel.zips import spot

# Degrees (east, north), simplified by hand from the course of rivers and survey lines.
OUTLINES: dict[str, tuple[tuple[float, float], ...]] = {
    "IL": (
        (-90.64, 42.51), (-87.80, 42.49), (-87.53, 41.71), (-87.53, 39.35), (-87.64, 39.10),
        (-87.51, 38.74), (-87.95, 38.26), (-88.05, 37.81), (-88.47, 37.07), (-89.17, 36.98),
        (-89.52, 37.57), (-90.21, 38.40), (-90.18, 38.75), (-90.67, 39.00), (-91.42, 39.92),
        (-91.40, 40.56), (-91.10, 40.67), (-90.95, 41.07), (-90.33, 41.74), (-90.16, 42.10),
    ),
    "TX": (
        (-103.04, 36.50), (-100.00, 36.50), (-100.00, 34.56), (-98.10, 34.13), (-96.60, 33.84),
        (-95.50, 33.88), (-94.04, 33.55), (-94.04, 31.99), (-93.55, 31.18), (-93.84, 29.68),
        (-94.70, 29.35), (-96.40, 28.35), (-97.20, 27.60), (-97.37, 26.90), (-97.15, 25.96),
        (-99.10, 26.40), (-99.50, 27.50), (-100.30, 28.30), (-100.80, 29.20), (-101.40, 29.77),
        (-102.70, 29.70), (-103.10, 28.98), (-104.50, 29.65), (-104.90, 30.60), (-106.53, 31.78),
        (-106.62, 32.00), (-103.06, 32.00),
    ),
}  # fmt: skip
WIDTH = 100.0
MARGIN = 6.0


class Pin(NamedTuple):
    """A place on the drawing; `before`: its name stands to the left of it."""

    x: float
    y: float
    name: str
    url: str
    before: bool

    @property
    def left(self) -> float:
        return round(self.x - 4, 1)

    @property
    def right(self) -> float:
        return round(self.x + 4, 1)

    @property
    def low(self) -> float:
        return round(self.y + 1.8, 1)


class Drawing(NamedTuple):
    """A map: its height where it is 100 wide, land as points of a polygon, places, and how wide
    ten miles are."""

    height: float
    land: str
    pins: list[Pin]
    ten_miles: float


class _Frame:
    """Degrees to points: north is up, east is right, and miles are as long both ways."""

    def __init__(self, points: Sequence[tuple[float, float]], pad: float = 0.0) -> None:
        east, north = [p[0] for p in points], [p[1] for p in points]
        self.west, self.north = min(east) - pad, max(north) + pad
        self.squeeze = cos(radians((max(north) + min(north)) / 2))
        wide = (max(east) + pad - self.west) * self.squeeze
        high = self.north - (min(north) - pad)
        self.scale = (WIDTH - 2 * MARGIN) / max(wide, high, 0.01)
        self.height = round(high * self.scale + 2 * MARGIN, 1)
        self.left = MARGIN + ((WIDTH - 2 * MARGIN) - wide * self.scale) / 2

    def at(self, east: float, north: float) -> tuple[float, float]:
        x = self.left + (east - self.west) * self.squeeze * self.scale
        return round(x, 1), round(MARGIN + (self.north - north) * self.scale, 1)

    @property
    def ten_miles(self) -> float:
        return round(10 / 69.0 * self.scale, 1)  # a degree of latitude is 69 miles


def state_map(
    state: str, areas: dict[str, tuple[str, str]], clinics: Iterable[PublicClinic]
) -> Drawing | None:
    """A state with its areas as pins: code -> (name, address of its page)."""
    outline = OUTLINES.get(state)
    if outline is None:
        return None
    frame, spots = _Frame(outline), _spots(clinics)
    pins = []
    for code, (name, url) in areas.items():
        here = [at for clinic, at in spots if clinic.area_code == code]
        if here:
            middle = tuple(sum(each) / len(here) for each in zip(*here, strict=True))
            pins.append(_pin(frame, middle[0], middle[1], name, url))
    land = " ".join("{},{}".format(*frame.at(*point)) for point in outline)
    return Drawing(frame.height, land, pins, frame.ten_miles)


def area_map(clinics: Sequence[tuple[PublicClinic, str]]) -> Drawing | None:
    """Clinics of an area with the addresses of their pages; None where fewer than two have a
    place."""
    urls = {clinic.id: url for clinic, url in clinics}
    spots = _spots([clinic for clinic, _ in clinics])
    if len(spots) < 2:
        return None
    frame = _Frame([at for _, at in spots], pad=0.04)
    pins = [_pin(frame, *at, clinic.name, urls[clinic.id]) for clinic, at in spots]
    return Drawing(frame.height, "", pins, frame.ten_miles)


def _spots(clinics: Iterable[PublicClinic]) -> list[tuple[PublicClinic, tuple[float, float]]]:
    known = ((clinic, spot(clinic.zip_code)) for clinic in clinics)
    return [(clinic, (at.longitude, at.latitude)) for clinic, at in known if at]


def _pin(frame: _Frame, east: float, north: float, name: str, url: str) -> Pin:
    x, y = frame.at(east, north)
    return Pin(x, y, name, url, before=x > WIDTH * 0.6)
