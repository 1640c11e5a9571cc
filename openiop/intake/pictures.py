"""A picture somebody uploads: looked at, made anew without what the camera wrote into it."""

from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from openiop.kernel.permits import Refused

MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
LONGEST = 1600  # pixels of the longer side; a card's small print is readable
KINDS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True)
class Picture:
    """A JPEG without any data but its pixels."""

    data: bytes
    width: int
    height: int


def prepared(data: bytes) -> Picture:
    """The picture upright, at most `LONGEST` on its longer side, as a JPEG with neither place nor
    time nor device in it. Refused for what is no picture, too large, or of another kind."""
    if len(data) > MOST_BYTES:
        raise _no("too_large", _("The picture is larger than 10 MB."))
    try:
        with Image.open(BytesIO(data), formats=KINDS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _no("too_many_pixels", _("The picture has more than 50 million pixels."))
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise _no("no_picture", _("This is no JPEG, PNG or WebP picture.")) from error
    image.thumbnail((LONGEST, LONGEST))
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = BytesIO()
    bare.save(out, "JPEG", quality=85)
    return Picture(out.getvalue(), bare.width, bare.height)


def _no(code: str, sentence: str) -> Refused:
    return Refused(code, sentence, _("Take the picture again, or choose another."), field="photo")
