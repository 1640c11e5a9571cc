"""A picture somebody uploads: looked at, turned upright, nothing but its pixels kept."""

from io import BytesIO
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from openiop.kernel.permits import Refused

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
KINDS = ("JPEG", "PNG", "WEBP")


def upright(data: bytes, longest: int, *, field: str) -> "Image":
    """The picture upright, at most `longest` pixels on its longer side, with neither place nor time
    nor device in it. Refused at `field` for what is no picture, too large, or of another kind."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # large, and few pages need it

    if len(data) > MOST_BYTES:
        raise _no("too_large", _("The picture is larger than 10 MB."), field)
    try:
        with Image.open(BytesIO(data), formats=KINDS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                words = _("The picture has more than 50 million pixels.")
                raise _no("too_many_pixels", words, field)
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise _no("no_picture", _("This is no JPEG, PNG or WebP picture."), field) from error
    image.thumbnail((longest, longest))
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    return bare


def _no(code: str, sentence: str, field: str) -> Refused:
    return Refused(code, sentence, _("Take the picture again, or choose another."), field=field)
