"""FHIR files: what is loaded, what is recognized, what is said of the rest."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openiop.access.models import AuditEvent, OutsideOrganization, OutsidePerson, Staff
from openiop.api.imports import Report, import_fhir
from openiop.api.tests.conftest import bundle
from openiop.chart.models import Diagnosis
from openiop.kernel.permits import Refused
from openiop.messaging import queries as reach
from openiop.patients import queries
from openiop.patients.actions import register
from openiop.patients.models import Patient

PAYER = {
    "resourceType": "Organization", "id": "p1", "name": "Blue Plan",
    "identifier": [{"system": "urn:payers", "value": "55"}],
    "type": [{"text": "Payer"}], "telecom": [{"system": "phone", "value": "312-555-0100"}],
}  # fmt: skip
DOCTOR = {
    "resourceType": "Practitioner", "id": "d1",
    "name": [{"family": "Kub", "given": ["Felicitas"], "prefix": ["Dr."]}],
}  # fmt: skip


def coverage_of(patient: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Coverage", "id": "c1", "status": "active", "subscriberId": "A1",
        "beneficiary": {"reference": f"urn:uuid:{patient['id']}"},
        "payor": [{"reference": "Organization/p1"}], "period": {"start": "2026-01-01"}, **more,
    }  # fmt: skip


def condition_of(patient: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition", "id": "k1",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "66590003",
                             "display": "Alcohol dependence"}],
                 "text": "Alcoholism (their word)"},
        "subject": {"reference": f"Patient/{patient['id']}"}, "onsetDateTime": "2020-02-03",
        **more,
    }  # fmt: skip


def load(*paths: Path, **options: Any) -> Report:
    return import_fhir(list(paths), **{"clinic": "NORTH", **options})


@pytest.fixture
def seen(opened):
    """`seen()` is the one patient at North: who, contacts, coverages, diagnoses."""

    def look() -> dict[str, Any]:
        with opened("dana", "messaging.contact.read") as permit:
            row = Patient.objects.get()
            return {
                "facts": queries.identity(permit, row.record_id), "clinic": row.clinic_id,
                "contacts": reach.contacts_of(permit, row.record_id),
                "coverages": queries.coverages(permit, row.record_id),
                "diagnoses": list(Diagnosis.objects.values_list("code", "text", "status")),
            }  # fmt: skip

    return look


# --- what is loaded ----------------------------------------------------------------------------


def test_a_bundle_is_loaded_and_the_second_time_only_recognized(network, written, maria, seen):
    path = written(
        "b.json",
        bundle(condition_of(maria), coverage_of(maria), maria, PAYER, DOCTOR,
               {"resourceType": "Observation", "id": "o"}),
    )  # fmt: skip
    kinds = {"Condition": 1, "Coverage": 1, "Organization": 1, "Patient": 1, "Practitioner": 1}
    left = {"Observation": 1}
    assert load(path).as_json() == {"created": kinds, "matched": {}, "left": left, "errors": []}
    assert load(path).as_json() == {"created": {}, "matched": kinds, "left": left, "errors": []}
    found = seen()
    assert (found["facts"]["legal_first"], found["facts"]["legal_middle"]) == ("María", "Luz")
    assert found["diagnoses"] == [("66590003", "Alcoholism (their word)", "active")]
    assert [(c.payer_name, c.member_number) for c in found["coverages"]] == [("Blue Plan", "A1")]


def test_outside_people_and_organizations_never_become_staff_or_clinics(network, written, system):
    load(written("b.json", bundle(PAYER, DOCTOR)))
    with system("access.network.read") as permit:
        assert list(OutsidePerson.objects.values_list("name", flat=True)) == ["Dr. Felicitas Kub"]
        row = OutsideOrganization.objects.get()
        assert (row.name, row.kind, row.phone, row.source_key) == (
            "Blue Plan", "Payer", "312-555-0100", "urn:payers|55",
        )  # fmt: skip
        assert not Staff.objects.filter(last_name="Kub").exists()
        assert permit.clinics == frozenset({1, 2, 3})


def test_everything_about_a_person_is_read(network, written, maria, seen):
    core = "http://hl7.org/fhir/us/core/StructureDefinition"
    maria |= {
        "name": [
            {"use": "old", "family": "Lopez", "given": ["María"]},
            {"use": "official", "family": "García", "given": ["María", "Luz"]},
            {"use": "nickname", "given": ["Mari"]},
        ],
        "deceasedDateTime": "2024-05-06T10:00:00Z",
        "telecom": [{"system": "phone", "value": "312-555-0123", "use": "mobile"},
                    {"system": "email", "value": "m@example.org"},
                    {"system": "phone", "value": "1", "use": "old"}],
        "address": [{"line": ["1 Main St"], "city": "Town", "state": "IL", "postalCode": "60601"}],
        "communication": [{"language": {"coding": [{"code": "en"}]}},
                          {"language": {"coding": [{"code": "es"}]}, "preferred": True}],
        "contact": [{"name": {"text": "Rosa García"}, "telecom": [
            {"system": "phone", "value": "312-555-0142"}], "relationship": [
            {"coding": [{"code": "C"}], "text": "Mother"}]}],
        "extension": [{"url": f"{core}/us-core-birthsex", "valueCode": "F"},
                      {"url": f"{core}/us-core-interpreter-needed",
                       "valueCoding": {"code": "373066001"}}],
    }  # fmt: skip
    assert load(written("p.json", maria)).as_json()["errors"] == []
    found = seen()
    facts = found["facts"]
    assert (facts["preferred_name"], facts["other_names"]) == ("Mari", ["María Lopez"])
    assert (facts["gender"], facts["legal_sex"], str(facts["died_on"])) == (
        "female", "female", "2024-05-06",
    )  # fmt: skip
    assert (facts["languages"], facts["interpreter"]) == (["es", "en"], "es")
    own, rosa = found["contacts"]
    assert {point.value for point in own.points} == {
        "312-555-0123", "m@example.org", "1 Main St, Town IL 60601",
    }  # fmt: skip
    assert not any(p.safe_to_call or p.safe_to_text for p in own.points)
    assert (rosa.name, rosa.relationship, rosa.emergency, rosa.points[0].value) == (
        "Rosa García", "Mother", True, "312-555-0142",
    )  # fmt: skip


def test_a_person_loaded_is_found_at_the_clinic_and_nowhere_else(network, written, maria, opened):
    load(written("p.json", maria), clinic="SOUTH")
    for person, names in (("charlie", ["María García"]), ("fred", []), ("riva", [])):
        with opened(person, "patients.search") as permit:
            assert [each.name for each in queries.search(permit, "maria garcia")] == names


def test_without_a_clinic_people_wait_in_the_queue_of_the_imported(
    network, written, maria, system, monkeypatch
):
    monkeypatch.setattr("openiop.api.imports.places.organization_ids", lambda: [1])
    load(written("p.json", maria), clinic=None)
    with system("patients.import") as permit:
        assert [(each.name, each.clinic) for each in queries.in_queue(permit)] == [
            ("María García", 1)
        ]


def test_several_networks_need_a_clinic_and_an_unknown_one_is_said(network, written, maria):
    path = written("p.json", maria)
    with pytest.raises(Refused, match="Name a clinic with --clinic"):
        load(path, clinic=None)
    with pytest.raises(Refused, match="No clinic has the code NOWHERE"):
        load(path, clinic="NOWHERE")


def test_a_dry_run_tells_the_same_and_keeps_nothing(network, written, maria, system):
    path = written("b.json", bundle(maria, coverage_of(maria), condition_of(maria), PAYER))
    dry = load(path, dry_run=True).as_json()
    with system("patients.import"):
        assert not Patient.objects.exists()
        assert not AuditEvent.objects.filter(actor="command:import", act="patients.import").exists()
    assert load(path).as_json() == dry


def test_folders_single_resources_and_lines_are_read_and_references_cross_files(
    network, written, maria
):
    written("in/patients.ndjson", json.dumps(maria) + "\n\n" + json.dumps(PAYER) + "\n")
    written("in/deep/coverage.json", coverage_of(maria))
    folder = written("in/deep/condition.jsonl", json.dumps(condition_of(maria))).parents[1]
    written("in/readme.txt", "not read")
    assert load(folder).as_json()["created"] == {
        "Condition": 1, "Coverage": 1, "Organization": 1, "Patient": 1,
    }  # fmt: skip


def test_what_points_to_somebody_loaded_before_finds_them(network, written, maria):
    load(written("p.json", maria))
    by_number = condition_of(maria, subject={
        "identifier": {"system": "urn:hospital", "value": "77"}})  # fmt: skip
    by_search = condition_of(maria, id="k2", subject={
        "reference": "Patient?identifier=urn:hospital|77"})  # fmt: skip
    by_address = condition_of(maria, id="k3")
    report = load(written("k.json", bundle(by_number, by_search, by_address)))
    assert report.as_json() == {
        "created": {"Condition": 3},
        "matched": {},
        "left": {},
        "errors": [],
    }


def test_progress_goes_forward_to_the_whole(network, written, maria):
    told: list[tuple[int, int]] = []
    paths = [written(f"{n}.json", maria) for n in range(3)]
    load(*paths, progress=lambda done, of: told.append((done, of)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


def test_a_chunk_takes_the_same_statements_for_one_and_for_thirty(network, written, maria):
    def people(count):
        made = [
            {**maria, "id": None, "identifier": [{"system": "urn:x", "value": f"{count}-{n}"}],
             "name": [{"family": f"Name{n}", "given": ["A"]}], "birthDate": "1990-01-01",
             "telecom": [{"system": "phone", "value": "3125550100"}]}
            for n in range(count)
        ]  # fmt: skip
        return written(f"{count}.json", bundle(*made))

    load(people(2))  # so that each chunk meets somebody known
    counts = []
    for count in (1, 30):
        path = people(count)
        with CaptureQueriesContext(connection) as ran:
            assert load(path).created["Patient"] == count
        counts.append(len(ran))
    assert counts[0] == counts[1]


# --- who is recognized -------------------------------------------------------------------------


def test_a_person_entered_at_the_desk_is_recognized_by_name_and_birth_date(
    network, written, maria, system
):
    with system("patients.patient.write") as permit:
        register(permit, clinic=1, legal_first="Maria", legal_last="GARCIA",
                 birth_on=date(1988, 3, 4))  # fmt: skip
    assert load(written("p.json", maria)).as_json()["matched"] == {"Patient": 1}
    other = {**maria, "birthDate": "1990-01-01"}  # now known by the identifier, whatever the day
    assert load(written("p.json", other)).as_json()["matched"] == {"Patient": 1}


def test_the_same_person_twice_in_one_file_is_one(network, written, maria):
    again = {**maria, "id": "other", "identifier": [{"system": "urn:lab", "value": "9"}]}
    report = load(written("b.json", bundle(maria, again)))
    assert (report.created["Patient"], report.matched["Patient"]) == (1, 1)
    third = {"resourceType": "Patient", "name": [{"family": "New"}],
             "identifier": [{"system": "urn:lab", "value": "9"}]}  # fmt: skip
    assert load(written("c.json", {**third, "name": maria["name"]})).matched["Patient"] == 1


def test_two_people_whom_one_system_numbers_differently_stay_two(network, written, maria):
    twin = {**maria, "id": "x", "identifier": [{"system": "urn:hospital", "value": "78"}]}
    assert load(written("b.json", bundle(maria, twin))).created["Patient"] == 2
    assert load(written("b.json", bundle(maria, twin))).matched["Patient"] == 2


def test_an_identifier_of_somebody_else_is_left_out_and_said(network, written, maria):
    other = {**maria, "id": "y", "name": [{"family": "Okafor", "given": ["Will"]}],
             "birthDate": "1970-12-31"}  # fmt: skip
    path = written("b.json", bundle(maria, other))
    report = load(path)
    assert report.created["Patient"] == 2
    assert [(problem.path, problem.message) for problem in report.errors] == [(
        "entry[1].resource.identifier",
        "The identifier 77 belongs to a person with another name and birth date and was left out:"
        " see whether the records are one person.",
    )]  # fmt: skip
    again = load(path)
    assert (again.created, again.matched["Patient"], again.errors) == ({}, 2, [])


def test_social_security_numbers_are_neither_kept_nor_compared(network, written, maria, system):
    number = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-99-9999"}
    other = {"resourceType": "Patient", "id": "z", "name": [{"family": "Okafor"}],
             "birthDate": "1970-12-31", "identifier": [number]}  # fmt: skip
    maria["identifier"].append(number)
    assert load(written("b.json", bundle(maria, other))).created["Patient"] == 2
    with system("patients.import") as permit:
        assert queries.records_by_identifier(permit, [(number["system"], number["value"])]) == {}


def test_an_address_that_means_two_people_means_neither(network, written, maria):
    one = {**maria, "id": "1", "identifier": [{"system": "urn:a", "value": "1"}]}
    two = {**maria, "id": "1", "identifier": [{"system": "urn:b", "value": "1"}],
           "name": [{"family": "Other"}]}  # fmt: skip
    paths = [written("a/p.json", one), written("b/p.json", two)]
    report = load(*paths, written("c/k.json", condition_of(one)))
    assert [problem.path for problem in report.errors] == ["subject"]
    near = load(*paths, written("b/k.json", condition_of(two)))
    assert near.created["Condition"] == 1


# --- what is broken ----------------------------------------------------------------------------


def problems(report: Report) -> list[tuple[int | None, str, str]]:
    return [(each.line, each.path, each.message) for each in report.errors]


def test_a_broken_bundle_is_reported_by_line_and_the_rest_is_loaded(network, written, maria):
    text = """{"resourceType": "Bundle", "type": "transaction", "entry": [
{"resource": {"resourceType": "Patient", "id": "a",
  "name": [{"family": "Day"}],
  "birthDate": "1988-02-30"}},
{"resource": {"resourceType": "Patient", "id": "b", "birthDate": "1988-02-03",
  "name": []}},
{"resource": {"resourceType": "Patient", "id": "c", "birthDate": "1988-02-03",
  "name": [{"family": "Gender"}],
  "gender": "woman"}},
{"resource": {"resourceType": "Pacient"}},
{"fullUrl": "urn:uuid:1"},
{"resource": {"resourceType": "Patient", "name": "Text", "birthDate": "1988-02-03"}},
{"resource": {"resourceType": "Coverage", "status": "yes", "payor": [{"display": "X"}]}},
{"resource": {"resourceType": "Condition", "subject": {"reference": "Patient/nobody"},
  "code": {"text": "Pain"}}},
{"resource": {"resourceType": "Condition", "subject": {"reference": "Patient/good"}}},
{"resource": {"resourceType": "Practitioner", "id": "n"}},
{"resource": {"resourceType": "Patient", "name": [{"family": "Alone"}]}},
{"resource": {"resourceType": "Patient", "id": "good", "name": [{"family": "Good"}],
  "birthDate": "1990-05-06"}}
]}"""
    report = load(written("broken.json", text))
    at = "entry[{}].resource".format
    assert problems(report) == [
        (4, at(0) + ".birthDate", "'1988-02-30' is no date."),
        (6, at(1) + ".name", "This patient has no name."),
        (9, at(2) + ".gender", "'woman' is none of female, male, other, unknown."),
        (10, at(3) + ".resourceType", "FHIR R4 knows no resource type 'Pacient'."),
        (11, "entry[4]", "This entry of the bundle holds no resource."),
        (12, at(5) + ".name", "A list is expected here."),
        (17, at(9) + ".name", "This has no name."),
        (18, at(10), "Without an identifier, an id and a birth date this person could not be"
         " recognized again: add one of them."),
        (13, at(6) + ".status",
         "'yes' is none of active, cancelled, draft, entered-in-error."),
        (16, at(8) + ".code", "This condition does not say what it is."),
        (14, at(7) + ".subject",
         "This points to nobody, or to several, in these files and here."),
    ]  # fmt: skip
    assert report.created == {"Patient": 1}
    assert report.exit_code == 1


@pytest.mark.parametrize(
    ("name", "content", "line", "message"),
    [
        ("a.json", '{\n"a": 1,\n}', 3,
         "This is not JSON: Expecting property name enclosed in double quotes at column 1."),
        ("a.json", "", 1, "This is not JSON: Expecting value at column 1."),
        ("a.json", '{"a": 1}', 1, "This is JSON but no FHIR resource: it has no resourceType."),
        ("a.json", "[1]", 1, "This is not a FHIR resource: a JSON object is expected."),
        ("a.json", '\n{"resourceType": 7}', 2, "FHIR R4 knows no resource type 7."),
        ("a.json", b"\xff\xfe\x00\xd8", 1, "This is not UTF-8 text (byte 2)."),
        ("a.json", '{"resourceType": "Bundle", "entry": {}}', 1,
         "The entries of a bundle are a list."),
        ("a.ndjson", '\n{"resourceType": "Basic"}\nnonsense', 3,
         "This is not JSON: Expecting value at column 1."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_said_with_its_line(
    network, written, name, content, line, message
):
    path = written(name, content)
    report = load(path)
    assert [(e.file, e.line, e.message) for e in report.errors] == [(str(path), line, message)]
    assert report.exit_code == 1


def test_a_bad_line_of_ndjson_is_named_and_the_others_are_loaded(network, written, maria):
    bad = {**maria, "id": "b", "identifier": [], "birthDate": "1988-13-01"}
    path = written("p.ndjson", f"{json.dumps(bad)}\n{json.dumps(maria)}\n")
    report = load(path)
    assert problems(report) == [(1, "birthDate", "'1988-13-01' is no date.")]
    assert report.created == {"Patient": 1}


def test_files_that_are_not_there_are_said(network, tmp_path):
    report = load(tmp_path / "none.json", tmp_path)
    assert [each.message for each in report.errors] == [
        "There is no such file.", "No JSON file is in this folder.",
    ]  # fmt: skip


def test_a_year_of_birth_alone_is_said_and_the_person_loaded(network, written, maria, seen):
    report = load(written("p.json", {**maria, "birthDate": "1988", "deceasedBoolean": True}))
    assert [(each.path, each.message) for each in report.errors] == [
        ("birthDate", "No whole birth date is given: loaded without one."),
        ("deceasedBoolean", "Died, but no day is given: write it down."),
    ]
    assert seen()["facts"]["birth_on"] is None


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "x" * 81, 7, ["x"]])
def test_names_that_cannot_be_kept_are_refused_and_nothing_breaks(network, written, maria, value):
    maria["name"] = [{"family": value}]
    report = load(written("p.json", maria))
    assert (report.created, len(report.errors)) == ({}, 1)


def test_what_says_itself_it_does_not_count_is_left(network, written, maria):
    path = written("b.json", bundle(
        {**maria, "active": False},
        coverage_of(maria, status="entered-in-error"),
        condition_of(maria, verificationStatus={"coding": [{"code": "entered-in-error"}]}),
    ))  # fmt: skip
    assert load(path).as_json() == {
        "created": {}, "matched": {}, "errors": [],
        "left": {"Condition": 1, "Coverage": 1, "Patient": 1},
    }  # fmt: skip


# --- real files --------------------------------------------------------------------------------


@pytest.mark.external
@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "kinds", "problems_first"),
    [
        ("synthea-r4", {"Condition": 41, "Organization": 10, "Patient": 4, "Practitioner": 10}, 0),
        ("us-core-9-examples",
         {"Condition": 1, "Organization": 4, "Patient": 1, "Practitioner": 4}, 0),
        ("ecqm-cms2-depression-screen",
         {"Condition": 5, "Coverage": 28, "Organization": 28, "Patient": 34, "Practitioner": 28},
         9),
        ("lforms-questionnaires", {}, 0),
    ],
)  # fmt: skip
def test_real_files_are_loaded_twice_without_doubles(
    network, shared_data, system, folder, kinds, problems_first
):
    paths = shared_data / "fhir" / folder
    first = load(paths)
    assert first.created + first.matched == kinds
    assert len(first.errors) == problems_first
    with system("patients.import"):
        people = Patient.objects.count()
    again = load(paths)
    assert again.as_json() == {
        "created": {}, "matched": kinds, "left": first.as_json()["left"], "errors": [],
    }  # fmt: skip
    with system("patients.import"):
        assert Patient.objects.count() == people


@pytest.mark.external
def test_a_real_person_is_found_after_the_import(network, shared_data, opened):
    load(shared_data / "fhir" / "synthea-r4")
    with opened("fred", "patients.search") as permit:
        for q in ("thompson chet", "chet tomson", "555-717-3375", "01/27/1939"):
            assert [each.name for each in queries.search(permit, q)] == ["Chet Thompson"]


@pytest.mark.external
def test_real_json_that_is_not_fhir_is_said(network, shared_data):
    report = load(shared_data / "fhir" / "shares-consent-cds")
    assert [each.message for each in report.errors] == [
        "This is JSON but no FHIR resource: it has no resourceType."
    ]


@pytest.mark.external
@pytest.mark.slow
def test_odd_strings_make_names_and_searches_and_break_nothing(
    network, shared_data, written, opened
):
    text = (shared_data / "names" / "blns-odd-sections.txt").read_text(encoding="utf-8")
    odd = [line.strip()[:80].strip() for line in text.splitlines() if line.strip()]
    people = [
        {"resourceType": "Patient", "id": f"odd{n}", "birthDate": "1990-01-01",
         "name": [{"family": name, "given": ["Odd"]}],
         "identifier": [{"system": "urn:odd", "value": str(n)}]}
        for n, name in enumerate(odd)
    ]  # fmt: skip
    report = load(written("odd.json", bundle(*people)))
    assert (report.created["Patient"], report.errors) == (len(odd), [])
    with opened("fred", "patients.search") as permit:
        kept = set(Patient.objects.values_list("legal_last", flat=True))
        assert kept == set(odd)
        for name in odd:
            queries.search(permit, name)
