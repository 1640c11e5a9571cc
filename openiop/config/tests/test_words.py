"""The catalogs can be shown as they are, and a page in Spanish is in Spanish."""

import re
from datetime import date
from html.parser import HTMLParser

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from openiop.access import actions
from openiop.config import words
from openiop.ui.moments import day_text

SPANISH = {"accept-language": "es-MX,es;q=0.9,en;q=0.5"}
CATALOGS = [pytest.param(file, id=file.parts[-3]) for file in words.catalogs()]


@pytest.mark.parametrize("file", CATALOGS)
def test_every_translation_can_be_shown(file):
    catalog = polib.pofile(str(file))
    assert words.faults(catalog) == []
    forms = int(re.search(r"nplurals=(\d)", catalog.metadata["Plural-Forms"])[1])
    said = [each for each in catalog.translated_entries() if each.msgid_plural]
    assert {len(each.msgstr_plural) for each in said} <= {forms}


@pytest.mark.parametrize("file", CATALOGS)
def test_what_is_shipped_is_compiled_from_what_is_read(file):
    assert polib.pofile(str(file)).to_binary() == file.with_suffix(".mo").read_bytes()


def test_there_is_a_catalog_for_each_language_offered():
    assert [file.parts[-3] for file in words.catalogs()] == sorted(dict(settings.LANGUAGES))


def test_no_word_of_spanish_is_about_being_clean():
    catalog = polib.pofile(str(words.LOCALE / "es/LC_MESSAGES/django.po"))
    said = " ".join([each.msgstr for each in catalog]).lower()
    assert (
        re.findall(r"\b(?:limpi[oa]s?|suci[oa]s?|adict[oa]s?|abuso|incumplid[oa]s?)\b", said) == []
    )


# --- what is collected -------------------------------------------------------------------------


def test_texts_of_a_module_are_found_in_every_call():
    source = """
_("One" " sentence"); gettext_lazy("Two"); pgettext("state", "Open"); other("Not this")
ngettext("%(n)d day", "%(n)d days", n); _(name); translation.gettext("Three")
"""
    assert sorted(words.in_python(source), key=str) == [
        ("state", "Open", ""),
        (None, "%(n)d day", "%(n)d days"),
        (None, "One sentence", ""),
        (None, "Three", ""),
        (None, "Two", ""),
    ]


def test_texts_of_a_template_are_found_in_tags_and_their_arguments():
    source = """{% translate "It's due" %}{% tag _("Late") "act" %}{% translate "Open" context "state" %}
{% blocktranslate count n=days with who=name %}{{ who }}, {{ n }} day{% plural %}{{ who }}, {{ n }} days{% endblocktranslate %}"""  # noqa: E501
    assert list(words.in_template(source)) == [
        (None, "It's due", ""),
        (None, "Late", ""),
        ("state", "Open", ""),
        (None, "%(who)s, %(n)s day", "%(who)s, %(n)s days"),
    ]


def test_a_catalog_brought_up_to_date_keeps_what_is_still_said():
    before = polib.POFile()
    before.append(polib.POEntry(msgid="Today", msgstr="Hoy"))
    before.append(polib.POEntry(msgid="Gone", msgstr="Se fue"))
    before.append(polib.POEntry(msgid="Sign In", msgstr="Entrar", comment=words.ELSEWHERE))
    known = {(None, "Today", ""): {"a.html"}, (None, "%(n)d day", "%(n)d days"): {"b.py"}}
    after = words.merged(before, known)
    assert [(each.msgid, each.msgstr) for each in after] == [
        ("Today", "Hoy"), ("%(n)d day", ""), ("Sign In", "Entrar"),
    ]  # fmt: skip
    assert after.find("%(n)d day").msgstr_plural == {0: "", 1: ""}


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (polib.POEntry(msgid="%(n)d left", msgstr="quedan"),
         "'%(n)d left': placeholders [] instead of ['%(n)d']"),
        (polib.POEntry(msgid="Key {number}", msgstr="Llave {numero}"),
         "'Key {number}': placeholders ['{numero}'] instead of ['{number}']"),
        (polib.POEntry(msgid="Day", msgstr="Día", flags=["fuzzy"]), "'Day': marked as uncertain"),
        (polib.POEntry(msgid="day", msgid_plural="days", msgstr_plural={0: "día", 1: ""}),
         "'day': not every plural form is said"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_named(entry, fault):
    assert words.faults([entry]) == [fault]


def test_a_plural_form_may_leave_the_number_out():
    entry = polib.POEntry(
        msgid="%(n)d day", msgid_plural="%(n)d days", msgstr_plural={0: "un día", 1: "%(n)d días"}
    )
    assert words.faults([entry, polib.POEntry(msgid="Not yet translated")]) == []


# --- pages -------------------------------------------------------------------------------------


class Said(HTMLParser):
    """What a page says: its texts and the attributes that are read aloud or shown."""

    SPOKEN = ("aria-label", "placeholder", "title", "alt")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self.silent = ""
        self.lang = re.search(r'<html lang="([^"]+)"', page)[1]
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.silent = tag if tag in ("script", "style") else ""
        self.texts |= {value for name, value in attrs if name in self.SPOKEN and value}

    def handle_endtag(self, tag):
        self.silent = ""

    def handle_data(self, data):
        if not self.silent:
            self.texts |= {" ".join(data.split())}


def english_left(client: Client, address: str) -> set[str]:
    """What a page says alike in both languages, without names and signs."""
    english, spanish = (
        Said(client.get(address, headers=headers).content.decode())
        for headers in ({"accept-language": "en"}, SPANISH)
    )
    assert (english.lang, spanish.lang) == ("en", "es")
    same = {text for text in english.texts & spanish.texts if re.search(r"[A-Za-z]", text)}
    return same - {"OpenIOP", "· OpenIOP", "North", "South", "Gulf"}


@pytest.mark.parametrize(
    "address",
    ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"],
)
def test_the_entrance_is_in_spanish_where_the_browser_asks(client, db, address):
    assert english_left(client, address) == set()


@pytest.mark.parametrize(
    "address",
    ["/accounts/2fa/", "/accounts/sessions/",
     "/accounts/password/change/", "/accounts/reauthenticate/"],
)  # fmt: skip
def test_ones_account_is_in_spanish(signed_in, address):
    assert english_left(signed_in("alice"), address) == set()


@pytest.mark.parametrize(
    ("person", "address"),
    [("dana", "/desk/today/"), ("alice", "/desk/today/"), ("fred", "/desk/front/"),
     ("dana", "/desk/queues/"), ("adam", "/desk/settings/"), ("fred", "/desk/patients/")],
)  # fmt: skip
def test_the_desks_frame_and_its_first_pages_are_in_spanish(signed_in, person, address):
    assert english_left(signed_in(person), address) == {f"{person}@example.org"}


def test_a_page_at_the_door_is_in_spanish(
    client, opened, mailoutbox, django_capture_on_commit_callbacks
):
    mailed = django_capture_on_commit_callbacks(execute=True)
    with mailed, opened("adam", "access.staff.write") as permit:
        actions.invite(permit, 10, email="nora.nash@example.org")
    address = re.search(r"(/invitation/\S+)", mailoutbox[-1].body)[1]
    assert english_left(client, address) == set()


def test_a_page_that_is_not_there_says_so_in_spanish(client, db):
    answer = client.get("/desk/nothing/", headers=SPANISH)
    assert "Página no encontrada" in answer.content.decode()


def test_the_choice_of_a_language_is_kept_and_beats_the_browsers(client, db):
    answer = client.post("/language/", {"language": "es", "next": "/accounts/login/"})
    assert (answer.status_code, answer.url) == (302, "/accounts/login/")
    page = client.get("/accounts/login/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="es">' in page
    assert '<button type="submit" name="language" value="en" lang="en">English</button>' in page
    client.post("/language/", {"language": "en", "next": "/accounts/login/"})
    assert '<html lang="en">' in client.get("/accounts/login/", headers=SPANISH).content.decode()


def test_a_language_nobody_offers_gets_english(client, db):
    page = client.get("/accounts/login/", headers={"accept-language": "fr"}).content.decode()
    assert '<html lang="en">' in page


def test_days_are_written_in_each_language():
    day = date(2026, 11, 24)
    with translation.override("es"):
        assert day_text(day, date(2026, 1, 1)) == "mar 24 nov"
        assert day_text(day, date(2027, 1, 1)) == "mar 24 nov 2026"
    with translation.override("en"):
        assert day_text(day, date(2026, 1, 1)) == "Tue 24 Nov"


def test_sign_in_pages_are_worded_as_the_house_words_its_own(client, db):
    page = client.get("/accounts/login/", headers={"accept-language": "en"}).content.decode()
    assert [word in page for word in ("Sign in", "Remember me", "opened by invitation")] == [
        True
    ] * 3
    assert "Sign In" not in page
