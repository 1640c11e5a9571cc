"""The demo's inquiries: some just came, some are on their way, some went elsewhere."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from openiop.access import door
from openiop.catalog.prescreen import prescreen
from openiop.intake.actions import inquiries as act
from openiop.intake.actions.benefits import check_by_phone
from openiop.intake.actions.partners import add_partner
from openiop.intake.actions.referrals import refer_out
from openiop.intake.actions.screening import answer_safety
from openiop.intake.queries.inquiries import inquiry
from openiop.intake.queries.partners import partners
from openiop.kernel.acts import Role
from openiop.kernel.permits import Permit
from openiop.simulation.network import Network, words
from openiop.simulation.people import payer, safe_to
from openiop.simulation.weeks import ClinicLife

A_STEP = timedelta(minutes=20)


def know_places(network: Network, now: datetime) -> None:
    """The directory of places outside, once for the organization."""
    with door.opened_for_job("intake.partner.write", network.organization, now=now) as permit:
        for place in words("inquiries")["partners"]:
            add_partner(permit, phone="+13125550142", **place)


def ask(life: ClinicLife, random: Random) -> None:
    """People ask at a clinic in the days before now."""
    for number, each in enumerate(words("inquiries")["inquiries"]):
        came = life.now - timedelta(hours=each["ago"], minutes=random.randint(0, 50))
        with life.opened("intake.inquiry.write", came) as permit:
            one = act.open_inquiry(permit, **_who(permit, life, random, each, number))
        for step, done in enumerate(each["way"], 1):
            with life.opened("intake.inquiry.write", came + step * A_STEP, Role.INTAKE) as permit:
                _go_on(permit, one, done, random)
        life.add("inquiries")


def _who(
    permit: Permit, life: ClinicLife, random: Random, each: dict[str, Any], number: int
) -> dict[str, Any]:
    names, known = words("people"), {one.name: one.id for one in partners(permit)}
    called = f"{random.choice(names['first'])} {random.choice(names['last'])}"
    return {
        "clinic": life.clinic.id, "channel": each["channel"], "asks": each["asks"],
        "name": called if number else called.split()[0], "payer_said": _plan(random),
        "phone": f"+1312555{life.clinic.id % 100:02d}{number:02d}",
        "partner_id": known.get(each.get("partner", "")), **safe_to(random),
    }  # fmt: skip


def _plan(random: Random) -> str:
    """A payer that can be asked."""
    said = payer(random)
    return said if said != "Self-pay" else _plan(random)


def _go_on(permit: Permit, one: int, done: str, random: Random) -> None:
    if done in ("reached", "no_answer"):
        act.note_contact(permit, one, way="call", outcome=done)
    elif done in ("well", "alcohol"):
        answer_safety(permit, one, _answers(done))
    elif done == "benefits":
        said = inquiry(permit, one).payer_said
        check_by_phone(
            permit, one, consent_on=permit.now.date() - timedelta(days=1), payer=said,
            spoke_with="Member services", active=True, in_network=True, authorization=True,
        )  # fmt: skip
    elif done == "plan":
        act.assign_inquiry(permit, one, permit.staff)
        due = permit.now + timedelta(hours=random.randint(4, 90))
        act.plan_next(permit, one, "Call about the first day", due)
    elif done == "refer":
        detox = next(place for place in partners(permit, taking=True) if place.kind == "detox")
        refer_out(permit, one, partner=detox.id, reason="Needs a medical look first",
                  way="together")  # fmt: skip
    else:
        act.lose_inquiry(permit, one, done.partition(":")[2])


def _answers(how: str) -> dict[str, str | int]:
    answers: dict[str, str | int] = {
        each.id: 36 if each.kind == "age" else "no" for each in prescreen().questions
    }
    return answers | {"alcohol": "yes"} if how == "alcohol" else answers
