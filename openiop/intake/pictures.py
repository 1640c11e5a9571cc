"""A picture of an insurance card as it is kept."""

from dataclasses import dataclass
from io import BytesIO

from openiop.ui.pictures import upright

LONGEST = 1600  # pixels of the longer side; a card's small print is readable


@dataclass(frozen=True)
class Picture:
    """A JPEG without any data but its pixels."""

    data: bytes
    width: int
    height: int


def prepared(data: bytes) -> Picture:
    """The picture upright and readable, as a JPEG. Refused as `upright`."""
    image, out = upright(data, LONGEST, field="photo"), BytesIO()
    image.save(out, "JPEG", quality=85)
    return Picture(out.getvalue(), image.width, image.height)
