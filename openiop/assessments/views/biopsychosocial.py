"""The biopsychosocial assessment of one person: written, kept as one types, signed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from openiop.access.door import opens
from openiop.assessments.actions.biopsychosocial import (
    STALE,
    WRITE,
    Typed,
    save_draft,
    sign_assessment,
)
from openiop.assessments.queries.biopsychosocial import Assessment, assessments_of
from openiop.assessments.views.asking import opened_record, took
from openiop.assessments.views.responses import READ
from openiop.catalog.biopsychosocial import topics
from openiop.kernel.acts import ACTS
from openiop.kernel.permits import Permit, Refused
from openiop.ui.forms import DeskForm

ANSWERS = [
    ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")), ("unsure", gettext_lazy("Not sure")),
]  # fmt: skip


class BioForm(DeskForm):
    """A text for each topic, an answer for each question of the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any, draft: Assessment | None) -> None:
        texts, screen = (draft.texts, draft.screen) if draft else ({}, {})
        start = {f"t_{key}": text for key, text in texts.items()}
        start |= {f"s_{key}": text for key, text in screen.items()}
        super().__init__(data, initial={**start, "version": draft.saved if draft else 0})
        for key, title, ask in topics().topics:
            self.fields[f"t_{key}"] = forms.CharField(
                label=title, help_text=ask, required=False, max_length=8000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )  # fmt: skip
        for key, ask in topics().screen:
            self.fields[f"s_{key}"] = forms.ChoiceField(
                label=ask, choices=ANSWERS, required=False, widget=forms.RadioSelect
            )

    @property
    def typed(self) -> Typed:
        """What stands on the page; call after `is_valid`."""
        seen = self.cleaned_data
        texts = {key: seen[f"t_{key}"] for key, *_rest in topics().topics}
        screen = {key: seen[f"s_{key}"] for key, _ask in topics().screen}
        return Typed(texts, screen, seen["version"])

    @property
    def parts(self) -> tuple[list[Any], list[Any]]:
        """Topics and questions as bound fields."""
        return ([self[f"t_{key}"] for key, *_rest in topics().topics],
                [self[f"s_{key}"] for key, _ask in topics().screen])  # fmt: skip


@opens(READ)
def assessments(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Those that were signed; the draft is a press away."""
    opened, page = opened_record(request, permit, number)
    page["crumbs"].append({"label": _("Biopsychosocial assessment")})
    titles = {key: title for key, title, _ask in topics().topics}
    asked = dict(topics().screen)
    words = dict(ANSWERS)
    found = assessments_of(permit, opened.id)
    return render(request, "assessments/bio_list.html", {
        **page, "draft": next((each for each in found if not each.signed_at), None),
        "signed": [
            (each, [(titles.get(k, k), t) for k, t in each.texts.items()],
             [(asked.get(k, k), words.get(a, a)) for k, a in each.screen.items()])
            for each in found if each.signed_at
        ],
        "may_write": permit.holds(*ACTS[WRITE].roles),
    })  # fmt: skip


@opens(WRITE)
def write(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """One page of topics; it is kept as one types."""
    opened, page = opened_record(request, permit, number)
    found = next((e for e in assessments_of(permit, opened.id) if not e.signed_at), None)
    form = BioForm(request.POST or None, found)
    if form.is_bound and form.is_valid():
        signs = "sign" in request.POST
        act = sign_assessment if signs else save_draft
        if took(permit, form, lambda: act(permit, opened.id, opened.clinic, form.typed)):
            messages.success(request, _("Signed.") if signs else _("The draft is kept."))
            return redirect("assessments:bio_list" if signs else "assessments:bio", number)
    page["crumbs"].append({"label": _("Biopsychosocial assessment"),
                           "url": reverse("assessments:bio_list", args=[number])})  # fmt: skip
    asked, screen = form.parts
    return render(request, "assessments/bio.html", {
        **page, "form": form, "asked": asked, "screen": screen, "draft": found, "about": topics(),
    }, status=422 if form.errors else 200)  # fmt: skip


@require_POST
@opens(WRITE)
def autosave(request: HttpRequest, permit: Permit, number: str) -> HttpResponse:
    """Keep what was typed so far."""
    opened, _page = opened_record(request, permit, number)
    form = BioForm(request.POST, None)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        saved = save_draft(permit, opened.id, opened.clinic, form.typed)
    except Refused as no:
        if no.code != STALE:
            raise
        return JsonResponse({"sentence": f"{no.sentence} {no.next_step}"}, status=409)
    return JsonResponse({"saved": f"{localtime(permit.now):%H:%M}", "version": saved})
