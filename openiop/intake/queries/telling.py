"""Whether care is covered, in the words of the site and of whoever is on the phone: the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from openiop.access.queries import PublicClinic
from openiop.catalog.payer_directory import Company, company, find_payers
from openiop.intake.queries.contracts import answers
from openiop.intake.rules.coverage import Coverage
from openiop.kernel.permits import Permit

STATUS: dict[str, Any] = {
    "in": _("In network"), "out": _("Out of network"), "no": _("Not accepted here"),
    "check": _("We must check"), "self": _("You pay yourself"),
}  # fmt: skip
WHY: dict[str, Any] = {
    "unknown": _("We do not know this name. Call us, or we call you: we find out together."),
    "self_pay": _("You pay the printed prices. See what it comes to."),
    "own": "", "administrator": "",
    "some_plans": _("Some of its plans are run by another company. The card says which."),
    "no_contract": _("Where it says that we must check, we know of no agreement yet."),
    "medicaid": _("We cannot bill Medicaid. There is care near you that it pays for."),
    "medicare": _("Medicare decides by service and clinic. We check yours with you."),
}  # fmt: skip
SERVICE: dict[str, Any] = {
    "iop": _("Groups"), "individual": _("One-to-one talks"), "psychiatry": _("Psychiatry"),
    "medication": _("Medicine"), "testing": _("Tests"),
}  # fmt: skip
GUESSES = 6  # more companies than these are a guess, no answer
ALWAYS = {"iop", "individual", "testing"}  # what every clinic does


@dataclass(frozen=True)
class Row:
    """A clinic with its answers: what holds, for which services, and what changes later."""

    clinic: PublicClinic
    lines: list[tuple[Any, str, str]]


@dataclass(frozen=True)
class Told:
    """What is said of a plan: `choices` where several companies fit what was typed and somebody
    must choose, else the rows. `payer` None: nobody knows the name."""

    said: str
    payer: Company | None
    choices: list[Company]
    rows: list[Row]
    why: list[Any]

    @property
    def run_by(self) -> Company | None:
        """The administrator that may run this part of the plan."""
        return company(self.payer.run_by) if self.payer else None

    @property
    def is_self_pay(self) -> bool:
        return self.payer is not None and self.payer.kind == "self_pay"

    @property
    def is_public(self) -> bool:
        return self.payer is not None and self.payer.kind == "medicaid"


def told(permit: Permit, typed: str, chosen: str, clinics: Iterable[PublicClinic]) -> Told:
    """The answer for a plan as typed, or for the company `chosen` by its id; one statement."""
    here = list(clinics)
    state = here[0].state if len({each.state for each in here}) == 1 else ""
    payer = company(chosen)
    found = [] if payer else [match.company for match in find_payers(typed, state=state)]
    if len(found) > 1:
        return Told(typed, None, found[:GUESSES], [], [])
    payer = payer or next(iter(found), None)
    covered = answers(permit, payer, [each.id for each in here], permit.today(permit.timezone))
    rows = [Row(each, _lines(each, covered[each.id])) for each in here]
    return Told(payer.name if payer else typed, payer, [], rows, _why(covered))


def _lines(clinic: PublicClinic, covered: Mapping[str, Coverage]) -> list[tuple[Any, str, str]]:
    """Services of one answer together, in the order of services."""
    groups: dict[tuple[str, str], list[str]] = {}
    for service, each in covered.items():
        if service in ALWAYS | clinic.capabilities:
            groups.setdefault((each.status, _change(each)), []).append(str(SERVICE[service]))
    return [(STATUS[status], ", ".join(names), then) for (status, then), names in groups.items()]


def _change(each: Coverage) -> str:
    if each.changes_on is None:
        return ""
    return _g("From %(day)s: %(status)s") % {
        "day": date_format(each.changes_on, "F j, Y"), "status": STATUS[each.changes_to],
    }  # fmt: skip


def _why(covered: Mapping[int, Mapping[str, Coverage]]) -> list[Any]:
    reasons = {each.why for by_service in covered.values() for each in by_service.values()}
    return [text for key, text in WHY.items() if key in reasons and text]
