"""Finding people, and what must never be found."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.db import connection
from django.http import Http404

from openiop.access.actions import open_record_at
from openiop.access.backend.base import writing
from openiop.access.models import AuditEvent, Record, RecordBlock
from openiop.kernel.permits import NotPermitted
from openiop.patients import actions, queries
from openiop.patients.queries import finding
from openiop.patients.rules import search as rules

BORN = "1988-03-04"


@pytest.fixture
def found(opened):
    """`found("fred", "garcia")` are the names a staff member finds, best first."""

    def search(person: str, q: str) -> list[str]:
        with opened(person, "patients.search") as permit:
            return [each.name for each in queries.search(permit, q)]

    return search


@pytest.fixture
def people(enter):
    """Maria García with a phone, and others who are not Maria."""
    return SimpleNamespace(
        maria=enter("María García", BORN, phones=["(312) 555-0123"]),
        will=enter("William O’Brien-Núñez", "1970-12-31", preferred_name="Will"),
        thompson=enter("Ana Thompson", "1990-01-01"),
        li=enter("明 李", "2001-02-03"),
    )


@pytest.mark.parametrize(
    "q",
    [
        "garcia maria", "Maria Garcia", "maría garsia", "GARCIA, MARIA", "mria garcia",
        "maria garica", "garc mar", "gar ma", "garcia", "gacria", "maria", "312-555-0123",
        "555 0123", "0123", "+1 (312) 555-0123", "03/04/1988", "3/4/88", "1988-03-04",
        "mar 4 1988", "19880304", "garcia 03/04/1988", "maria 555-0123",
    ],
)  # fmt: skip
def test_one_person_is_found_however_it_is_typed(found, people, q):
    assert found("fred", q) == ["María García"]


def test_a_record_number_finds_its_record(found, people):
    assert found("fred", people.maria.number) == ["María García"]
    assert found("fred", people.maria.number.lstrip("0"))[0] == "María García"


@pytest.mark.parametrize(
    ("q", "name"),
    [
        ("obrien", "Will O’Brien-Núñez"), ("o'brien will", "Will O’Brien-Núñez"),
        ("nunez william", "Will O’Brien-Núñez"), ("tomson", "Ana Thompson"), ("李", "明 李"),
        ("李 明", "明 李"),
    ],
)  # fmt: skip
def test_chosen_and_legal_names_and_other_scripts_are_found(found, people, q, name):
    assert found("fred", q) == [name]


@pytest.mark.parametrize(
    "q", ["garcia 03/05/1988", "maria thompson", "xyz", "", "  ", "()", "312-555-9999", "99999999"]
)
def test_what_does_not_fit_is_not_found(found, people, q):
    assert found("fred", q) == []


def test_the_better_fit_stands_first(found, enter):
    for name in ("Johnny Smith", "Joan Smith", "John Smith", "John Smythe"):
        enter(name)
    assert found("fred", "john smith")[0] == "John Smith"
    assert found("fred", "smith john")[0] == "John Smith"


def test_people_of_other_clinics_are_not_found(found, people):
    assert found("charlie", "garcia") == []
    assert found("riva", "garcia") == []
    assert found("alice", "garcia") == found("bob", "garcia") == ["María García"]


def test_a_record_open_at_a_second_clinic_is_found_there(found, people, system):
    with system("access.record.open_at") as permit:
        open_record_at(permit, people.maria.record, 2, "make-up")
    assert found("charlie", "garcia maria") == ["María García"]


def test_a_blocked_user_does_not_find_the_person(found, people, system, network):
    with system("access.record.block") as permit, writing():
        RecordBlock.objects.create(
            organization_id=1, record_id=people.maria.record, user_id=network.users["bob"],
            reason="kin", set_by_id=network.staff["paula"], set_at=permit.now,
        )  # fmt: skip
    assert found("bob", "garcia") == []
    assert found("bob", people.maria.number) == []
    assert found("alice", "garcia") == ["María García"]


def test_a_restricted_record_is_found_by_nobody_without_a_grant(found, people, system):
    with system("access.record.restrict"), writing():
        Record.objects.filter(pk=people.maria.record).update(restricted=True)
    for person in ("fred", "dana"):
        assert found(person, "garcia") == found(person, people.maria.number) == []


def test_names_with_digits_in_them_are_names(found, enter):
    enter("Chet123 Thompson4567")
    for q in ("chet123 thompson4567", "thompson4567", "thomp chet"):
        assert found("fred", q) == ["Chet123 Thompson4567"]


@pytest.mark.parametrize("q", ["garcia", "garcia maria", "mria garcai", "555-0123", BORN])
def test_every_search_goes_by_index_under_row_level_security(opened, system, q):
    """Only leak-proof comparisons may: among many people each span of keys is an index range."""
    crowd = [
        {"clinic": 1, "legal_first": f"Ana{n}", "legal_last": f"Garcia{n}", "birth_on": None}
        for n in range(400)
    ]
    with system("patients.patient.write") as permit:
        actions.register_many(permit, crowd)
    sought = rules.read(q, date(2026, 1, 1))
    spans = rules.probes(sought) + rules.near_probes(sought)
    low, high = [low for low, _ in spans], [high for _, high in spans]
    values = {"clinics": [1], "most": 60, "low": low, "high": high,
              "guest_low": low, "guest_high": high}  # fmt: skip
    with opened("fred", "patients.search"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + finding._FIND, values)
        plan = " ".join(line for (line,) in cursor.fetchall())
    assert "search_key_at" in plan
    condition = "((key)::text >= span.low) AND ((key)::text < span.high)"
    assert f"Index Cond: ((clinic_id = ANY ('{{1}}'::bigint[])) AND {condition})" in plan


def test_a_search_leaves_its_count_and_never_its_words(found, people, system):
    found("fred", "garcia maria")
    with system("access.audit.seal"):
        row = AuditEvent.objects.order_by("-id").values("act", "count", "fields", "reason").first()
    assert row == {"act": "patients.search", "count": 1, "fields": [], "reason": ""}


@pytest.mark.parametrize("q", ["garcia", "garcia maria", "312-555-0123", BORN])
def test_a_search_takes_one_statement_for_one_and_for_three(
    opened, enter, django_assert_num_queries, q
):
    for count in (1, 3):
        while len(made := locals().setdefault("made", [])) < count:
            made.append(enter("Maria Garcia", BORN, phones=["3125550123"]))
        with opened("fred", "patients.search") as permit, django_assert_num_queries(1):
            assert len(queries.search(permit, q)) == count


def test_beyond_the_own_clinics_only_number_and_clinic_by_full_name_and_birth_date(opened, enter):
    there = enter("Tina Turner", BORN, clinic=2, preferred_name="Tia")
    enter("Tina Turner", "1988-03-05", clinic=2)
    with opened("fred", "patients.search.elsewhere") as permit:
        expected = [queries.Elsewhere(there.number, "South", "+13125550101")]
        born = date(1988, 3, 4)
        assert queries.elsewhere(permit, "tina", "TURNER", born) == expected
        assert queries.elsewhere(permit, "Tia", "Turner", born) == expected
        assert queries.elsewhere(permit, "Tina", "", born) == []
        assert queries.elsewhere(permit, "Tin", "Turner", born) == []
        assert queries.elsewhere(permit, "Turner", "Tina", born) == []
        assert queries.search(permit, "tina turner") == []  # the scope is the own clinic again
    with opened("riva", "patients.search.elsewhere") as permit:
        assert queries.elsewhere(permit, "Tina", "Turner", born) == []


def test_looking_elsewhere_needs_its_act(opened, enter):
    with opened("fred", "patients.search") as permit, pytest.raises(NotPermitted):
        queries.elsewhere(permit, "Tina", "Turner", date(1988, 3, 4))


def test_the_newest_people_stand_first(opened, enter):
    for name in ("First One", "Second Two", "Third Three"):
        enter(name)
    with opened("fred", "patients.search") as permit:
        assert [each.name for each in queries.newest(permit, 2)] == ["Third Three", "Second Two"]


def test_who_looks_like_the_same_person_and_why(opened, enter):
    enter("Maria Garcia", BORN, phones=["312-555-0123"])
    enter("Mario Garza", "1950-01-01")
    with opened("fred", "patients.patient.write") as permit:

        def reasons(name: str, born: str | None, *phones: str) -> list[tuple[str, ...]]:
            birth_on = date.fromisoformat(born) if born else None
            names = name.split()
            return [
                each.likeness.reasons
                for each in queries.alike(permit, names=names, birth_on=birth_on, phones=phones)
            ]

        assert reasons("Maria Garcia", BORN) == [("name", "birth")]
        assert reasons("Garcia Maria", "1988-04-03") == [("name", "like_birth")]
        assert reasons("Marya Garsia", BORN, "3125550123") == [("like_name", "birth", "phone")]
        assert reasons("Maria Garcia", None, "+1 312 555 0123") == [("name", "phone")]
        assert reasons("Maria Garcia", "1961-11-30") == []
        assert reasons("Pedro Lopez", BORN) == []
        assert reasons("Pedro Lopez", None) == []


def test_pairs_that_may_be_one_person_until_told_apart(opened, enter):
    one, other = enter("Jon Smith", BORN), enter("John Smyth", BORN)
    enter("John Smith", "1950-01-01")
    with opened("dana", "patients.merge") as permit:
        pairs = queries.likely_twice(permit)
        assert [(p.one.number, p.other.number) for p in pairs] == [(one.number, other.number)]
        assert pairs[0].likeness.reasons == ("like_name", "birth")
        actions.tell_apart(permit, other.record, one.record)
        actions.tell_apart(permit, one.record, other.record)
        assert queries.likely_twice(permit) == []


def test_a_person_is_open_to_the_team_and_to_nobody_else(opened, people):
    for person in ("alice", "bob"):
        with opened(person, "patients.patient.read") as permit:
            assert queries.identity(permit, people.maria.record)["legal_last"] == "García"
    for person in ("charlie", "riva"):
        with opened(person, "patients.patient.read") as permit:
            for ask in (queries.identity, queries.person):
                with pytest.raises(Http404):
                    ask(permit, people.maria.record)
            assert queries.coverages(permit, people.maria.record) == []
            assert queries.edits(permit, people.maria.record) == []
            assert queries.people(permit, [people.maria.record]) == {}
