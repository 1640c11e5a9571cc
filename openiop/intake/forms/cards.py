"""A picture of an insurance card."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.ui.forms import DeskForm
from openiop.ui.pictures import MOST_BYTES

SIDES: dict[str, Any] = {"front": _("Front"), "back": _("Back")}


class CardForm(DeskForm):
    side = forms.ChoiceField(label=_("Side"), choices=list(SIDES.items()))
    photo = forms.FileField(
        label=_("Picture"), help_text=_("JPEG, PNG or WebP, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip

    def clean_photo(self) -> bytes:
        """The bytes; what they are is looked at when the picture is kept."""
        given = self.cleaned_data["photo"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("The picture is larger than 10 MB."))
        return bytes(given.read())
