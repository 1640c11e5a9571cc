"""Registering people."""

from datetime import date

import pytest
from django.http import Http404

from openiop.patients import actions, queries
from openiop.patients.models import SearchKey


def test_a_registered_person_has_a_record_number_and_is_found_by_keys(opened, network):
    with opened("fred", "patients.patient.write") as permit:
        made = actions.register(
            permit, clinic=1, legal_first="María", legal_last="García", birth_on=date(1988, 3, 4),
            preferred_name="Mari", phones=["(312) 555-0123"],
        )  # fmt: skip
        assert queries.person(permit, made.record) == queries.Person(
            record=made.record, number=made.number, clinic=1, name="Mari García", called="Mari",
            last_initial="G", pronouns="", birth_on=date(1988, 3, 4), languages=(), interpreter="",
            living="unknown", died_on=None,
        )  # fmt: skip
        keys = set(SearchKey.objects.values_list("key", flat=True))
        assert keys == {
            "n:maria", "n:garcia", "n:mari", "s:MR", "s:KRX", "t:MR KRX", "t:KRX MR",
            "p:3210555213", "d:1988-03-04", f"r:{made.number}",
        }  # fmt: skip
    with opened("charlie", "patients.patient.read") as permit, pytest.raises(Http404):
        queries.person(permit, made.record)


def test_registering_three_takes_the_statements_of_one(opened, network, django_assert_num_queries):
    people = [
        {"clinic": 1, "legal_first": "Ada", "legal_last": f"Lovelace{n}", "birth_on": None}
        for n in range(3)
    ]
    for count in (1, 3):
        with opened("fred", "patients.patient.write") as permit, django_assert_num_queries(6):
            actions.register_many(permit, people[:count])


def test_without_coverage_the_usual_rule_pack_holds(opened, network):
    with opened("fred", "patients.patient.write") as permit:
        made = actions.register(
            permit, clinic=1, legal_first="Ada", legal_last="Ito", birth_on=None
        )
        assert queries.rule_packs(permit, [made.record]) == {made.record: "standard-commercial"}
        assert queries.apart_from(permit, made.record) == frozenset()
        assert queries.records_of(permit, made.record) == (made.record,)
