"""For search engines: which pages there are, and which are none of theirs."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from openiop.kernel.permits import Permit
from openiop.publishing.queries.published import published
from openiop.ui.markup import markup_join
from openiop.website.frame import GUIDE, Face, public


@public()
def sitemap(request: HttpRequest, permit: Permit) -> HttpResponse:
    face = Face(permit)
    plain = (
        "home",
        "articles",
        "clinics",
        "insurance",
        "cost",
        "start",
        "faq",
        "right_for_me",
        "elsewhere",
    )
    paths = [
        *(reverse(f"website:{name}") for name in plain),
        *(reverse("website:guide", args=[key]) for key in GUIDE),
        *(reverse("website:article", args=[each.slug]) for each in published(permit)),
        *(reverse("website:area", args=[code]) for code in face.site.areas),
        *(reverse("website:clinic", args=[each.code.lower()]) for each in face.site.clinics),
    ]
    rows = markup_join("<url><loc>{}</loc></url>", [[request.build_absolute_uri(p)] for p in paths])
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    )
    return HttpResponse(body, content_type="application/xml")


@public()
def robots(request: HttpRequest, permit: Permit) -> HttpResponse:
    where = request.build_absolute_uri(reverse("website:sitemap"))
    lines = ["User-agent: *", "Disallow: /desk/", "Disallow: /accounts/", f"Sitemap: {where}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")
