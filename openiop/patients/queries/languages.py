"""Languages people speak, by code, in the reader's words."""

from django.utils.translation import gettext_lazy as _

SIGN = "ase"
LANGUAGES = [
    ("en", _("English")), ("es", _("Spanish")), (SIGN, _("American Sign Language")),
    ("ar", _("Arabic")), ("zh", _("Chinese")), ("fr", _("French")), ("de", _("German")),
    ("gu", _("Gujarati")), ("ht", _("Haitian Creole")), ("hi", _("Hindi")), ("ko", _("Korean")),
    ("fa", _("Persian")), ("pl", _("Polish")), ("pt", _("Portuguese")), ("ru", _("Russian")),
    ("so", _("Somali")), ("sw", _("Swahili")), ("tl", _("Tagalog")), ("ta", _("Tamil")),
    ("te", _("Telugu")), ("uk", _("Ukrainian")), ("ur", _("Urdu")), ("vi", _("Vietnamese")),
]  # fmt: skip
SPOKEN = [each for each in LANGUAGES if each[0] not in ("en", SIGN)]


def language_name(code: str) -> str:
    """A language in the reader's words; an unknown code stays as it is."""
    return str(dict(LANGUAGES).get(code, code))
