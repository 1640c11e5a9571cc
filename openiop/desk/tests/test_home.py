"""The doors: each role sees the pages it may open."""

import pytest


def labels(response) -> list[str]:
    return [str(entry["label"]) for entry in response.context["entries"]]


def test_nobody_signed_in_is_sent_to_the_sign_in_page(client, network):
    answer = client.get("/desk/queues/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/desk/queues/")


def test_htmx_without_a_session_is_told_to_load_the_sign_in_page(client, network):
    answer = client.get("/desk/queues/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/accounts/login/?next=/"


def test_a_form_without_its_token_is_refused_before_any_door(network):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/desk/front/1/arrive/", {"arrived": "1"})
    assert answer.status_code == 403


def test_a_wrong_method_is_refused_before_any_door(signed_in):
    assert signed_in("alice").get("/desk/sessions/1/notes/sign/").status_code == 405


@pytest.mark.parametrize(
    ("person", "target"), [("alice", "/desk/today/"), ("adam", "/desk/queues/")]
)
def test_the_first_page_suits_the_role(signed_in, person, target):
    assert signed_in(person).get("/desk/")["Location"] == target


def test_every_component_is_shown_on_the_preview_page(signed_in):
    from openiop.ui.components import COMPONENTS

    page = signed_in("alice").get("/ui/").content.decode()
    assert [c.name for c in COMPONENTS if f'id="c-{c.name}"' not in page] == []


def test_settings_show_only_what_the_role_may_open(signed_in):
    assert "Background jobs" not in labels(signed_in("alice").get("/desk/settings/"))


def counts(answer) -> dict[str, int]:
    return {
        str(e["label"]): e["count"] for e in answer.context["entries"] if e["count"] is not None
    }


def test_queues_say_how_much_waits(signed_in, network):
    assert counts(signed_in("alice").get("/desk/queues/")) == {
        "Tasks": 0, "Notes I owe": 0, "Waiting list": 0, "Safety evaluations": 0,
        "Questions on the site": 0,
    }  # fmt: skip
    assert counts(signed_in("paula").get("/desk/queues/")) == {"Tasks": 0, "Incidents": 0}
