"""How people are reached: what is safe is what they said, and every version is kept."""

import pytest
from django.http import Http404

from openiop.messaging import actions, queries
from openiop.messaging.queries import ContactChoice
from openiop.messaging.tests.conftest import NORTH, SOUTH

WRITE, READ = "messaging.contact.write", "messaging.contact.read"
NOTHING = {"safe_to_call": False, "safe_to_text": False, "safe_to_leave_message": False}


def choice(opened, record: int, person: str = "alice") -> ContactChoice:
    with opened(person, READ) as permit:
        return queries.contact_choices(permit, [record])[record]


def test_nothing_is_safe_until_the_person_says_so(opened, someone):
    assert choice(opened, someone().record) == ContactChoice()


@pytest.mark.parametrize(
    ("safe", "expected"),
    [
        ({"safe_to_text": True}, ContactChoice(text="+13125550199")),
        ({"safe_to_call": True}, ContactChoice(call="+13125550199")),
        (
            {"safe_to_call": True, "safe_to_leave_message": True},
            ContactChoice(call="+13125550199", may_leave_message=True),
        ),
        ({"safe_to_leave_message": True}, ContactChoice()),
    ],
)
def test_each_way_is_safe_by_itself(opened, someone, safe, expected):
    assert choice(opened, someone(**safe).record) == expected


def test_the_preferred_number_comes_first_and_each_way_has_its_own(opened, system, someone):
    person = someone(safe_to_call=True, safe_to_leave_message=True)
    with system(WRITE) as permit:
        actions.add_contact_point(
            permit, contact=person.contact, kind="phone", value="+13125550122",
            safe_to_text=True, safe_to_call=True, preferred=True,
        )  # fmt: skip
        actions.add_contact_point(
            permit, contact=person.contact, kind="email", value="m@example.org",
            safe_to_leave_message=True,
        )  # fmt: skip
    assert choice(opened, person.record) == ContactChoice(
        text="+13125550122", call="+13125550122", may_leave_message=False, email="m@example.org"
    )


def test_choices_for_one_and_for_three_people_take_one_statement(
    opened, someone, django_assert_num_queries
):
    people = [someone(safe_to_call=True, value=f"+1312555010{n}") for n in range(3)]
    for some in (people[:1], people):
        with opened("alice", READ) as permit, django_assert_num_queries(1):
            found = queries.contact_choices(permit, [each.record for each in some])
        assert [found[each.record].call for each in some] == [each.value for each in some]


def test_emergency_contacts_with_a_number_and_what_they_may_know(
    opened, system, someone, django_assert_num_queries
):
    person, other = someone(safe_to_call=True), someone()
    with system(WRITE) as permit:
        for name, knows in (("Rosa", True), ("Luis", False)):
            contact = actions.add_contact(
                permit, record=person.record, clinic=NORTH, name=name, relationship="parent",
                emergency=True, may_know=knows,
            )  # fmt: skip
            actions.add_contact_point(
                permit, contact=contact, kind="email", value=f"{name}@example.org"
            )
        actions.add_contact_point(permit, contact=contact, kind="phone", value="+13125550155")
    with opened("alice", READ) as permit, django_assert_num_queries(2):
        found = queries.emergency_contacts(permit, [person.record, other.record])
    assert [(each.name, each.may_know, each.phone) for each in found[person.record]] == [
        ("Rosa", True, None), ("Luis", False, "+13125550155"),
    ]  # fmt: skip
    assert found[other.record] == []


def test_every_version_of_a_number_is_kept(opened, someone):
    person = someone(safe_to_text=True)
    with opened("alice", WRITE) as permit:
        actions.change_contact_point(
            permit, person.point, value="+13125550188", preferred=True, **NOTHING
        )
        actions.end_contact_point(permit, person.point)
        versions = queries.point_history(permit, person.record, person.point)
    assert [(each.value, each.safe, each.ended) for each in versions] == [
        ("+13125550188", (), True),
        ("+13125550188", (), False),
        ("+13125550199", ("safe_to_text",), False),
    ]


def test_an_ended_number_and_an_ended_contact_are_not_used_and_come_back(opened, someone):
    person = someone(safe_to_call=True)
    ways = [
        (actions.end_contact_point, actions.restore_contact_point, person.point),
        (actions.end_contact, actions.restore_contact, person.contact),
    ]
    for end, restore, row in ways:
        with opened("alice", WRITE) as permit:
            end(permit, row)
        assert choice(opened, person.record) == ContactChoice()
        with opened("alice", WRITE) as permit:
            restore(permit, row)
        assert choice(opened, person.record).call == "+13125550199"


def test_the_person_comes_first_in_the_list(opened, system, someone):
    person = someone()
    with opened("alice", WRITE) as permit:
        actions.add_contact(
            permit, record=person.record, clinic=NORTH, name="Rosa", relationship="parent"
        )
        actions.change_contact(
            permit, person.contact, name="", relationship="self", emergency=False, may_know=True
        )
        found = queries.contacts_of(permit, person.record)
    assert [(each.name, each.is_self, each.may_know) for each in found] == [
        ("", True, True), ("Rosa", False, False),
    ]  # fmt: skip


def test_another_clinic_neither_reads_nor_changes_them(opened, someone):
    person = someone(safe_to_call=True)
    assert choice(opened, person.record, "charlie") == ContactChoice()
    with opened("charlie", WRITE) as permit:
        assert queries.contacts_of(permit, person.record) == []
        with pytest.raises(Http404):
            actions.end_contact_point(permit, person.point)
    assert choice(opened, someone(SOUTH, safe_to_call=True).record, "charlie").call


def test_what_changed_is_audited_by_the_names_of_fields(opened, someone):
    person = someone()
    with opened("alice", WRITE) as permit:
        actions.end_contact_point(permit, person.point)
        event = permit.trail[-1]
    assert (event.record, event.table, event.fields) == (
        person.record, "messaging_contactpoint", ("ended_at",),
    )  # fmt: skip
