"""Contracts with payers and prices: for the desk and, since they name nobody, for strangers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from openiop.catalog.payer_directory import Company, companies, company
from openiop.intake.models import Contract as Row
from openiop.intake.models import PriceList
from openiop.intake.models.contracts import SERVICES as SERVICE_NAMES
from openiop.intake.models.contracts import STATUSES
from openiop.intake.rules.cost import Price, Prices
from openiop.intake.rules.coverage import CHECK, SERVICES, Contract, Coverage, by_clinic, coverage
from openiop.kernel.permits import Permit


def contracts(permit: Permit, company_ids: Iterable[str], on: date) -> list[Contract]:
    """Contracts with these companies that hold on the day or begin later; one statement."""
    rows = Row.objects.filter(company__in=list(company_ids), during__endswith__gt=on) | (
        Row.objects.filter(company__in=list(company_ids), during__endswith__isnull=True)
    )
    return [
        Contract(each.clinic_id, each.company, each.service, each.status, each.during.lower,
                 each.during.upper)
        for each in rows
    ]  # fmt: skip


def answers(
    permit: Permit, payer: Company | None, clinics: Sequence[int], on: date
) -> dict[int, dict[str, Coverage]]:
    """What a payer's people may expect at each clinic, by service; one statement."""
    asked = [each for each in (payer.id, payer.run_by) if each] if payer else []
    found = by_clinic(payer, contracts(permit, asked, on) if asked else (), clinics, on)
    return {clinic: dict(each) for clinic, each in found.items()}


@dataclass(frozen=True)
class Line:
    """One contract as the desk sees it; `to_on` the first day on which it does not hold."""

    id: int
    clinic: int
    company: str
    company_name: str
    service: str
    status: str
    from_on: date
    to_on: date | None
    note: str

    @property
    def service_name(self) -> str:
        return dict(SERVICE_NAMES)[self.service]

    @property
    def status_name(self) -> str:
        return dict(STATUSES)[self.status]


def lines(permit: Permit, clinic: int | None = None, *, on: date | None = None) -> list[Line]:
    """Contracts of the permit's clinics, by company; `on` leaves out those over before that day.
    One statement."""
    rows = Row.objects.filter(clinic_id__in=[clinic] if clinic else permit.clinics)
    found = [
        each for each in rows.order_by("company", "service", "during")
        if on is None or each.during.upper is None or each.during.upper > on
    ]  # fmt: skip
    return [
        Line(each.id, each.clinic_id, each.company, name_of(each.company), each.service,
             each.status, each.during.lower, each.during.upper, each.note)
        for each in found
    ]  # fmt: skip


def name_of(company_id: str) -> str:
    """A company's name; its id where the directory does not know it any more."""
    found = company(company_id)
    return found.name if found else company_id


def grid(permit: Permit, clinic: int, on: date) -> list[tuple[Company, list[tuple[Coverage, str]]]]:
    """Every company with what its people are told at a clinic on a day, by service, and the name
    of the company whose contract that is where it is another; those we can answer come first.
    One statement."""
    known = [
        Contract(clinic, line.company, line.service, line.status, line.from_on, line.to_on)
        for line in lines(permit, clinic, on=on)
    ]
    rows = [
        (each, [_told(each, known, service, on) for service in SERVICES])
        for each in companies().values()
        if each.kind != "self_pay"
    ]
    return sorted(rows, key=lambda row: (all(c.status == CHECK for c, _ in row[1]), row[0].name))


def _told(each: Company, known: list[Contract], service: str, on: date) -> tuple[Coverage, str]:
    found = coverage(each, known, service, on)
    return found, name_of(found.by) if found.by not in ("", each.id) else ""


@dataclass(frozen=True)
class PriceFacts:
    """Prices with the day they begin."""

    from_on: date
    prices: Prices


def price_lists(permit: Permit) -> list[PriceFacts]:
    """All prices, the latest first; one statement."""
    return [_prices(row) for row in PriceList.objects.order_by("-from_on")]


def prices(permit: Permit, on: date) -> PriceFacts | None:
    """The prices of a day; None where the house has not set any. One statement."""
    row = PriceList.objects.filter(from_on__lte=on).order_by("-from_on").first()
    return _prices(row) if row else None


def _prices(row: PriceList) -> PriceFacts:
    day = Price(row.day_printed, row.day_least, row.day_usual, row.day_most)
    talk = Price(row.talk_printed, row.talk_least, row.talk_usual, row.talk_most)
    return PriceFacts(row.from_on, Prices(day, talk))
