"""Secret links: one act, one clinic, one thing, until they end; everything else is not there."""

from datetime import timedelta

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from openiop.access.actions import revoke_link
from openiop.access.backend.base import writing
from openiop.access.door import make_link, opens_link
from openiop.access.models import AuditEvent, Link
from openiop.messaging import queries
from openiop.messaging.actions import open_task
from openiop.messaging.tests.conftest import NORTH, SOUTH

ANSWER = "messaging.task.write"


@opens_link(ANSWER)
def answer(request, permit, record, target) -> HttpResponse:
    """A page behind a link: whom it is about and how much of the worklist it sees."""
    titles = [row.title for row in queries.open_tasks(permit)]
    return HttpResponse(f"{record} {target} {sorted(permit.clinics)} {titles}")


@opens_link("messaging.oncall.read")
def other(request, permit, record, target) -> HttpResponse:
    """Behind a link for another act."""
    return HttpResponse("other")


@pytest.fixture
def link(system):
    """`link(minutes=60)`: a token and its row."""

    def make(minutes: int = 60, record: int | None = None) -> tuple[str, Link]:
        now = timezone.now()
        with system("access.link.revoke", now=now) as permit, writing():
            return make_link(
                permit, ANSWER, clinic=NORTH, record=record, target=7,
                expires_at=now + timedelta(minutes=minutes),
            )  # fmt: skip

    return make


def follow(view, token: str) -> str:
    return view(RequestFactory().get("/x/"), token=token).content.decode()


def test_a_link_opens_its_thing_in_its_clinic_only(link, system, someone):
    person = someone()
    now = timezone.now()
    for clinic, title in ((NORTH, "Ours"), (SOUTH, "Theirs")):
        with system("messaging.task.write", now=now) as permit:
            open_task(permit, kind="call", title=title, clinic=clinic, due_at=now)
    token, _row = link(record=person.record)
    assert follow(answer, token) == f"{person.record} 7 [1] ['Ours']"


def test_who_came_by_a_link_is_audited_as_the_link(link, system):
    token, row = link()
    follow(answer, token)
    with system("access.link.revoke"):
        last = AuditEvent.objects.order_by("-id").values("actor", "act", "user").first()
    assert last == {"actor": f"link:{row.id}", "act": ANSWER, "user": None}


def test_an_expired_link_is_not_there(link):
    token, _row = link(minutes=0)
    with pytest.raises(Http404):
        follow(answer, token)


def test_a_revoked_link_is_not_there_at_once(link, system):
    token, row = link()
    with system("access.link.revoke") as permit:
        revoke_link(permit, row.id)
    with pytest.raises(Http404):
        follow(answer, token)


def test_a_link_opens_no_other_act(link):
    token, _row = link()
    with pytest.raises(Http404):
        follow(other, token)


@pytest.mark.parametrize("wrong", ["", "x", "' OR 1=1 --"])
def test_a_made_up_token_opens_nothing(link, wrong):
    link()
    with pytest.raises(Http404):
        follow(answer, wrong)


def test_the_token_itself_is_kept_nowhere(link, system):
    token, row = link()
    with system("access.link.revoke"):
        kept = bytes(Link.objects.get(pk=row.id).token_hash)
    assert token.encode() not in kept
    assert len(kept) == 32
