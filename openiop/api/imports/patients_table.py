"""A table of patients: one line a person, with a number, coverage and an emergency contact."""

from collections.abc import Sequence
from typing import Any

from openiop.api.imports.cells import Column, birth_day, day, mail, many, one_of, text, yes
from openiop.api.imports.places import Place
from openiop.api.imports.report import Report
from openiop.messaging.actions.importing import NewPoint
from openiop.patients.actions.coverage import days
from openiop.patients.actions.importing import (
    Admitted,
    CloseOne,
    Incoming,
    IncomingCoverage,
    admit_people,
    keep_coverages,
)

ACT = "patients.import"
SAFE = ("safe_to_call", "safe_to_text", "safe_to_leave_message")
SEXES = {"m": "male", "male": "male", "f": "female", "female": "female", "x": "x",
         "u": "unknown", "unknown": "unknown"}  # fmt: skip
LIVING = {
    "home": "home", "at home": "home", "sober living": "sober_living", "shelter": "shelter",
    "street": "shelter", "other": "other", "unknown": "unknown",
}  # fmt: skip
COLUMNS = (
    Column("last_name", text(80), ("last", "surname", "family_name", "legal_last"), required=True),
    Column("first_name", text(80), ("first", "given_name", "legal_first"), required=True),
    Column("middle_name", text(80), ("middle", "legal_middle")),
    Column("birth_date", birth_day, ("dob", "date_of_birth", "birthdate", "born", "birth_on")),
    Column("preferred_name", text(80), ("nickname", "called", "goes_by")),
    Column("chosen_first", text(80), ("chosen_name", "chosen_first_name")),
    Column("chosen_last", text(80), ("chosen_last_name",)),
    Column("other_names", many, ("aliases", "maiden_name", "former_names")),
    Column("pronouns", text(30)),
    Column("gender", text(40), ("gender_identity",)),
    Column("sex", one_of(SEXES), ("legal_sex", "birth_sex")),
    Column("languages", many, ("language", "preferred_language")),
    Column("interpreter", text(20), ("interpreter_language",)),
    Column("living", one_of(LIVING), ("living_situation", "housing")),
    Column("phone", text(40), ("mobile", "cell", "phone_number", "telephone", "home_phone")),
    Column("safe_to_call", yes, ("ok_to_call",)),
    Column("safe_to_text", yes, ("ok_to_text",)),
    Column("safe_to_leave_message", yes, ("ok_to_leave_message", "ok_to_leave_voicemail")),
    Column("email", mail, ("e_mail", "email_address")),
    Column("street", text(100), ("address", "address_1", "street_address")),
    Column("city", text(60)),
    Column("state", text(20)),
    Column("zip", text(10), ("zip_code", "postal_code")),
    Column("emergency_name", text(120), ("emergency_contact", "emergency_contact_name")),
    Column("emergency_relationship", text(40), ("emergency_contact_relationship",)),
    Column("emergency_phone", text(40), ("emergency_contact_phone",)),
    Column("identifier", text(200),
           ("mrn", "patient_id", "old_number", "external_id", "chart_number")),
    Column("identifier_system", text(200), ("source_system",)),
    Column("payer", text(160), ("insurance", "payer_name", "insurance_name")),
    Column("member_number", text(60), ("member_id", "subscriber_id", "policy_number")),
    Column("plan", text(160), ("plan_name",)),
    Column("coverage_start", day, ("coverage_from", "effective_date")),
    Column("coverage_end", day, ("coverage_to", "termination_date")),
    Column("clinic", text(12), ("clinic_code", "location")),
)  # fmt: skip


def load(where: Place, lines: Sequence[Any], report: Report, refuse: Any) -> None:
    """One chunk: people first, then what covers them."""
    ready = [(line, made) for line in lines if (made := _incoming(where, line, refuse))]
    with where.opened(ACT) as permit:
        answers = admit_people(permit, [incoming for _line, incoming in ready])
        covered = [
            row
            for (line, _incoming_row), done in zip(ready, answers, strict=True)
            if (row := _coverage(line.values, done))
        ]
        new = keep_coverages(permit, covered)
    for (line, _row), done in zip(ready, answers, strict=True):
        report.count("Patient", done.created)
        if done.problem:
            refuse(line, "identifier", done.problem)
    for key in dict.fromkeys(row.source_key for row in covered):
        report.count("Coverage", key in new)


def _incoming(where: Place, line: Any, refuse: Any) -> Incoming | None:
    values = line.values
    code = values.get("clinic", "")
    if code and code not in where.codes:
        refuse(line, "clinic", f"No clinic has the code {code}.")
        return None
    key = (values.get("identifier_system") or "table", values.get("identifier", ""))
    if not key[1] and not values.get("birth_date"):
        refuse(line, "birth_date", "Without a birth date or an identifier this person could not be "
               "recognized again: add one of them.")  # fmt: skip
        return None
    start, end = values.get("coverage_start"), values.get("coverage_end")
    if start and end and end < start:
        refuse(line, "coverage_end", "The coverage ends before it begins.")
        return None
    facts = _facts(values) | {
        "clinic": where.codes[code] if code else where.clinic,
        "queue": "" if code else where.queue,
    }
    return Incoming(facts, (key,) if key[1] else (), tuple(_points(values)), tuple(_close(values)))


def _facts(values: Any) -> dict[str, Any]:
    names = {
        "legal_first": "first_name", "legal_middle": "middle_name", "legal_last": "last_name",
        "preferred_name": "preferred_name", "chosen_first": "chosen_first",
        "chosen_last": "chosen_last", "pronouns": "pronouns", "gender": "gender",
        "legal_sex": "sex", "interpreter": "interpreter",
    }  # fmt: skip
    return {field: values.get(column, "") for field, column in names.items()} | {
        "birth_on": values.get("birth_date"), "other_names": values.get("other_names", []),
        "languages": [each[:20] for each in values.get("languages", [])],
        "living": values.get("living") or "unknown",
    }  # fmt: skip


def _points(values: Any) -> list[NewPoint]:
    """The phone, safe where the table says so; the mail and street addresses, where nothing is."""
    safe = tuple(name for name in SAFE if values.get(name))
    place = " ".join(filter(None, (values.get(name, "") for name in ("city", "state", "zip"))))
    address = ", ".join(filter(None, (values.get("street", ""), place)))
    known = [("phone", values.get("phone", ""), safe), ("email", values.get("email", ""), ()),
             ("address", address, ())]  # fmt: skip
    return [NewPoint(kind, value, "", flags) for kind, value, flags in known if value]


def _close(values: Any) -> list[CloseOne]:
    name = values.get("emergency_name", "")
    words = values.get("emergency_relationship") or "contact"
    return [CloseOne(name, words, values.get("emergency_phone", ""), True)] if name else []


def _coverage(values: Any, done: Admitted) -> IncomingCoverage | None:
    payer = values.get("payer", "")
    if not payer:
        return None
    start, end = values.get("coverage_start"), values.get("coverage_end")
    facts = {
        "member_number": values.get("member_number", ""), "plan_name": values.get("plan", ""),
        "during": days(start, end),
    }  # fmt: skip
    key = f"{done.record}|{payer}|{facts['member_number']}"[:200]
    return IncomingCoverage(done.record, done.clinic, key, payer, facts)
