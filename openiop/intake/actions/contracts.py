"""Set what holds with a payer at a clinic from a day on; set prices from a day on."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import Http404
from django.utils.translation import gettext as _

from openiop.access.door import refusing, writes
from openiop.access.queries import clinics
from openiop.catalog.payer_directory import company as company_of
from openiop.intake.models import Contract, PriceList
from openiop.intake.models.contracts import STATUSES
from openiop.intake.rules.coverage import SERVICES
from openiop.kernel.permits import Permit, Refused

WRITE, TABLE = "intake.contract.write", "intake_contract"
HEAD = ("clinic", "company", "service", "status", "from", "to")


@writes(WRITE)
def set_contract(
    permit: Permit, *, clinic: int, company: str, services: Iterable[str], status: str,
    from_on: date, to_on: date | None = None, note: str = "",
) -> list[int]:  # fmt: skip
    """From a day on (up to, not including, `to_on`) this holds for these services; the ids. What
    held before ends the day before; what was to begin inside those days is replaced."""
    if clinic not in permit.clinics:
        raise Http404("No such clinic.")
    _refuse(company, services := list(services), status, from_on, to_on)
    made = []
    for service in services:
        _make_way(clinic, company, service, from_on, to_on)
        row = Contract(
            organization_id=permit.organization, clinic_id=clinic, company=company,
            service=service, status=status, during=DateRange(from_on, to_on), note=note.strip(),
            set_at=permit.now,
        )  # fmt: skip
        twice = Refused(
            "twice", _("Somebody set this contract at the same moment."), _("Look at it again.")
        )
        with refusing({"one_contract_at_a_time": twice}):
            row.save(force_insert=True)
        permit.note(WRITE, table=TABLE, row=row.pk)
        made.append(row.pk)
    return made


def _refuse(
    company: str, services: list[str], status: str, from_on: date, to_on: date | None
) -> None:
    if company_of(company) is None:
        raise Refused("company", _("Choose a company of the directory."), "", field="company")
    if not services or set(services) - set(SERVICES):
        raise Refused("services", _("Choose at least one service."), "", field="services")
    if status not in dict(STATUSES):
        raise Refused("status", _("Choose what holds."), "", field="status")
    if to_on and to_on <= from_on:
        raise Refused("to_on", _("It ends before it begins."), _("Give a later day."),
                      field="to_on")  # fmt: skip


def _make_way(clinic: int, company: str, service: str, from_on: date, to_on: date | None) -> None:
    """What held on these days holds only before and after them."""
    rows = Contract.objects.select_for_update().filter(
        clinic_id=clinic, company=company, service=service,
        during__overlap=DateRange(from_on, to_on),
    )  # fmt: skip
    for row in rows:
        begins, ends = row.during.lower, row.during.upper
        after = to_on is not None and (ends is None or ends > to_on)
        if begins < from_on:
            row.during = DateRange(begins, from_on)
            row.save(update_fields=["during"])
        else:
            row.delete()
        if after:
            row.pk, row.during = None, DateRange(to_on, ends)
            row._state.adding = True
            row.save(force_insert=True)


@writes(WRITE)
def end_contract(permit: Permit, contract: int, on: date) -> None:
    """It holds no more from a day on: from then we must check. Refused before it began."""
    row = Contract.objects.select_for_update().filter(
        pk=contract, clinic_id__in=permit.clinics
    ).first()  # fmt: skip
    if row is None:
        raise Http404("No such contract.")
    if on <= row.during.lower:
        row.delete()
    else:
        row.during = DateRange(row.during.lower, on)
        row.save(update_fields=["during"])
    permit.note(WRITE, table=TABLE, row=contract, fields=("during",))


@writes(WRITE)
def set_prices(permit: Permit, *, from_on: date, **amounts: Decimal) -> None:
    """Prices from a day on; the same day again replaces them. Refused out of order."""
    for part in ("day", "talk"):
        least, usual, most = (amounts[f"{part}_{name}"] for name in ("least", "usual", "most"))
        if not 0 <= least <= usual <= most:
            raise Refused(
                "order", _("The usual amount lies between the least and the most."), "",
                field=f"{part}_usual",
            )  # fmt: skip
        if amounts[f"{part}_printed"] <= 0:
            raise Refused("printed", _("Give a price."), "", field=f"{part}_printed")
    row, _made = PriceList.objects.update_or_create(
        organization_id=permit.organization, from_on=from_on,
        defaults=amounts | {"set_at": permit.now, "set_by_id": permit.staff},
    )  # fmt: skip
    permit.note(WRITE, table="intake_pricelist", row=row.pk)


@dataclass(frozen=True)
class Bad:
    """A line of a file that was not taken, and why."""

    line: int
    why: str


@writes(WRITE)
def import_contracts(permit: Permit, text: str, *, whole: bool) -> tuple[int, list[Bad]]:
    """Contracts from CSV with the columns of `HEAD` (clinic by code, days as 2026-11-24, `to`
    may be empty): how many were set, and every bad line. `whole`: with one bad line, none."""
    codes = {each.code.lower(): each.id for each in clinics(permit)}
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error:  # such as a quote that is never closed
        return 0, [Bad(reader.line_num + 1, _("From here on this is no CSV."))]
    missing = [name for name in HEAD if name not in (reader.fieldnames or ())]
    if missing:
        return 0, [Bad(1, _("The first line lacks: %(names)s.") % {"names": ", ".join(missing)})]
    good, bad = [], []
    for line, row in rows:
        try:
            good.append(_row(row, codes))
        except (Refused, ValueError) as no:
            bad.append(Bad(line, str(no)))
    if whole and bad:
        return 0, bad
    for facts in good:
        set_contract(permit, **facts)
    return len(good), bad


def _row(row: dict[str, str], codes: dict[str, int]) -> dict[str, Any]:
    cells = {name: (row[name] or "").strip() for name in HEAD}
    clinic = codes.get(cells["clinic"].lower())
    if clinic is None:
        raise ValueError(_("There is no clinic “%(code)s” of yours.") % {"code": cells["clinic"]})
    begins, ends = _day(cells["from"]), _day(cells["to"]) if cells["to"] else None
    _refuse(cells["company"], [cells["service"]], cells["status"], begins, ends)
    return {
        "clinic": clinic, "company": cells["company"], "services": [cells["service"]],
        "status": cells["status"], "from_on": begins, "to_on": ends,
    }  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("“%(text)s” is no day like 2026-11-24.") % {"text": text}) from None
