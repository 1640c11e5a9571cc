"""The public door: a stranger reads what is for all, reaches nobody's rows, leaves no trace."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from openiop.access import door
from openiop.access.backend.base import writing
from openiop.access.models import AuditEvent, HousePolicy, Organization, Record
from openiop.kernel.acts import ACTS, Acts, read, write
from openiop.kernel.permits import NotPermitted, Refused


@pytest.fixture(autouse=True)
def public_acts(monkeypatch):
    acts = Acts()
    acts.add(ACTS)
    acts.add([
        read("test.look", (), "look", public=True),
        read("test.look.wide", (), "look in all clinics", public=True, everywhere=True),
        write("test.leave", (), "leave a word", public=True, everywhere=True),
    ])  # fmt: skip
    monkeypatch.setattr(ACTS, "_acts", acts._acts)
    monkeypatch.setattr(ACTS, "_closure", {})


@pytest.fixture
def a_record(system, network):
    with system("access.record.issue") as permit, writing():
        return Record.objects.create(
            organization_id=1, clinic_id=1, number="10000017", issued_at=permit.now
        )


def traces(system) -> list[tuple[str, str, str]]:
    with system("access.home") as permit:
        rows = AuditEvent.objects.filter(organization_id=permit.organization, actor="public")
        return list(rows.values_list("act", "actor", "address"))


def test_a_stranger_comes_to_the_organization_of_the_host(system, network):
    with system("access.network.write"), writing():
        Organization.objects.filter(id=2).update(site_host="rival.example")
    with door.opened_for_public("test.look", host="Rival.example") as permit:
        assert (permit.organization, permit.clinics, permit.actor) == (2, frozenset(), "public")
    with door.opened_for_public("test.look", host="elsewhere.example") as permit:
        assert (permit.organization, permit.timezone) == (1, "America/Chicago")


def test_a_stranger_is_bound_to_no_clinic_and_sees_no_record(a_record):
    with door.opened_for_public("test.look"):
        assert Record.objects.count() == 0
        assert HousePolicy.objects.filter(organization_id=2).count() == 0


def test_an_act_for_all_clinics_opens_them_for_one_query_only(a_record):
    with door.opened_for_public("test.look.wide") as permit:
        with door.everywhere(permit, "test.look.wide"):
            assert Record.objects.count() == 1
        assert Record.objects.count() == 0


def test_an_act_that_is_not_for_all_clinics_never_opens_them(network):
    with door.opened_for_public("test.look") as permit:
        with pytest.raises(NotPermitted), door.everywhere(permit, "test.look"):
            pass
        with pytest.raises(NotPermitted):
            permit.require("access.record.issue")


def test_what_a_stranger_reads_is_written_nowhere(system, network):
    with door.opened_for_public("test.look") as permit:
        permit.note("test.look", count=3)
    assert traces(system) == []


def test_what_a_stranger_leaves_is_written_without_an_address(system, network):
    @door.writes("test.leave")
    def leave(permit):
        return "left"

    with door.opened_for_public("test.leave") as permit:
        assert leave(permit) == "left"
    assert traces(system) == [("test.leave", "public", "")]


def test_a_public_page_answers_anybody_and_shows_a_refusal_as_a_sentence(network):
    @door.opens("test.look")
    def page(request, permit):
        if "no" in request.GET:
            raise Refused("no", "This time is taken.", "Choose another.")
        return HttpResponse(f"{permit.organization} {permit.timezone}")

    answer = page(RequestFactory().get("/"))
    refused = page(RequestFactory().get("/?no"))
    assert answer.content == b"1 America/Chicago"
    assert refused.status_code == 422
    assert b"This time is taken." in refused.content
