"""What every public page shows around its text, and the headers all of them carry."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import phonenumbers
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from openiop.access.door import opens, opens_link
from openiop.access.queries import Site, site
from openiop.kernel.permits import Permit
from openiop.publishing.queries import page_texts
from openiop.publishing.rules.pages import Page, filled

# Pages of plain text, in the order they are listed; their addresses name no condition.
GUIDE = (
    "what-is-an-iop", "which-level", "groups", "one-to-one", "medication", "testing", "rules",
)  # fmt: skip
FRESH = 60  # seconds a browser may show a page again without asking


class Item(NamedTuple):
    """A way to another page."""

    url: str
    label: str


class Face:
    """The organization as the frame of a page shows it."""

    def __init__(self, permit: Permit) -> None:
        self.site: Site = site(permit)
        self.texts = page_texts(permit)
        self.name, self.phone = self.site.name, self.site.phone

    @property
    def phone_shown(self) -> str:
        return phone_text(self.phone)

    @property
    def nav(self) -> list[Item]:
        return [
            Item(reverse("website:guide", args=[GUIDE[0]]), _("How it works")),
            Item(reverse("website:clinics"), _("Clinics")),
            Item(reverse("website:insurance"), _("Insurance and cost")),
            Item(reverse("website:faq"), _("Questions")),
            Item(reverse("website:start"), _("Start")),
        ]

    @property
    def all(self) -> list[Item]:
        """Every page of the site."""
        pages = self.texts
        return [
            *(Item(reverse("website:guide", args=[key]), pages[key].label) for key in GUIDE),
            Item(reverse("website:clinics"), _("Find a clinic")),
            Item(reverse("website:insurance"), _("Am I covered?")),
            Item(reverse("website:cost"), _("What will it cost?")),
            Item(reverse("website:start"), _("Start")),
            Item(reverse("website:right_for_me"), pages["right-for-me"].label),
            Item(reverse("website:faq"), pages["faq"].label),
            Item(reverse("website:articles"), _("Articles")),
            Item(reverse("website:elsewhere"), pages["elsewhere"].label),
        ]

    def page(self, key: str) -> Page:
        """The text of a page as it holds for what the clinics can do."""
        return filled(self.texts[key], self.site.capabilities)


def phone_text(number: str) -> str:
    """A number as people here write it, "(312) 555-0111"; as it is where it is none."""
    try:
        read = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.NATIONAL)


View = Callable[..., HttpResponse]
Shown = Callable[..., HttpResponseBase]


def public(act: str = "website.look") -> Callable[[View], Shown]:
    """A page for strangers: no cookie is read or set, and no other site learns where one was."""
    return lambda view: _unseen(opens(act)(view))


def own(act: str) -> Callable[[View], Shown]:
    """A page of whoever holds its secret link; as unseen as a public one, and never kept."""
    return lambda view: _unseen(opens_link(act)(view))


def _unseen(opened: Shown) -> Shown:
    @wraps(opened)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = opened(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        kept = request.method == "GET" and "token" not in kwargs and "key" not in kwargs
        response.setdefault("Cache-Control", f"private, max-age={FRESH}" if kept else "no-store")
        return response

    return csrf_exempt(run)


def show(
    request: HttpRequest, face: Face, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page in the frame of the site."""
    return render(request, f"website/{template}.html", {"site": face, **context}, status=status)
