"""Pictures for public pages: small enough for a phone on a slow line."""

from io import BytesIO
from typing import NamedTuple

from openiop.ui.pictures import upright

WIDTH, BYTES = 640, 20_000  # a page with one of them stays below 50 KB
QUALITIES = (78, 66, 54, 42, 30, 20)


class Picture(NamedTuple):
    """A WebP and its size in pixels."""

    data: bytes
    width: int
    height: int


def for_the_web(data: bytes) -> Picture:
    """The picture as visitors get it. Refused as `upright`."""
    picture, width = upright(data, WIDTH, field="picture"), WIDTH
    while True:
        picture.thumbnail((width, width))
        for quality in QUALITIES:
            out = BytesIO()
            picture.save(out, "WEBP", quality=quality, method=6)
            if out.tell() <= BYTES:
                return Picture(out.getvalue(), picture.width, picture.height)
        width = width * 3 // 4
