"""Staff change the text of the site: the newest is shown, and what is shipped is never lost."""

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from openiop.access import door
from openiop.access.backend.base import writing
from openiop.kernel.permits import NotPermitted, Refused
from openiop.publishing.actions.pages import write_page
from openiop.publishing.models import PageText
from openiop.publishing.queries import disclaimer, page_text, page_texts
from openiop.publishing.queries.pages import page_versions
from openiop.publishing.rules.notices import changeable, shipped_text
from openiop.publishing.rules.pages import parsed, shipped

NEW = "---\ntitle: Ask us\nlabel: Ask\ndescription: We answer.\n---\nCall any time.\n"
ACT = "publishing.page.write"


@pytest.fixture
def written(opened):
    """`written(text, after=0)`: Dana writes the page of questions; the version's number."""

    def write(text: str = NEW, *, after: int = 0, key: str = "faq", **more: str) -> int:
        with opened("dana", ACT) as permit:
            return write_page(permit, key, text, after=after, **more)

    return write


@pytest.fixture
def stranger(network):
    with door.opened_for_public("publishing.withdraw") as permit:
        yield permit


def test_without_a_change_the_shipped_text_is_shown(stranger):
    assert page_text(stranger, "faq") == shipped()["faq"]
    assert page_texts(stranger) == changeable()


def test_what_staff_wrote_is_shown_to_strangers_in_one_statement(
    written, django_assert_num_queries
):
    assert (written(), written(NEW.replace("any", "day"), after=1)) == (1, 2)
    with door.opened_for_public("publishing.withdraw") as permit:
        with django_assert_num_queries(1):
            texts = page_texts(permit)
        assert texts["faq"].body == "Call day time.\n"
        assert texts["home"] == shipped()["home"]
        assert page_text(permit, "faq") == texts["faq"]


def test_another_language_is_shown_where_there_is_one(written):
    written()
    written(NEW.replace("Call any time", "Llámenos"), language="es")
    with door.opened_for_public("publishing.withdraw") as permit:
        assert page_text(permit, "faq", "es").body == "Llámenos.\n"
        assert page_text(permit, "faq", "en").body == "Call any time.\n"
        assert page_text(permit, "home", "es") == shipped()["home"]


def test_nothing_written_is_the_shipped_text_again_and_every_version_is_kept(written, opened):
    written()
    written("", after=1)
    with opened("dana", ACT) as permit:
        versions = page_versions(permit, "faq")
        assert page_text(permit, "faq") == shipped()["faq"]
    assert [(each.number, each.text, each.by) for each in versions] == [
        (2, "", "Dana Diaz"), (1, NEW, "Dana Diaz"), (0, shipped_text("faq"), ""),
    ]  # fmt: skip


@pytest.mark.parametrize("key", sorted(changeable()))
def test_the_shipped_source_reads_as_the_shipped_page(key):
    assert parsed(key, shipped_text(key)) == changeable()[key]


def test_nobody_writes_over_a_newer_version(written):
    written()
    with pytest.raises(Refused) as no:
        written(after=0)
    assert str(no.value) == "Somebody changed this page meanwhile."


def test_what_is_no_page_is_refused_with_what_is_wrong(written):
    with pytest.raises(Refused) as no:
        written("just words")
    assert str(no.value) == ("faq: begin with title, label and description between lines of ---.")
    with pytest.raises(Http404):
        written(key="secrets")


def test_a_clinician_may_not_change_the_site(opened):
    with pytest.raises(NotPermitted), opened("alice", ACT):
        pass


def test_another_organization_has_its_own_words(written, opened):
    written()
    with opened("riva", ACT) as permit:
        assert page_text(permit, "faq") == shipped()["faq"]
        assert write_page(permit, "faq", NEW, after=0) == 1


def test_a_version_never_changes(written, opened):
    written()
    with opened("dana", ACT), writing(), pytest.raises(IntegrityError), transaction.atomic():
        PageText.objects.update(text="")


def test_the_disclaimer_has_versions(written, stranger):
    assert disclaimer(stranger)[1:] == (0, None)
    assert disclaimer(stranger).page == changeable()["disclaimer"]
    written(key="disclaimer")
    with door.opened_for_public("publishing.withdraw") as permit:
        found = disclaimer(permit)
        assert (found.page.title, found.number) == ("Ask us", 1)
        assert found.since == PageText.objects.get().written_at
