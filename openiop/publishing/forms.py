"""Forms of this room. What `cleaned_data` holds are the keywords of the action behind each."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openiop.publishing.rules.articles import Kind, Source, doi_in, is_doi, names_condition
from openiop.publishing.rules.pages import parsed
from openiop.ui.forms import DeskForm

KINDS = {
    Kind.JOURNAL: _("Journal"), Kind.COURT: _("Court record"), Kind.ACADEMIC: _("University"),
    Kind.NONPROFIT: _("Nonprofit"), Kind.GOVERNMENT: _("Government"),
    Kind.OWN_EXPERT: _("Our own expert"),
}  # fmt: skip


def _without_condition(text: str) -> str:
    word = names_condition(text)
    if word:
        raise forms.ValidationError(
            _("“%(word)s” names a condition; who looks over a shoulder reads this.")
            % {"word": word}
        )
    return text


class ArticleForm(DeskForm):
    """A version of an article, without its sources."""

    slug = forms.SlugField(
        label=_("Address"), max_length=80,
        help_text=_("The last part of the address, such as evening-groups. It never changes."),
    )  # fmt: skip
    title = forms.CharField(label=_("Title"), max_length=120)
    summary = forms.CharField(
        label=_("In a sentence"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    body = forms.CharField(
        label=_("Text"), widget=forms.Textarea(attrs={"rows": 22}), max_length=40_000,
        help_text=_("Markdown. Put [^1] behind a sentence that needs source 1. Write for grade 6 "
                    "to 8: short words, short sentences."),
    )  # fmt: skip
    related = forms.TypedMultipleChoiceField(
        label=_("Read next"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    change = forms.CharField(
        label=_("What is new"), max_length=200,
        help_text=_("One sentence for the change log, which everybody reads."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, others: Sequence[tuple[int, str]], new: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not new:
            del self.fields["slug"]
        self.fields["related"].choices = others  # type: ignore[attr-defined]
        if not others:
            del self.fields["related"]

    def clean_slug(self) -> str:
        return _without_condition(self.cleaned_data["slug"])

    def clean_title(self) -> str:
        return _without_condition(self.cleaned_data["title"])


class SourceForm(DeskForm):
    """One source; a row left empty is none."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=999, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Choose one")), *KINDS.items()]
    )
    text = forms.CharField(
        label=_("As printed"), max_length=400, required=False,
        help_text=_("Authors, title, where it appeared."),
    )  # fmt: skip
    year = forms.IntegerField(label=_("Year"), min_value=1900, max_value=2200, required=False)
    place = forms.CharField(label=_("DOI or address"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        seen = self.cleaned_data
        if not any(seen.get(name) for name in ("kind", "text", "year", "place")):
            return {}
        for name in ("kind", "text", "year"):
            if not seen.get(name) and name not in self.errors:
                self.add_error(name, _("Fill this in, or empty the whole row."))
        place = seen.get("place", "")
        doi = doi_in(place)
        if place and not is_doi(doi) and not place.startswith(("https://", "http://")):
            self.add_error("place", _("A DOI looks like 10.1000/182, an address like https://…"))
        return seen

    def source(self, number: int) -> Source:
        """The source; call after `is_valid`, on a row that is not empty."""
        seen, place = self.cleaned_data, self.cleaned_data["place"]
        doi = doi_in(place) if is_doi(doi_in(place)) else ""
        return Source(
            seen.get("number") or number, seen["kind"], seen["text"], seen["year"], doi,
            "" if doi else place,
        )  # fmt: skip


class _Sources(forms.BaseFormSet):  # type: ignore[type-arg]  # no such thing at run time
    def clean(self) -> None:
        if not any(self.errors):
            numbers = [each.number for each in self.sources()]
            if len(set(numbers)) != len(numbers):
                raise forms.ValidationError(_("Two sources have the same number."))

    def sources(self) -> list[Source]:
        """The rows that are filled in; a row without a number takes the next one."""
        found: list[Source] = []
        for form in self.forms:
            if form.cleaned_data.get("kind"):
                taken = max((each.number for each in found), default=0)
                found.append(form.source(taken + 1))
        return sorted(found)


Sources = forms.formset_factory(SourceForm, formset=_Sources, extra=3, max_num=60)


class Note(DeskForm):
    """A sentence with a decision."""

    note = forms.CharField(label=_("To the writer"), max_length=300, required=False)


class Showing(DeskForm):
    """The words in which a question is shown."""

    text = forms.CharField(
        label=_("As others read it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    why = forms.CharField(
        label=_("Why what is marked tells nobody who they are"), max_length=200, required=False
    )
    nameless = forms.BooleanField(label=_("Leave their name out"), required=False)


class Declining(DeskForm):
    """Why a question is not shown."""

    why = forms.CharField(label=_("Why it is not shown"), max_length=200, required=False)


class Answering(DeskForm):
    """An answer."""

    text = forms.CharField(
        label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("It stands under your first name and your role. Answer for everybody who "
                    "reads it, never about one person's care."),
    )  # fmt: skip


class PageForm(DeskForm):
    """The text of a page. `after` is the version it began from."""

    text = forms.CharField(
        label=_("Text"), max_length=40_000, widget=forms.Textarea(attrs={"rows": 28}),
        help_text=_("Title, label and description stand between the lines of ---; below, "
                    "Markdown."),
    )  # fmt: skip
    after = forms.IntegerField(widget=forms.HiddenInput)

    def clean_text(self) -> str:
        try:
            parsed("text", self.cleaned_data["text"])
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong).partition(": ")[2].capitalize()) from None
        return str(self.cleaned_data["text"])
