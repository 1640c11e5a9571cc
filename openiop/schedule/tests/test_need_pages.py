"""Pages of needs: noted, booked, called off; who provides; the front desk's day."""

import pytest
from django.urls import reverse

from openiop.patients.queries import person
from openiop.schedule.models import Provider
from openiop.schedule.tests.test_attendance import sessions_of
from openiop.schedule.tests.test_needs import book, make_provider, needs, taken, visit
from openiop.schedule.tests.world import NOW, as_job, make_enrolled, make_track


@pytest.fixture
def maria(network, clock):
    """Somebody of North in an evening group with a visit on Tuesday; it is Monday noon."""
    clock(NOW)
    (record,) = make_enrolled(track := make_track())
    with as_job("schedule.read") as permit:
        number = person(permit, record).number
    return {"record": record, "number": number, "group": sessions_of(track)[0],
            "visit": visit(record)}  # fmt: skip


def url(name: str, *args: object) -> str:
    return reverse(f"schedule:{name}", args=args)


def noted(client, maria, **sent):
    usual = {"what": f"appointment:{maria['visit']}", "kind": "spoken", "language": "es"}
    return client.post(url("needs", maria["number"]), usual | sent, follow=True)


def test_a_need_is_noted_booked_shown_everywhere_and_called_off(maria, signed_in):
    client, ana = signed_in("fred"), make_provider(phone="312 555 0101")
    page = noted(client, maria)
    (row,) = page.context["rows"]
    assert (row["words"], row["need"].state, [each.id for each in row["free"]]) == (
        "Interpreter, Spanish", "wanted", [ana],
    )  # fmt: skip
    book_url = url("book_need", maria["number"], row["need"].id)
    page = client.post(book_url, {"provider": ana, "reference": "A-17"}, follow=True)
    html = page.content.decode()
    assert ("312 555 0101" in html, "A-17" in html, taken()) == (
        True, True, [(ana, maria["visit"], None)],
    )  # fmt: skip
    card = client.get(url("one_to_ones", maria["number"])).context["needs"]["rows"]
    assert [(words, each.provider_name) for each, words in card] == [
        ("Interpreter, Spanish", "Ana Ruiz"),
    ]  # fmt: skip
    page = client.post(url("cancel_need", maria["number"], row["need"].id), follow=True)
    assert (page.context["rows"], taken()) == ([], [])


def test_visits_and_groups_of_two_weeks_are_offered_in_order(maria, signed_in):
    page = signed_in("fred").get(url("needs", maria["number"]))
    choices = page.context["form"].fields["what"].choices
    assert choices[:2] == [
        (f"session:{maria['group']}", "Mon 23 Nov, 18:00 Evening A"),
        (f"appointment:{maria['visit']}", "Tue 24 Nov, 14:00 One-to-one"),
    ]
    assert len(choices) == 8
    page = noted(signed_in("fred"), maria, what=f"session:{maria['group']}", kind="ride")
    assert [row["need"].title for row in page.context["rows"]] == ["Evening A"]


def test_family_is_refused_with_the_sentence_and_nothing_is_booked(maria, signed_in):
    client = signed_in("fred")
    need = needs(maria["record"], appointment=maria["visit"])
    answer = client.post(url("book_need", maria["number"], need), {"provider": "family"})
    assert (answer.status_code, answer.context["error"]) == (
        422, "A family member or friend never interprets."
        " Choose an interpreter; family may come along as family.",
    )  # fmt: skip
    assert answer.context["rows"][0]["need"].state == "wanted"


def test_what_is_noted_twice_or_without_a_language_is_told(maria, signed_in):
    client = signed_in("fred")
    noted(client, maria)
    assert noted(client, maria).context["form"].errors["kind"] == [
        "This is noted already. Book it, or call it off.",
    ]  # fmt: skip
    page = noted(client, maria, what=f"session:{maria['group']}", language="")
    assert (page.status_code, page.context["form"].errors["language"]) == (
        422, ["Choose the language."],
    )  # fmt: skip


def test_what_is_not_there_is_not_found(maria, signed_in):
    client, need = signed_in("fred"), needs(maria["record"], appointment=maria["visit"])
    number = maria["number"]
    assert client.post(url("book_need", number, need), {"provider": "x"}).status_code == 404
    assert client.post(url("book_need", number, need), {"provider": "99"}).status_code == 404
    assert client.post(url("book_need", number, 99), {"provider": "1"}).status_code == 404
    assert client.post(url("cancel_need", number, 99)).status_code == 404
    assert client.post(url("retire_provider", 99)).status_code == 404
    for name, args in (("needs", [number]), ("book_need", [number, need]),
                       ("cancel_need", [number, need])):  # fmt: skip
        assert signed_in("charlie").post(url(name, *args)).status_code == 404
        assert signed_in("paula").post(url(name, *args)).status_code == 403


def test_providers_are_added_retired_and_used_again(network, signed_in):
    client = signed_in("fred")
    sent = {"name": "Ana Ruiz", "kinds": ["spoken", "asl"], "languages": ["es", "pl"], "phone": ""}
    page = client.post(url("providers"), sent, follow=True)
    (row,) = page.context["rows"]
    assert (row["kinds"], row["languages"]) == (
        "Interpreter, Sign language interpreter", "American Sign Language, Polish, Spanish",
    )  # fmt: skip
    again = client.post(url("providers"), sent)
    assert (again.status_code, again.context["form"].errors["name"]) == (
        422, ["This name is there already. Use it again."],
    )  # fmt: skip
    for retired in (True, False):
        page = client.post(url("retire_provider", row["facts"].id), follow=True)
        assert page.context["rows"][0]["facts"].retired is retired
    assert url("providers") in client.get(reverse("desk:settings")).content.decode()
    assert signed_in("paula").get(url("providers")).status_code == 403


def test_another_organization_sees_none_of_them(network, signed_in):
    made = make_provider()
    page = signed_in("riva").get(url("providers"))
    assert (page.status_code, page.context["rows"]) == (200, [])
    assert signed_in("riva").post(url("retire_provider", made)).status_code == 404
    with as_job("schedule.read"):
        assert Provider.objects.get(pk=made).retired_on is None


def test_the_front_desk_sees_the_days_needs_with_who_is_booked(maria, signed_in):
    ana, record = make_provider(), maria["record"]
    book(record, needs(record, session=maria["group"]), ana)
    needs(record, "ride", session=maria["group"])
    needs(record, appointment=maria["visit"])
    page = signed_in("fred").get(reverse("desk:frontdesk"))
    shown = [(each["words"], each["need"].provider_name) for each in page.context["needs"]]
    assert shown == [("Interpreter, Spanish", "Ana Ruiz"), ("Ride", "")]
    assert ("Nobody booked" in page.content.decode(), page.context["needs"][0]["url"]) == (
        True, url("needs", maria["number"]),
    )  # fmt: skip


def test_the_pages_cost_the_same_for_one_need_and_for_four(
    maria, signed_in, django_assert_num_queries
):
    client, record = signed_in("fred"), maria["record"]
    pages = {
        url("needs", maria["number"]): 18, url("one_to_ones", maria["number"]): 22,
        reverse("desk:frontdesk"): 18,
    }  # fmt: skip
    needs(record, session=maria["group"])
    for page in pages:
        client.get(page)
    for _one_then_four in range(2):
        for page, cost in pages.items():
            with django_assert_num_queries(cost):
                client.get(page)
        for kind in ("asl", "ride", "childcare"):
            if not _one_then_four:
                needs(record, kind, session=maria["group"])
