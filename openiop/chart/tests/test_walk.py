"""No note of one patient names another: every page of every chart is read."""

import re
from html import unescape

from openiop.chart import actions
from openiop.chart.actions import Typed
from openiop.chart.tests.world import (
    SHARED,
    as_staff,
    make_session,
    next_session,
    part,
    write_all,
)
from openiop.messaging.actions import add_contact
from openiop.patients.queries import people
from openiop.schedule.tests.world import as_job

NAMES = [
    ("Grace", "Kelly"), ("Will", "Ford"), ("Omar", "Haddad"), ("María José", "Hernández"),
    ("Keisha", "Brown"), ("Dmitri", "Volkov"),
]  # fmt: skip


def words(html: str) -> str:
    """What stands on the page, menus and navigation included."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def two_evenings():
    """Two signed sessions, and a wife who is a patient too and is named with a reason."""
    held = make_session(names=NAMES)
    write_all(held)
    wife, husband = held.records[0], held.records[2]
    with as_job("messaging.contact.write") as permit:
        add_contact(permit, record=husband, clinic=1, name="Grace Kelly", relationship="wife")
    with as_staff("alice") as permit:
        named = part(2, response="Told how his wife Grace drove him here through the snow.")
        actions.save_part(permit, held.id, husband, named, Typed(1))
        key = actions_sheet(permit, held.id).line_of(husband).findings[0].key
        actions.override(permit, held.id, husband, key, "Grace is his wife and contact")
        actions.sign(permit, held.id)
    later = next_session(held)
    with as_staff("alice", now=later.ends_at) as permit:
        actions.save_shared(permit, later.id, SHARED, Typed(0))
        for at, record in enumerate(held.records):
            actions.save_part(permit, later.id, record, part(at + 6), Typed(0))
        actions.sign(permit, later.id)
    return held, {(husband, wife)}


def actions_sheet(permit, session):
    from openiop.chart.queries import sheet

    return sheet(permit, session)


def test_no_page_of_a_chart_names_another_patient(signed_in, network):
    held, contacts = two_evenings()
    with as_staff("alice") as permit:
        who = people(permit, held.records)
    client, read = signed_in("alice"), 0
    for record, person in who.items():
        chart = f"/desk/patients/{person.number}/chart/"
        page = client.get(chart).content.decode()
        notes = sorted(set(re.findall(rf'href="({chart}\d+/)"', page)))
        assert len(notes) == 2
        for address in (chart, f"{chart}print/", *notes):
            shown = words(client.get(address).content.decode())
            read += 1
            assert person.name in shown
            others = [
                other.name for each, other in who.items()
                if each != record and (record, each) not in contacts
                and re.search(rf"\b({other.called}|{other.name.split()[-1]})\b", shown)
            ]  # fmt: skip
            assert others == [], address
    assert read == 4 * len(NAMES)


def test_the_walk_would_find_a_name(signed_in, network):
    held, _ = two_evenings()
    with as_staff("alice") as permit:
        person = people(permit, held.records)[held.records[2]]
    shown = words(signed_in("alice").get(f"/desk/patients/{person.number}/chart/").content.decode())
    assert "his wife Grace drove him" in shown
