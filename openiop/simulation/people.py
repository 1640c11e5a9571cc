"""Invented people: names, contacts and coverage drawn from `data/people.yaml`."""

from datetime import date, timedelta
from random import Random
from typing import Any

from openiop.simulation.network import words

PRONOUNS = (("she/her", 45), ("he/him", 45), ("they/them", 4), ("", 6))
LIVING = (("home", 62), ("sober_living", 28), ("shelter", 3), ("other", 7))
LANGUAGES = ((["en"], 84), (["es", "en"], 11), (["es"], 3), (["pl", "en"], 2))
PAYERS = (
    "Prairie Mutual", "Lakeshore Health Plan", "Bluebonnet Care", "Great Plains Behavioral",
    "Union Benefit Trust", "Self-pay",
)  # fmt: skip


def draw(random: Random, choices: tuple[tuple[Any, int], ...]) -> Any:
    """One of the weighted choices."""
    return random.choices([what for what, _ in choices], [weight for _, weight in choices])[0]


def person(random: Random, clinic: int, on: date, serial: int) -> dict[str, Any]:
    """The facts `patients.actions.register_many` takes, with one phone in `phones`."""
    names = words("people")
    first = random.choice(names["first"])
    chosen = random.choice(names["first"]) if random.random() < 0.03 else ""
    return {
        "clinic": clinic,
        "legal_first": first,
        "legal_last": random.choice(names["last"]),
        "chosen_first": chosen,
        "preferred_name": names["preferred"].get(chosen or first, ""),
        "birth_on": on - timedelta(days=random.randint(19 * 365, 66 * 365)),
        "pronouns": draw(random, PRONOUNS),
        "languages": draw(random, LANGUAGES),
        "living": draw(random, LIVING),
        "phones": [f"+1{random.choice(('312', '713', '817'))}555{serial % 10_000:04d}"],
    }


def safe_to(random: Random) -> dict[str, Any]:
    """What a person says is safe at their number."""
    return {
        "safe_to_call": random.random() < 0.85,
        "safe_to_text": random.random() < 0.75,
        "safe_to_leave_message": random.random() < 0.5,
    }


def payer(random: Random) -> str:
    return random.choice(PAYERS)
