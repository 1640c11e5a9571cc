"""The demo's contracts with payers and its prices: every agreement and amount is invented."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from openiop.access import door
from openiop.intake.actions.contracts import set_contract, set_prices
from openiop.intake.rules.coverage import SERVICES
from openiop.kernel.days import local_day
from openiop.simulation.network import DemoClinic, Network

WRITE = "intake.contract.write"
EVERYWHERE = ("aetna", "evernorth", "optum", "multiplan")
OF_STATE = {"IL": "bcbs-il", "TX": "bcbs-tx"}
PRICES = {
    "day_printed": 425, "day_least": 210, "day_usual": 290, "day_most": 380,
    "talk_printed": 160, "talk_least": 85, "talk_usual": 115, "talk_most": 150,
}  # fmt: skip


def agree(network: Network, start_on: date, now: datetime) -> int:
    """What each clinic agreed before it opened, and what changes soon; how many lines."""
    count = 0
    with door.opened_for_job(WRITE, network.organization, now=now) as permit:
        amounts = {name: Decimal(amount) for name, amount in PRICES.items()}
        set_prices(permit, from_on=start_on, **amounts)
        for at, clinic in enumerate(network.clinics):
            for company, services, status, begins in _of(clinic, at, start_on, now):
                made = set_contract(
                    permit, clinic=clinic.id, company=company, services=services, status=status,
                    from_on=begins,
                )  # fmt: skip
                count += len(made)
    return count


def _of(
    clinic: DemoClinic, at: int, start_on: date, now: datetime
) -> list[tuple[str, tuple[str, ...], str, date]]:
    """Companies, services, what holds, from when: most in network, some not, one soon."""
    soon = local_day(now, clinic.timezone) + timedelta(days=40)
    found: list[tuple[str, tuple[str, ...], str, date]] = [
        (name, SERVICES, "in", start_on) for name in (*EVERYWHERE, OF_STATE[clinic.state])
    ]
    if at % 3 == 0:
        found.append(("humana", SERVICES, "in", start_on))
    elif at % 3 == 1:
        found.append(("humana", SERVICES, "in", soon))
    if at % 4 == 1:
        found.append(("tricare", ("iop", "individual"), "out", start_on))
    if at % 2 == 0:
        found.append(("medicare", ("individual", "psychiatry"), "in", start_on))
    return found
