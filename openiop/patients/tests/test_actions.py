"""Registering, correcting, merging, keeping apart."""

import threading
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction
from django.http import Http404

from openiop.access import door
from openiop.access.models import AuditEvent
from openiop.kernel.permits import NotPermitted, Refused
from openiop.messaging import actions as messaging
from openiop.messaging import queries as tasks
from openiop.patients import actions, queries
from openiop.patients.models import Identifier, SearchKey

BORN = date(1988, 3, 4)
MARIA: dict[str, Any] = {
    "clinic": 1,
    "legal_first": "María",
    "legal_last": "García",
    "birth_on": BORN,
}


# --- registering -------------------------------------------------------------------------------


def test_a_registered_person_has_a_record_number_and_is_found_by_keys(opened, network):
    with opened("fred", "patients.patient.write") as permit:
        made = actions.register(
            permit, **MARIA, preferred_name="Mari", phones=["(312) 555-0123"],
            identifiers=[("urn:old", "77")],
        )  # fmt: skip
        assert queries.person(permit, made.record) == queries.Person(
            record=made.record, number=made.number, clinic=1, name="Mari García", called="Mari",
            last_initial="G", pronouns="", birth_on=BORN, languages=(), interpreter="",
            living="unknown", died_on=None,
        )  # fmt: skip
        assert set(SearchKey.objects.values_list("key", flat=True)) == {
            "n:maria", "n:garcia", "n:mari", "s:MR", "s:KRX", "t:MR KRX", "t:KRX MR",
            "p:3210555213", "d:1988-03-04", f"r:{made.number}",
        }  # fmt: skip
        assert list(Identifier.objects.values_list("system", "value")) == [("urn:old", "77")]


def test_registering_three_takes_the_statements_of_one(opened, network, django_assert_num_queries):
    people = [
        {"clinic": 1, "legal_first": "Ada", "legal_last": f"Lovelace{n}", "birth_on": None}
        for n in range(3)
    ]
    for count in (1, 3):
        with opened("fred", "patients.patient.write") as permit, django_assert_num_queries(6):
            actions.register_many(permit, people[:count])


def test_nobody_is_registered_into_another_clinic(opened, network):
    with (
        opened("fred", "patients.patient.write") as permit,
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        actions.register(permit, **{**MARIA, "clinic": 2})


def test_who_may_not_write_may_not_register(opened, network):
    with opened("fred", "patients.search") as permit, pytest.raises(NotPermitted):
        actions.register(permit, **MARIA)


def test_the_same_number_of_another_system_is_kept_once(opened, network):
    with opened("fred", "patients.patient.write") as permit:
        actions.register(permit, **MARIA, identifiers=[("urn:old", "77")])
        with pytest.raises(IntegrityError), transaction.atomic():
            actions.register(permit, **MARIA, identifiers=[("urn:old", "77")])


def test_somebody_alike_must_be_looked_at_first(opened, enter):
    here = enter("Maria Garcia", "1988-03-04")
    there = enter("Maria Garcia", "1988-03-04", clinic=2)
    with opened("fred", "patients.patient.write") as permit:
        with pytest.raises(Refused) as no:
            actions.register_once(permit, **MARIA)
        assert no.value.code == "same_person"
        close, far = no.value.choices
        assert isinstance(close, queries.Alike)
        assert (close.found.number, close.likeness.score) == (here.number, 0.95)
        assert far == queries.Elsewhere(there.number, "South", "+13125550101")
        with pytest.raises(Refused):
            actions.register_once(permit, **MARIA, seen=[here.number])
        made = actions.register_once(permit, **MARIA, seen=[here.number, there.number])
        assert made.number not in {here.number, there.number}


def test_nobody_alike_is_registered_at_once(opened, enter):
    enter("Mario Garza", "1950-01-01")
    with opened("fred", "patients.patient.write") as permit:
        made = actions.register_once(permit, **MARIA, phones=["312-555-0123"])
        assert queries.search(permit, "5550123")[0].record == made.record


@pytest.mark.slow
def test_of_eight_desks_registering_one_person_at_once_one_wins(own_database, network):
    results: list[str] = []

    def desk() -> None:
        try:
            with door.opened_for(network.users["fred"], "patients.patient.write") as permit:
                actions.register_once(permit, **MARIA)
            results.append("registered")
        except Refused as no:
            results.append(no.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=desk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["registered"] + ["same_person"] * 7


# --- correcting --------------------------------------------------------------------------------


def test_a_correction_is_kept_found_and_told_in_words(opened, enter):
    made = enter("Maria Garcia", "1988-03-04", phones=["312-555-0123"])
    with opened("alice", "patients.patient.write") as permit:
        changed = actions.update_identity(
            permit, made.record, legal_first="Mario", preferred_name="Max", legal_last="Garcia",
            languages=["es", "en"], living="sober_living",
        )  # fmt: skip
        assert changed == ("legal_first", "preferred_name", "languages", "living")
        assert [each.name for each in queries.search(permit, "max garcia")] == ["Max Garcia"]
        assert queries.search(permit, "maria garcia")[0].score < 1
        latest, first = queries.edits(permit, made.record)
        assert (latest.by, latest.at) == ("Alice Adams", permit.now)
        assert [(str(label), old, new) for label, old, new in latest.changes] == [
            ("Legal first name", "Maria", "Mario"), ("Preferred name", "", "Max"),
            ("Languages", "", "es, en"), ("Living situation", "Not asked yet", "Sober living"),
        ]  # fmt: skip
        assert [str(label) for label, _, _ in first.changes] == [
            "Legal first name", "Legal last name", "Birth date", "Living situation",
        ]  # fmt: skip


def test_a_correction_leaves_names_of_fields_in_the_audit_and_no_values(opened, enter, system):
    made = enter("Maria Garcia")
    with opened("alice", "patients.patient.write") as permit:
        actions.update_identity(permit, made.record, legal_last="Lopez")
    with system("access.audit.seal"):
        row = AuditEvent.objects.filter(act="patients.patient.write", user=1).get()
    assert (row.record, row.fields, row.reason) == (made.record, ["legal_last"], "")


def test_nothing_changed_writes_nothing(opened, enter, django_assert_num_queries):
    made = enter("Maria Garcia")
    with opened("alice", "patients.patient.write") as permit, django_assert_num_queries(3):
        # a savepoint, the row, its release
        assert actions.update_identity(permit, made.record, legal_last="Garcia") == ()


def test_another_clinics_person_is_not_there_to_correct(opened, enter):
    made = enter("Maria Garcia")
    with opened("charlie", "patients.patient.write") as permit, pytest.raises(Http404):
        actions.update_identity(permit, made.record, legal_last="Lopez")


def test_a_person_is_found_by_the_numbers_that_reach_them_and_by_no_others(opened, enter):
    made = enter("Maria Garcia", phones=["312-555-0123"])
    with opened("fred", "patients.patient.write") as permit:

        def found(q: str) -> list[int]:
            return [each.record for each in queries.search(permit, q)]

        point = actions.reach_self(
            permit, record=made.record, clinic=1,
            point={"kind": "phone", "value": "(773) 555-0199", "safe_to_text": True},
        )  # fmt: skip
        assert found("555 0199") == [made.record]
        actions.reach_other(
            permit, record=made.record, clinic=1, phone="773-555-0142",
            contact={"name": "Rosa", "relationship": "mother", "emergency": True},
        )  # fmt: skip
        assert found("555 0142") == []
        actions.end_point(permit, record=made.record, point=point)
        assert found("555 0199") == []
        actions.end_point(permit, record=made.record, point=point, undo=True)
        assert found("555 0199") == [made.record]
        actions.change_point(
            permit, record=made.record, point=point,
            facts={"value": "773-555-0100", "safe_to_call": True, "safe_to_text": False,
                   "safe_to_leave_message": False, "preferred": True},
        )  # fmt: skip
        assert (found("555 0199"), found("555 0100")) == ([], [made.record])


def test_a_number_added_elsewhere_counts_after_the_keys_are_refreshed(opened, enter):
    made = enter("Maria Garcia")
    with opened("fred", "patients.patient.write") as permit:
        contact = messaging.add_contact(
            permit, record=made.record, clinic=1, name="", relationship="self"
        )
        messaging.add_contact_point(permit, contact=contact, kind="phone", value="3125550177")
        actions.refresh_keys(permit, made.record)
        assert [each.record for each in queries.search(permit, "5550177")] == [made.record]


# --- coverage ----------------------------------------------------------------------------------


def test_coverage_ranks_and_gives_the_payers_rules(opened, enter):
    made = enter("Maria Garcia")
    with opened("fred", "patients.coverage.write") as permit:
        first = actions.add_coverage(
            permit, record=made.record, payer_name="Blue Plan", rule_pack="medicare",
            member_number="A1", start_on=date(2026, 1, 1), end_on=date(2026, 12, 31),
        )  # fmt: skip
        second = actions.add_coverage(permit, record=made.record, payer_name="Second Plan")
        rows = queries.coverages(permit, made.record)
        assert [(row.id, row.rank) for row in rows] == [(first, 1), (second, 2)]
        assert (rows[0].start_on, rows[0].end_on) == (date(2026, 1, 1), date(2026, 12, 31))
        assert queries.rule_packs(permit, [made.record]) == {made.record: "medicare"}
        actions.end_coverage(permit, first, record=made.record)
        assert queries.rule_packs(permit, [made.record]) == {made.record: "standard-commercial"}
        actions.end_coverage(permit, first, record=made.record, undo=True)
        actions.change_coverage(
            permit, first, record=made.record, start_on=None, end_on=None, rank=3
        )
        assert [row.id for row in queries.coverages(permit, made.record)] == [second, first]


def test_a_coverage_cannot_end_before_it_begins(opened, enter):
    made = enter("Maria Garcia")
    with opened("fred", "patients.coverage.write") as permit, pytest.raises(Refused) as no:
        actions.add_coverage(
            permit, record=made.record, payer_name="X", start_on=date(2026, 2, 1),
            end_on=date(2026, 1, 31),
        )  # fmt: skip
    assert (no.value.field, no.value.sentence) == (
        "end_on", "The coverage ends before it begins.",
    )  # fmt: skip


# --- keeping apart -----------------------------------------------------------------------------


def test_two_people_are_kept_apart_both_ways_until_it_ends(opened, enter):
    one, other, third = (enter(name).record for name in ("Ana One", "Bo Two", "Cy Three"))
    with opened("sam", "patients.apart.write") as permit:
        pair = actions.keep_apart(permit, other, one, "court_order", "no contact until 2027")
        assert queries.apart_from(permit, one) == {other}
        assert queries.apart_from(permit, other) == {one}
        assert queries.apart_pairs(permit, [one, other, third]) == {one: {other}, other: {one}}
        listed = queries.apart_list(permit, one)[0]
        assert listed.other is not None
        assert (listed.other.name, listed.reason, listed.detail, listed.set_by) == (
            "Bo Two", "Court order", "no contact until 2027", "Sam Stone",
        )  # fmt: skip
        with pytest.raises(Refused) as no:
            actions.keep_apart(permit, one, other, "kin")
        assert no.value.sentence == "These two are kept apart already."
        actions.end_apart(permit, pair)
        assert queries.apart_from(permit, one) == frozenset()
        actions.keep_apart(permit, one, other, "kin")


def test_the_desk_keeps_people_apart_and_never_learns_why(opened, enter):
    one, other = enter("Ana One").record, enter("Bo Two").record
    with opened("sam", "patients.apart.write") as permit:
        actions.keep_apart(permit, one, other, "violence")
    with opened("fred", "patients.patient.read") as permit:
        assert queries.apart_from(permit, one) == {other}
        with pytest.raises(NotPermitted):
            queries.apart_list(permit, one)
    with pytest.raises(NotPermitted), opened("fred", "patients.apart.read"):
        pass


def test_a_supervisor_is_asked_to_look_in_words_that_tell_nothing(opened, enter):
    one, other = enter("Ana One").record, enter("Bo Two").record
    with opened("sam", "patients.apart.write") as permit:
        actions.keep_apart(permit, one, other, "violence")
        rows = tasks.open_tasks(permit, kinds=["patients.look"])
    assert {(row.record, row.title, row.role) for row in rows} == {
        (one, "Look at this person's bookings", "supervisor"),
        (other, "Look at this person's bookings", "supervisor"),
    }


def test_nobody_is_kept_apart_from_themselves_or_from_a_stranger(opened, enter):
    one, far = enter("Ana One").record, enter("Far Away", clinic=2).record
    with opened("sam", "patients.apart.write") as permit:
        with pytest.raises(Refused, match="one and the same"):
            actions.keep_apart(permit, one, one, "kin")
        with pytest.raises(Http404):
            actions.keep_apart(permit, one, far, "kin")


# --- merging -----------------------------------------------------------------------------------


def test_a_merged_record_leads_to_the_kept_one_until_undone(opened, enter):
    kept = enter("Maria Garcia", "1988-03-04")
    twin = enter("Marie Garza", "1988-03-04", phones=["312-555-0199"])
    with opened("dana", "patients.merge") as permit:
        done = actions.merge(permit, kept=kept.record, merged=twin.record, reason="one person")
        for q in ("marie garza", twin.number, "555 0199"):
            assert [each.number for each in queries.search(permit, q)] == [kept.number]
        assert queries.search(permit, "marie garza")[0].found_as == "Marie Garza"
        assert len(queries.search(permit, "1988-03-04")) == 1
        assert queries.records_of(permit, twin.record) == (kept.record, twin.record)
        notice = queries.merged_into(permit, twin.record)
        assert notice is not None and notice.other is not None
        assert (notice.other.number, notice.by, notice.reason) == (
            kept.number, "Dana Diaz", "one person",
        )  # fmt: skip
        here = queries.merged_here(permit, kept.record)
        assert [each.other and each.other.number for each in here] == [twin.number]
        actions.undo_merge(permit, done)
        assert queries.records_of(permit, twin.record) == (twin.record,)
        assert queries.merged_into(permit, twin.record) is None
        assert [each.number for each in queries.search(permit, "marie garza")] == [twin.number]
        with pytest.raises(Refused, match="undone already"):
            actions.undo_merge(permit, done)


def test_merges_run_through_chains(opened, enter):
    one, two, three = (enter(f"Ana {name}").record for name in ("One", "Two", "Three"))
    with opened("dana", "patients.merge") as permit:
        actions.merge(permit, kept=two, merged=three, reason="same")
        actions.merge(permit, kept=one, merged=two, reason="same")
        assert queries.records_of(permit, three) == tuple(sorted((one, two, three)))
        assert [each.record for each in queries.search(permit, "ana three")] == [one]


def test_kept_apart_from_one_record_is_kept_apart_from_all_of_the_person(opened, enter):
    kept, twin, other = (enter(f"Ana {name}").record for name in ("Kept", "Twin", "Other"))
    with opened("dana", "patients.apart.write") as permit:
        actions.keep_apart(permit, twin, other, "violence")
    with opened("dana", "patients.merge") as permit:
        actions.merge(permit, kept=kept, merged=twin, reason="same")
        assert queries.apart_from(permit, kept) == {other}
        assert queries.apart_from(permit, other) == {kept, twin}
        with pytest.raises(Refused) as no:
            actions.merge(permit, kept=kept, merged=other, reason="same")
        assert no.value.code == "two_people"


def test_what_cannot_be_merged(opened, enter):
    one, two, three = (enter(f"Ana {name}").record for name in ("One", "Two", "Three"))
    with opened("dana", "patients.merge") as permit:
        actions.merge(permit, kept=one, merged=two, reason="same")
        for kept, merged, code in (
            (one, one, "same"),
            (two, three, "merged"),
            (one, two, "merged"),
        ):
            with pytest.raises(Refused) as no:
                actions.merge(permit, kept=kept, merged=merged, reason="same")
            assert no.value.code == code
    far = enter("Far Away", clinic=2).record
    with opened("fred", "patients.merge") as permit, pytest.raises(Http404):
        actions.merge(permit, kept=one, merged=far, reason="same")


def test_both_clinics_see_both_records_while_merged(opened, enter):
    north, south = enter("Ana North"), enter("Ana South", clinic=2)
    with opened("dana", "patients.merge") as permit:
        done = actions.merge(permit, kept=north.record, merged=south.record, reason="same")
    with opened("charlie", "patients.search") as permit:
        assert [each.number for each in queries.search(permit, "ana south")] == [north.number]
        assert queries.person(permit, north.record).name == "Ana North"
    with opened("dana", "patients.merge") as permit:
        actions.undo_merge(permit, done)
    with opened("charlie", "patients.search") as permit, pytest.raises(Http404):
        queries.person(permit, north.record)
