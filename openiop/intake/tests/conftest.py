"""What the tests of this room share: a moment on the wall, pages, inquiries."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from openiop.intake.actions.inquiries import open_inquiry

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # a Monday, noon in Chicago
NORTH, SOUTH, GULF = 1, 2, 3
ALICE, FRED = 1, 9


@pytest.fixture
def at_noon(monkeypatch):
    """Pages run at `NOW`."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def asked(system):
    """`asked("Jo Rivera")`: an inquiry at North, taken at `NOW`."""

    def take(name: str = "Jo Rivera", clinic: int = NORTH, channel: str = "phone", **facts) -> int:
        with system("intake.inquiry.write", now=NOW) as permit:
            return open_inquiry(permit, clinic=clinic, channel=channel, name=name, **facts)

    return take


@pytest.fixture
def page(signed_in):
    """`page("fred", "inquiry", 7)`: a page's status and text."""

    def get(person: str, name: str, /, *args, query: str = "") -> tuple[int, str]:
        answer = signed_in(person).get(reverse(f"intake:{name}", args=args) + query)
        return answer.status_code, answer.content.decode()

    return get


@pytest.fixture
def press(signed_in):
    """`press("fred", "work", 7, take=1)`: post, and the page it leads to."""

    def post(person: str, name: str, /, *args, **data) -> tuple[int, str]:
        url = reverse(f"intake:{name}", args=args)
        answer = signed_in(person).post(url, data, follow=True)
        return answer.status_code, answer.content.decode()

    return post
