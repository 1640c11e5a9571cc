"""An article from a draft to the public, and a question from a stranger to its answer."""

from typing import Any

from django.utils import timezone

from journeys.conftest import PHONE
from openiop.publishing.tests.world import make_published

TEXT = "Groups help many people.[^1]\n\n## What to expect\n\nYou come three days a week."


def test_three_people_bring_an_article_to_the_site(
    own_database: str, desktop: Any, sign_in: Any, accessible: Any
) -> None:
    # Given a writer who types an article with a source
    page = desktop
    sign_in(page, "bob")
    page.goto("/desk/articles/new/")
    accessible(page)
    page.get_by_label("Address").first.fill("evening-groups")
    page.get_by_label("Title").fill("Evening groups")
    page.get_by_label("In a sentence").fill("After work.")
    page.get_by_label("Text").fill(TEXT)
    page.get_by_label("What is new").fill("First text")
    source = page.get_by_role("group", name="Source 1")
    source.get_by_label("Kind").select_option("Journal")
    source.get_by_label("Year").fill("2019")
    source.get_by_label("As printed").fill("A study of evening groups")
    source.get_by_label("DOI or address").fill("https://doi.org/10.1176/appi.ps.201300249")

    # When it is looked at, kept, and given to a clinician
    page.get_by_role("button", name="Look at it first").click()
    page.get_by_text("Nothing is kept yet.").wait_for()
    accessible(page)
    page.get_by_role("button", name="Keep it as a draft").click()
    page.get_by_role("button", name="Ask for clinical review").click()
    page.get_by_text("It waits for a clinician now.").wait_for()
    address = page.url
    accessible(page)

    # And the clinician reviews it, and the director puts it on the site
    sign_in(page, "alice")
    page.goto(address)
    page.get_by_role("button", name="I reviewed it").click()
    page.get_by_text("Alice Adams, CADC, LCPC (IL)").wait_for()
    sign_in(page, "dana")
    page.goto(address)
    page.get_by_role("button", name="Put it on the site").click()
    page.get_by_role("link", name="Read it on the site").click()

    # Then strangers read it under the reviewer's name, and its claim leads to its source
    page.get_by_text("Reviewed by Alice Adams, CADC, LCPC (IL)").wait_for()
    accessible(page)
    page.get_by_role("link", name="Source 1", exact=True).click()
    assert page.url.endswith("/articles/evening-groups/#source-1")


def test_a_stranger_asks_on_a_phone_and_is_answered_and_deletes_it(
    own_database: str, network: Any, phone: Any, sign_in: Any, accessible: Any
) -> None:
    # Given a stranger who asks under an article and tells their name
    make_published(now=timezone.now())
    page = phone
    page.goto("/articles/")
    accessible(page)
    page.get_by_role("link", name="What is an IOP?").click()
    accessible(page)
    page.get_by_label("Your question").fill("I am Maria Lopez. How long does it take?")
    page.get_by_label("A name to show").fill("River")
    page.wait_for_timeout(3200)  # nobody types a question faster

    # When the page says what tells who they are, they send it without that
    page.get_by_role("button", name="Send the question").click()
    page.get_by_text("This tells who somebody is").wait_for()
    accessible(page)
    assert page.get_by_label("Your question").input_value() == (
        "[a full name]. How long does it take?"
    )
    page.get_by_label("Your question").fill("How long does it take?")
    page.wait_for_timeout(3200)
    page.get_by_role("button", name="Send the question").click()
    page.get_by_text("Nobody else can see it yet.").wait_for()
    accessible(page)
    own, cookies = page.url, page.context.cookies()
    assert cookies == []

    # And a counselor shows it; an answer that tells too much is stopped, another one goes out
    sign_in(page, "alice")
    page.goto("/desk/questions/")
    page.get_by_role("link", name="How long does it take?").click()
    page.get_by_role("button", name="Show it", exact=True).click()
    page.get_by_label("Answer").fill("Your counselor tells you on Monday.")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("tells whether somebody is in our care").first.wait_for()
    accessible(page)
    page.get_by_label("Answer").fill("Hi River, most people come for six to ten weeks.")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("Your answer is on the site.").wait_for()

    # Then everybody reads both, until the stranger deletes the question
    page.goto("/articles/what-is-an-iop/")
    page.reload()  # a browser may show a page again for a minute
    page.get_by_text("our staff (Clinician)").wait_for()
    assert page.viewport_size == PHONE
    accessible(page)
    page.goto(own)
    page.get_by_text("Delete my question").click()
    page.get_by_role("button", name="Yes, delete it").click()
    page.get_by_text("It is deleted").wait_for()
    page.goto("/articles/what-is-an-iop/")
    page.reload()
    page.get_by_text("Nobody asked anything yet.").wait_for()
