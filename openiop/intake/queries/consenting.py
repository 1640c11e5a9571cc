"""What the pages about consents need: who signs, in which language, by which law."""

from dataclasses import dataclass
from datetime import date, timedelta

from openiop.access.consent_rules import SOON_DAYS, signers
from openiop.access.queries import clinics
from openiop.access.queries.consents import ConsentRow, consents_of, ending
from openiop.catalog import resolve
from openiop.catalog.consent_forms import ConsentForm, consent_forms
from openiop.kernel.days import age_on
from openiop.kernel.permits import Permit
from openiop.patients.queries import Person, people

ALONE_FROM = "consent.minor.substance_use.min_age"


@dataclass(frozen=True)
class Signatory:
    """Who is to sign: the person, their age, from which age a minor of the state may sign alone
    (None: no law says so), who may sign, in which language."""

    person: Person
    today: date
    timezone: str
    age: int | None
    alone_from: int | None
    signers: tuple[str, ...]
    language: str


def signatory(permit: Permit, record: int) -> Signatory:
    """The person of a record as somebody who signs; two statements."""
    person = people(permit, [record])[record]
    place = clinics(permit).filter(pk=person.clinic).first()
    zone, state = (place.timezone, place.state) if place else (permit.timezone, "")
    today = permit.today(zone)
    age = age_on(person.birth_on, today) if person.birth_on else None
    law = resolve(ALONE_FROM, state=state, on=today).winner
    alone_from = law.value if law and isinstance(law.value, int) else None
    spanish = any(each.startswith("es") for each in person.languages[:1])
    return Signatory(
        person, today, zone, age, alone_from, signers(age, alone_from), "es" if spanish else "en"
    )


def shelves(
    permit: Permit, record: int, today: date
) -> tuple[list[tuple[ConsentForm, ConsentRow | None]], list[tuple[ConsentRow, str]]]:
    """Every form with the newest consent that holds, and all consents with how they stand; one
    statement."""
    rows = consents_of(permit, record)
    held = [
        (form, next((r for r in rows if r.form == form.id and r.fact.holds_on(today)), None))
        for form in consent_forms().values()
    ]
    return held, [(row, row.state(today)) for row in rows]


def ending_soon(permit: Permit) -> list[ConsentRow]:
    """Consents that end in thirty or in seven days; one statement."""
    today = permit.today(permit.timezone)
    return ending(permit, [today + timedelta(days=each) for each in SOON_DAYS])
