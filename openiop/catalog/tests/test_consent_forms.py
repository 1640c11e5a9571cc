"""Consents as data: what is signed says all that the law asks for, in the person's language."""

import shutil

import pytest

from openiop.catalog.checks import problems
from openiop.catalog.consent_forms import ELEMENTS, FIELD, consent_forms
from openiop.catalog.files import ROOT


def test_four_consents_are_shipped_unreviewed():
    found = consent_forms()
    assert {form.kind for form in found.values()} == {
        "program", "treatment", "telehealth", "disclosure",
    }  # fmt: skip
    assert not any(form.reviewed for form in found.values())


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_disclosure_has_every_element_of_part_2(language):
    text = consent_forms()["disclosure"].text[language]
    assert set(FIELD.findall(text)) >= ELEMENTS
    assert "42 CFR Part" in text


def test_kinds_of_information_are_said_in_the_order_of_the_form():
    form = consent_forms()["disclosure"]
    assert form.kinds("en", ["tests", "presence"]) == "that I am in treatment, results of tests"
    assert form.kinds("es", ["plan"]) == "mi plan de atención"


def test_what_somebody_typed_fills_a_field_and_nothing_else():
    said = consent_forms()["treatment"].filled(
        "en", {"person": "{organization}", "organization": "X"}
    )
    assert said.startswith("I, {organization}, agree to be treated by X.")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{purpose}", "something", "the text lacks {purpose}"),
        ("{recipient}:", "{receiver}:", "{receiver} is no field of this kind of consent"),
        ("It is for this: benefits", "It is for that", "the text does not say"),
        ("kind: disclosure", "kind: secret", "'secret' is not one of"),
        ("purpose: benefits, ", "", "the example does not give 'purpose'"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_reason(tmp_path, old, new, message):
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    text = (ROOT / "consents" / "disclosure.yaml").read_text()
    assert old in text
    (tmp_path / "consents").mkdir()
    (tmp_path / "consents" / "disclosure.yaml").write_text(text.replace(old, new, 1))
    told = [error for error in problems(tmp_path) if message in str(error)]
    assert told
    assert told[0].line > 0
