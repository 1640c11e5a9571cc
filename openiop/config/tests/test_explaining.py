"""`openiop explain` tells which value governs, and its JSON keeps the promised names."""

from datetime import date
from typing import Any

import pytest

from openiop.catalog import resolve
from openiop.config.explaining import explained
from openiop.kernel.permits import Refused

PROMISED = {
    "key", "value", "unit", "severity", "source", "citation", "in_force_from", "reviewed",
}  # fmt: skip


@pytest.fixture
def codes(network: Any, system: Any) -> dict[int, str]:
    from openiop.access import queries

    with system("access.rules.read") as permit:
        return {clinic.pk: clinic.code for clinic in queries.clinics(permit)}


def test_the_answer_is_the_catalogs_for_the_clinics_state(
    network: Any, codes: dict[int, str]
) -> None:
    day = date(2026, 11, 23)
    gulf = explained("group.counseling.max", codes[network.clinics["gulf"]], day)
    assert gulf == resolve("group.counseling.max", state="TX", on=day)
    north = explained("group.counseling.max", codes[network.clinics["north"]], day)
    assert north == resolve("group.counseling.max", state="IL", on=day)


def test_the_json_has_the_promised_names(network: Any, codes: dict[int, str]) -> None:
    told = explained("group.house.max", codes[network.clinics["gulf"]], None).as_dict()
    assert PROMISED - set(told) == set()
    assert (told["key"], told["value"]) == ("group.house.max", 11)


@pytest.mark.django_db
def test_an_unknown_rule_names_those_near_it() -> None:
    with pytest.raises(Refused) as refused:
        explained("group.counselling.max", "NONE", None)
    assert refused.value.sentence.startswith(
        "No rule is called group.counselling.max. Near it: group.counseling.max"
    )


@pytest.mark.django_db
def test_an_unknown_clinic_is_a_sentence() -> None:
    with pytest.raises(Refused) as refused:
        explained("group.house.max", "NOWHERE", None)
    assert refused.value.sentence == "No clinic has the code NOWHERE."
