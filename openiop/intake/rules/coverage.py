"""Is care covered here? Contracts by clinic, company and service, read for one day; never a guess.

A payer, the administrator that runs its behavioral benefits, and a rental network are three
different companies (catalog: directory); each may have a contract of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from openiop.catalog.payer_directory import Company

IN, OUT, NO, CHECK, SELF = "in", "out", "no", "check", "self"
SERVICES = ("iop", "individual", "psychiatry", "medication", "testing")
SURE = {"always", "usual"}
PUBLIC = {"medicare", "medicare_advantage", "medicaid"}  # never answered by a contract of another


@dataclass(frozen=True)
class Contract:
    """What holds at one clinic for one company and service during [from_on, to_on) days."""

    clinic: int
    company: str
    service: str
    status: str
    from_on: date
    to_on: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day < self.to_on)


@dataclass(frozen=True)
class Coverage:
    """The answer: `status` in, out, no, check or self; `why` names the reason; `by` the company
    whose contract it is; `changes_on` the first later day on which it is another, and to what."""

    status: str
    why: str
    by: str = ""
    changes_on: date | None = None
    changes_to: str = ""


def coverage(
    company: Company | None, contracts: Iterable[Contract], service: str, on: date
) -> Coverage:
    """The answer for one clinic (whose contracts these are) and service on a day.

    An own contract of the payer comes first, then that of the administrator that runs its
    benefits where that is usual. Unknown payer, no contract, or an administrator of some plans
    only: we must check. Medicaid without a contract is not accepted; Medicare is answered by its
    own contract for that service, and by nothing else.
    """
    if company is None:
        return Coverage(CHECK, "unknown")
    if company.kind == "self_pay":
        return Coverage(SELF, "self_pay")
    mine = [each for each in contracts if each.service == service]
    own = _held(mine, company.id, on)
    if own:
        return _answer(own, mine, "own", on)
    if company.kind in PUBLIC:
        return _without(company, mine, on)
    run_by = _held(mine, company.run_by, on) if company.run_by else None
    if run_by and company.certainty in SURE:
        return _answer(run_by, mine, "administrator", on)
    return Coverage(CHECK, "some_plans" if run_by else "no_contract", *_later(mine, company.id, on))


def _held(contracts: Iterable[Contract], company: str, on: date) -> Contract | None:
    return next((c for c in contracts if c.company == company and c.holds_on(on)), None)


def _without(company: Company, mine: Iterable[Contract], on: date) -> Coverage:
    status, why = (NO, "medicaid") if company.kind == "medicaid" else (CHECK, "medicare")
    return Coverage(status, why, *_later(mine, company.id, on))


def _later(mine: Iterable[Contract], company: str, on: date) -> tuple[str, date | None, str]:
    """Who has a contract that begins later, when, and which."""
    ahead = sorted(
        (each for each in mine if each.company == company and each.from_on > on),
        key=lambda each: each.from_on,
    )
    return ("", ahead[0].from_on, ahead[0].status) if ahead else ("", None, "")


def _answer(held: Contract, mine: Iterable[Contract], why: str, on: date) -> Coverage:
    _by, begins, then = _later(mine, held.company, on)
    if held.to_on and (begins is None or held.to_on < begins):
        return Coverage(held.status, why, held.company, held.to_on, CHECK)
    return Coverage(held.status, why, held.company, begins, then)


def by_clinic(
    company: Company | None, contracts: Iterable[Contract], clinics: Iterable[int], on: date,
    services: Iterable[str] = SERVICES,
) -> Mapping[int, Mapping[str, Coverage]]:  # fmt: skip
    """The answer of each clinic by service."""
    known, wanted = list(contracts), list(services)
    return {
        clinic: {
            service: coverage(company, [c for c in known if c.clinic == clinic], service, on)
            for service in wanted
        }
        for clinic in clinics
    }
