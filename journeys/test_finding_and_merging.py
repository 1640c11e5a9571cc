"""Find somebody as people really type, and make two records of one person one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from journeys.given import Somebody, a_program, clinic_where_it_is, somebody


@pytest.fixture
def maria(own_database: str, network: Any) -> tuple[Somebody, Somebody]:
    """One person who was registered twice, once with a slip, among others."""
    clinic_where_it_is(10)
    now = datetime.now(UTC)
    program = a_program(now)
    for number in range(1, 6):
        somebody(program, now, number)
    born = date(1991, 5, 17)
    return (
        somebody(program, now, 10, legal_first="María", legal_last="Núñez Ortega", birth_on=born),
        somebody(program, now, 11, legal_first="Maria", legal_last="Nunez", birth_on=born),
    )


def search(page: Any, typed: str) -> list[str]:
    """The names found for what was typed into the box on every page."""
    page.locator("#find").fill(typed)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Found", exact=True).wait_for()
    return page.locator("#found tbody th .person").all_inner_texts()


def test_people_are_found_by_what_one_knows_of_them(
    maria: tuple[Somebody, Somebody], desktop: Any, sign_in: Any, accessible: Any
) -> None:
    # Given the front desk at any page
    sign_in(desktop, "fred")

    # Then a name without accents, in any order, with a slip, a birth date, a number, all find her
    for typed in ("ortega maria", "Mria Nunez", "5/17/1991", maria[0].number, "(312) 555-0110"):
        assert "María Núñez Ortega" in search(desktop, typed), typed
    accessible(desktop)


def test_two_records_of_one_person_become_one_and_can_be_parted_again(
    maria: tuple[Somebody, Somebody], desktop: Any, sign_in: Any, accessible: Any
) -> None:
    # Given somebody who notices that Maria is there twice
    kept, twice = maria
    sign_in(desktop, "sam")
    desktop.goto(f"/desk/patients/{twice.number}/")

    # When they compare the two and keep the first
    desktop.locator("#main").get_by_text("More", exact=True).click()
    desktop.get_by_role("link", name="Merge with another record").click()
    desktop.get_by_role("link", name="Compare").first.click()
    accessible(desktop)
    desktop.get_by_label(kept.number).check()
    desktop.get_by_label("How you know it is one person").fill("Same birth date and phone.")
    desktop.get_by_role("button", name="Merge the records").click()
    desktop.get_by_text(f"Merged into {kept.number}.").wait_for()

    # Then the record that was not kept leads to the kept one
    desktop.goto(f"/desk/patients/{twice.number}/")
    assert desktop.get_by_text("This record was merged").is_visible()
    accessible(desktop)
    desktop.get_by_role("link", name=kept.name).first.click()
    assert desktop.url.endswith(f"/desk/patients/{kept.number}/")

    # And undoing it lets both stand for themselves again
    desktop.goto(f"/desk/patients/{kept.number}/merge/")
    desktop.get_by_role("button", name="Undo").first.click()
    desktop.get_by_text("The records stand for themselves again.").wait_for()
