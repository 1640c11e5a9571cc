"""A need profile on one page."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.assessments.words import DIFFERS, RISKS
from openiop.catalog.needs import Edition
from openiop.ui.forms import DeskForm


class NeedsForm(DeskForm):
    """Each point with its own risk and what speaks for it; nothing is added up."""

    recommended = forms.ChoiceField(label=_("Level recommended"))
    actual = forms.ChoiceField(label=_("Level given"))
    differs = forms.ChoiceField(
        label=_("Why another level is given"), choices=[("", ""), *DIFFERS.items()], required=False
    )
    interim = forms.CharField(
        label=_("What helps until then"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        self.edition = edition
        super().__init__(*args, **kwargs)
        levels = [(code, f"{code} {title}") for code, title in edition.levels.items()]
        for name in ("recommended", "actual"):
            field: Any = self.fields[name]
            field.choices = [("", ""), *levels]
        for key, title in edition.rated.items():
            self.fields[f"risk_{key}"] = forms.ChoiceField(
                label=title, choices=[("", ""), *RISKS.items()],
                error_messages={"required": _("Choose one.")},
            )  # fmt: skip
            self.fields[f"note_{key}"] = _words(_("What speaks for it: %(area)s"), title)
        for key, title in edition.told.items():
            self.fields[f"note_{key}"] = _words("%(area)s", title)

    @property
    def areas(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Each area's title with its fields."""
        for area in self.edition.areas:
            names = [f"{part}_{key}" for key, _title in area.points for part in ("risk", "note")]
            yield area.title, [self[name] for name in names if name in self.fields]

    def risks(self) -> dict[str, int]:
        """The risk of each point that is rated."""
        return {key: int(self.cleaned_data[f"risk_{key}"]) for key in self.edition.rated}

    def notes(self) -> dict[str, str]:
        """What was written to each point."""
        keys = [*self.edition.rated, *self.edition.told]
        return {key: self.cleaned_data[f"note_{key}"] for key in keys}


def _words(label: Any, title: str) -> forms.CharField:
    return forms.CharField(
        label=label % {"area": title}, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
