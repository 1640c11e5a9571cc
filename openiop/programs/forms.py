"""Forms of `programs`: input into clean values."""

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from openiop.ui.forms import DeskForm

KINDS = [
    ("substance_use", _("Substance use")), ("mental_health", _("Mental health")),
    ("co_occurring", _("Co-occurring")),
]  # fmt: skip


class ProgramForm(DeskForm):
    """A program to offer."""

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, widget=forms.RadioSelect)

    @property
    def code(self) -> str:
        """A short code made of the name."""
        return slugify(self.cleaned_data["name"])[:30] or "program"
