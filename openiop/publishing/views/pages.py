"""The text of the site at the desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from openiop.access.door import opens
from openiop.kernel.permits import Permit
from openiop.publishing.actions.pages import write_page
from openiop.publishing.forms import PageForm
from openiop.publishing.queries.pages import page_texts, page_versions
from openiop.publishing.rules.notices import changeable, shipped_text
from openiop.publishing.rules.pages import filled, parsed
from openiop.publishing.rules.reading import ASKED, grade
from openiop.publishing.views.asking import took
from openiop.ui.prose import prose

WRITE = "publishing.page.write"


@opens(WRITE)
def page_list(request: HttpRequest, permit: Permit) -> HttpResponse:
    """Every text of the site."""
    rows = [
        (key, page, page != changeable()[key], round(grade(page.body), 1))
        for key, page in page_texts(permit).items()
    ]
    context = {"title": _("Text of the site"), "rows": rows, "asked": ASKED}
    return render(request, "publishing/pages.html", context)


@opens(WRITE)
def page_edit(request: HttpRequest, permit: Permit, key: str) -> HttpResponse:
    """Change one text; look at it first."""
    versions = page_versions(permit, key)
    newest = versions[0]
    start = {"text": newest.text or shipped_text(key), "after": newest.number}
    form = PageForm(request.POST or None, initial=start)
    back = "shipped" in request.POST
    if back or (form.is_valid() and "preview" not in request.POST):
        form.is_valid()
        text, after = "" if back else form.cleaned_data["text"], form.cleaned_data.get("after")
        if took(form, lambda: write_page(permit, key, text, after=-1 if after is None else after)):
            messages.success(request, _("The site shows it now."))
            return redirect("publishing:pages")
    shown = filled(parsed(key, form.cleaned_data["text"]), ()) if _looks(request, form) else None
    context = {
        "title": changeable()[key].label, "form": form, "versions": versions, "newest": newest,
        "preview": shown and prose(shown.body), "shown": shown,
        "crumbs": [{"label": _("Text of the site"), "url": reverse("publishing:pages")},
                   {"label": changeable()[key].label}],
    }  # fmt: skip
    return render(request, "publishing/page.html", context, status=422 if form.errors else 200)


def _looks(request: HttpRequest, form: PageForm) -> bool:
    return "preview" in request.POST and form.is_valid()
