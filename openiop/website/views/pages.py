"""Pages of text: home, the guide, questions, help elsewhere, is it right for me."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from openiop.kernel.permits import Permit
from openiop.publishing.rules.pages import questions
from openiop.ui.prose import prose
from openiop.website.considering import CONSIDER, STOPS
from openiop.website.frame import GUIDE, Face, public, show
from openiop.website.structured import faq_data, script


@public()
def home(request: HttpRequest, permit: Permit) -> HttpResponse:
    face = Face(permit)
    page = face.page("home")
    guide = [(reverse("website:guide", args=[key]), face.page(key)) for key in GUIDE]
    return show(request, face, "home", {
        "title": page.title, "description": page.description, "body": prose(page.body),
        "guide": guide,
    })  # fmt: skip


@public()
def guide(request: HttpRequest, permit: Permit, key: str) -> HttpResponse:
    if key not in GUIDE:
        raise Http404("No such page.")
    return _text(request, Face(permit), key)


@public()
def elsewhere(request: HttpRequest, permit: Permit) -> HttpResponse:
    return _text(request, Face(permit), "elsewhere")


def _text(request: HttpRequest, face: Face, key: str) -> HttpResponse:
    page, following = face.page(key), None
    if key in GUIDE[:-1]:
        after = GUIDE[GUIDE.index(key) + 1]
        following = (reverse("website:guide", args=[after]), face.page(after).title)
    return show(request, face, "text", {
        "title": page.title, "description": page.description, "body": prose(page.body),
        "following": following,
    })  # fmt: skip


@public()
def faq(request: HttpRequest, permit: Permit) -> HttpResponse:
    face = Face(permit)
    page = face.page("faq")
    asked = [(head, prose(text)) for head, text in questions(page)]
    return show(request, face, "faq", {
        "title": page.title, "description": page.description, "asked": asked,
        "data": script(faq_data(asked)),
    })  # fmt: skip


@public()
def right_for_me(request: HttpRequest, permit: Permit) -> HttpResponse:
    face = Face(permit)
    page = face.page("right-for-me")
    return show(request, face, "right_for_me", {
        "title": page.title, "description": page.description, "body": prose(page.body),
        "stops": STOPS, "consider": CONSIDER,
    })  # fmt: skip
