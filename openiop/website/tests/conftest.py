"""A stranger's browser, and what every public page must keep."""

import re
from itertools import pairwise

import pytest
from django.test import Client

from openiop.website import counting

MOST_BYTES = 50_000
FOREIGN = re.compile(r"""(?:src|srcset|action|poster)=["'](?:https?:)?//|@import|url\(""")


@pytest.fixture(autouse=True)
def uncounted():
    """No test writes what others looked at."""
    counting.forget()


@pytest.fixture
def stranger(network) -> Client:
    return Client()


def kept(answer) -> str:
    """The page's text, once everything each public page promises is true of it."""
    text = answer.content.decode()
    assert not answer.cookies
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert len(answer.content) < MOST_BYTES
    assert FOREIGN.search(text) is None
    assert text.count("<h1") == 1
    assert "988" in text
    assert "data-leave" in text
    levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    return text
