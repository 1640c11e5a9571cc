"""What every public page shows around its text, and the headers all of them carry."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, NamedTuple
from uuid import UUID

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
from openiop.website.counting import look

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
        self.organization, self.today = permit.organization, permit.today(permit.timezone)
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
            Item(reverse("website:start"), _("Book a visit")),
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
            Item(reverse("website:start"), _("Book a visit")),
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
        open_to_all = request.method == "GET" and not _is_secret(kwargs)
        response.setdefault(
            "Cache-Control", f"private, max-age={FRESH}" if open_to_all else "no-store"
        )
        if open_to_all and response.status_code == 200:
            _count(request, kwargs)
        return response

    return csrf_exempt(run)


def _is_secret(named: dict[str, Any]) -> bool:
    """Does the address hold what only one person knows: a token, the key of a kept time?"""
    return "token" in named or any(isinstance(each, UUID) for each in named.values())


def _count(request: HttpRequest, named: dict[str, Any]) -> None:
    """One more look at a page, by its name."""
    seen: tuple[int, date] | None = getattr(request, "looked", None)
    if seen and request.resolver_match:
        page = "/".join([request.resolver_match.url_name or "", *map(str, named.values())])
        look(seen[0], seen[1], page)


def show(
    request: HttpRequest, face: Face, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page in the frame of the site."""
    request.looked = face.organization, face.today  # type: ignore[attr-defined]
    return render(request, f"website/{template}.html", {"site": face, **context}, status=status)
