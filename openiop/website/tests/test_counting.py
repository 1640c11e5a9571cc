"""Looks at pages are counted, and nothing else about them is kept."""

from openiop.publishing.queries.clinics import looks
from openiop.website import counting


def test_what_visitors_look_at_is_counted_and_a_secret_page_never(network, system, client):
    counting.forget()
    for path in ("/", "/", "/guide/groups/", "/clinics/north/", "/visit/secret/",
                 "/start/00000000-0000-4000-8000-000000000000/", "/nowhere/"):  # fmt: skip
        client.get(path)
    counting.flush()
    with system("publishing.count") as permit:
        found = {each.page: each.total for each in looks(permit, permit.today("America/Chicago"))}
    assert found == {"home": 2, "guide/groups": 1, "clinic/north": 1}


def test_many_looks_are_written_at_once(network, system, client, monkeypatch):
    counting.forget()
    monkeypatch.setattr(counting, "MANY", 3)
    for _ in range(3):
        client.get("/faq/")
    with system("publishing.count") as permit:
        assert looks(permit, permit.today("America/Chicago"))[0].total == 3
