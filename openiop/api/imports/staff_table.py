"""A table of staff: a line a person, or several lines with a role or a credential each."""

from collections.abc import Sequence
from typing import Any

from openiop.access.actions.joining import Held, Joining, keep_staff
from openiop.api.imports.cells import Column, day, mail, many, number, text
from openiop.api.imports.places import Place
from openiop.api.imports.report import Report
from openiop.catalog import credential_kinds
from openiop.kernel.acts import Role

ACT = "patients.import"
ROLES = {role.value: role for role in Role}
COLUMNS = (
    Column("last_name", text(60), ("last", "surname", "family_name"), required=True),
    Column("first_name", text(60), ("first", "given_name"), required=True),
    Column("email", mail, ("e_mail", "email_address", "work_email")),
    Column("phone", text(20), ("mobile", "phone_number", "work_phone")),
    Column("joined_on", day, ("start_date", "hire_date", "joined"), required=True),
    Column("roles", many, ("role",)),
    Column("clinics", many, ("clinic", "clinic_code", "clinic_codes", "location")),
    Column("credential", text(30), ("credential_kind", "license", "license_kind")),
    Column("credential_state", text(2), ("license_state",)),
    Column("credential_number", text(40), ("license_number",)),
    Column("credential_issued", day, ("license_issued", "issued", "issued_on")),
    Column("credential_expires", day, ("license_expires", "expires", "expires_on")),
    Column("credential_level", number(1, 4), ("license_level", "level")),
    Column("credential_verified", day, ("verified", "verified_on")),
)


def load(where: Place, lines: Sequence[Any], report: Report, refuse: Any) -> None:
    """One chunk of lines."""
    ready = [(line, made) for line in lines if (made := _joining(where, line, refuse))]
    with where.opened(ACT) as permit:
        answers = keep_staff(permit, [row for _line, row in ready])
    for (line, _row), done in zip(ready, answers, strict=True):
        if done.staff is None:
            refuse(line, "email", done.problem)
        else:
            report.count("Staff", done.created)


def _joining(where: Place, line: Any, refuse: Any) -> Joining | None:
    values = line.values
    roles = [word.lower().replace(" ", "_").replace("-", "_") for word in values.get("roles", [])]
    codes = values.get("clinics", [])
    held, problem = _held(values) if values.get("credential") else (None, "")
    wrong = [("roles", f"No role is called {role}.") for role in roles if role not in ROLES]
    wrong += [
        ("clinics", f"No clinic has the code {code}.") for code in codes if code not in where.codes
    ]
    if roles and not codes and where.queue:
        wrong.append(("clinics", "A role is held at a clinic: name one here, or with --clinic."))
    if problem:
        wrong.append(("credential", problem))
    for column, message in wrong:
        refuse(line, column, message)
    if wrong:
        return None
    places = [where.codes[code] for code in codes] or [where.clinic]
    return Joining(
        values["first_name"], values["last_name"], values["joined_on"], values.get("email", ""),
        values.get("phone", ""),
        tuple((ROLES[role], clinic) for role in roles for clinic in places),
        (held,) if held else (),
    )  # fmt: skip


def _held(values: Any) -> tuple[Held | None, str]:
    """The credential of a line, or why there is none."""
    said, state = values["credential"], values.get("credential_state", "").upper()
    entries = credential_kinds(state) if state else ()
    named = {name.casefold(): (e.kind, e.level) for e in entries for name in (e.initials, e.title)}
    named |= {entry.kind: (entry.kind, 0) for entry in entries}
    kind, level = named.get(said.casefold(), ("", 0))
    if not kind:
        return None, f"No credential {said} is known in {state or 'an unnamed state'}."
    level = values.get("credential_level") or level
    if level not in {entry.level for entry in entries if entry.kind == kind}:
        return None, f"The credential {said} needs its level."
    issued, expires = values.get("credential_issued"), values.get("credential_expires")
    if not issued or not values.get("credential_number"):
        return None, "A credential has a number and a day it was issued."
    if expires and expires <= issued:
        return None, "The credential ends before it begins."
    return Held(
        kind, state, values["credential_number"], issued, expires, level or None,
        values.get("credential_verified"),
    ), ""  # fmt: skip
