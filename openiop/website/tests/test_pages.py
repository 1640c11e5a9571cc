"""The public pages: each answers anybody, keeps nothing, and promises only what is done here."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from openiop.access.backend.base import writing
from openiop.access.models import AuditEvent, Clinic, Organization
from openiop.website.frame import GUIDE, phone_text
from openiop.website.structured import script
from openiop.website.tests.conftest import kept

PAGES = [
    "/", "/faq/", "/right-for-me/", "/elsewhere/", "/clinics/", "/clinics/north/",
    "/areas/area/", *(f"/guide/{key}/" for key in GUIDE),
]  # fmt: skip
CONDITIONS = re.compile(r"addict|alcohol|opioid|depress|anxi|rehab|drug|mental|psych", re.I)


@pytest.mark.parametrize("path", PAGES)
def test_each_page_answers_a_stranger_and_keeps_nothing(stranger, path):
    answer = stranger.get(path)
    assert answer.status_code == 200
    text = kept(answer)
    title = re.search(r"<title>(.*?)</title>", text, re.S)
    assert title is not None
    assert CONDITIONS.search(path) is None
    assert CONDITIONS.search(title[1]) is None


@pytest.mark.parametrize("path", PAGES)
def test_what_was_looked_at_is_written_nowhere(stranger, system, path):
    stranger.get(path)
    with system("access.home"):
        assert AuditEvent.objects.filter(actor="public").count() == 0


@pytest.mark.parametrize(
    "path", ["/guide/nothing/", "/guide/home/", "/clinics/atlantis/", "/areas/atlantis/",
             "/clinics/rival/"]
)  # fmt: skip
def test_what_there_is_not_is_not_found(stranger, path):
    assert stranger.get(path).status_code == 404


def test_the_styles_are_small_and_ask_nobody_else():
    css = Path(finders.find("website/site.css")).read_text()
    assert len(css.encode()) < 12_000
    assert re.search(r"url\(|@import|https?:", css) is None


def test_medicine_is_promised_only_where_it_is_given(stranger, system):
    with system("access.network.write"), writing():
        Clinic.objects.update(capabilities=["telehealth"])
    without = kept(stranger.get("/guide/medication/"))
    with system("access.network.write"), writing():
        Clinic.objects.filter(pk=1).update(capabilities=["medication"])
    given = kept(stranger.get("/guide/medication/"))
    assert "do not give medicines themselves" in without
    assert "A monthly shot" not in without
    assert "A monthly shot" in given


def test_the_page_bears_the_organization_s_own_name_and_phone(stranger, system):
    with system("access.network.write"), writing():
        Organization.objects.filter(pk=1).update(name="Heron & Co", phone="+13125550199")
    text = kept(stranger.get("/"))
    assert "Heron &amp; Co" in text
    assert 'href="tel:+13125550199"' in text
    assert "(312) 555-0199" in text


def test_questions_are_told_to_search_engines_in_their_own_words(stranger):
    text = kept(stranger.get("/faq/"))
    assert '"@type": "FAQPage"' in text
    assert '"name": "Can I keep working?"' in text


def test_a_block_of_data_cannot_be_ended_early():
    assert script({"name": "</script><b>&"}) == (
        '<script type="application/ld+json">{"@context": "https://schema.org", '
        '"name": "\\u003c/script\\u003e\\u003cb\\u003e\\u0026"}</script>'
    )


def test_is_it_right_for_me_sends_nothing(stranger):
    text = kept(stranger.get("/right-for-me/"))
    assert "<form" not in text
    assert " name=" not in text.split("<main", 1)[1]
    for word in ("seizure", "988", "pregnant", "hear things"):
        assert word in text
    assert "score" in text  # it says that there is none


def test_the_sitemap_lists_every_page_that_answers(stranger):
    told = stranger.get("/sitemap.xml").content.decode()
    found = re.findall(r"<loc>http://testserver(.*?)</loc>", told)
    assert {"/", "/clinics/", "/clinics/north/", "/areas/area/"} <= set(found)
    assert [path for path in found if stranger.get(path).status_code != 200] == []


def test_robots_are_shown_the_way_and_kept_from_the_desk(stranger):
    text = stranger.get("/robots.txt").content.decode()
    assert "Disallow: /desk/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


@pytest.mark.parametrize(
    ("number", "shown"), [("+13125550111", "(312) 555-0111"), ("", ""), ("ask", "ask")]
)
def test_numbers_are_written_as_people_here_write_them(number, shown):
    assert phone_text(number) == shown


def test_somebody_signed_in_sees_the_site_as_a_stranger_does(signed_in):
    assert signed_in("alice").get(reverse("website:home")).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_somewhere(stranger, path):
    text = kept(stranger.get(path))
    links = {link for link in re.findall(r'href="(/[^"#?]*)', text) if "/static/" not in link}
    assert [link for link in sorted(links) if stranger.get(link).status_code != 200] == []
