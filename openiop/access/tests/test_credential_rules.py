"""Who may lead, sign and co-sign, in which state and on which day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openiop.access.credential_rules import (
    Alert,
    CredentialFact,
    Document,
    TrainingFact,
    Verdict,
    expiring,
    lapse,
    may_cosign,
    may_facilitate,
    may_sign,
    needs_cosign,
    signed_in_lapse,
)
from openiop.catalog import HouseValue, credential_kinds

DAY = date(2026, 3, 4)  # a Wednesday
SIGNED_OFF = {"assessment", "treatment_plan", "discharge_summary"}
ALL_DOCUMENTS = set(Document)


def held(
    kind: str, state: str = "TX", level: int | None = None, number: str = "123"
) -> CredentialFact:
    return CredentialFact(
        kind=kind,
        state=state,
        number=number,
        issued_on=date(2025, 7, 1),
        expires_on=date(2027, 2, 28),
        level=level,
        verified=True,
    )


def blocks(credential: CredentialFact, program: str = "") -> set[str]:
    return {
        block
        for block in ("counseling", "education", "family", "skills")
        if may_facilitate(
            [credential], block_kind=block, state=credential.state, on=DAY, program=program
        ).allowed
    }


def signs(credential: CredentialFact) -> set[str]:
    state = credential.state
    return {d for d in Document if may_sign([credential], document=d, state=state, on=DAY).allowed}


def cosigned(credential: CredentialFact) -> set[str]:
    state = credential.state
    return {d for d in Document if needs_cosign([credential], document=d, state=state, on=DAY)}


def test_a_licensed_counselor_leads_every_block_and_signs_alone() -> None:
    assert may_facilitate([held("lcdc")], block_kind="counseling", state="TX", on=DAY) == Verdict(
        allowed=True,
        needs_cosign=False,
        reasons=("LCDC 123 (TX) is in force.",),
        citation="Texas Occupations Code ch. 504; 25 TAC 140.401(a), now in 26 TAC chapter 562",
        reviewed=True,
    )
    assert signs(held("lcdc")) == ALL_DOCUMENTS
    assert cosigned(held("lcdc")) == set()


@pytest.mark.parametrize(
    ("credential", "led"),
    [
        (held("lpc"), {"counseling", "education", "family", "skills"}),
        (held("lcdc-intern", level=1), {"counseling", "education", "family", "skills"}),
        (held("rn"), {"education", "skills"}),
        (held("lvn"), {"education"}),
        (held("peer"), {"skills"}),
        (held("cadc", "IL"), {"counseling", "education", "family", "skills"}),
        (held("lpn", "IL"), {"education"}),
    ],
)
def test_each_credential_leads_its_own_kinds_of_block(
    credential: CredentialFact, led: set[str]
) -> None:
    assert blocks(credential) == led


def test_an_addiction_counselor_does_not_lead_a_mental_health_program() -> None:
    assert blocks(held("lcdc"), "mental-health") == set()
    assert blocks(held("lcsw"), "mental-health") == {"counseling", "education", "family", "skills"}
    refused = may_facilitate(
        [held("lcdc")], block_kind="counseling", state="TX", on=DAY, program="mental-health"
    )
    assert refused.reasons == (
        "LCDC 123 (TX) does not allow leading a mental-health counseling block.",
    )


def test_a_break_needs_nobody() -> None:
    assert may_facilitate([], block_kind="break", state="TX", on=DAY) == Verdict(
        True, False, ("A break needs no credential.",), "", True
    )


def test_an_interns_supervisor_must_be_where_the_rule_says() -> None:
    places = {
        level: may_facilitate(
            [held("lcdc-intern", level=level)], block_kind="skills", state="TX", on=DAY
        ).reasons[1]
        for level in (1, 2, 3)
    }
    assert places == {
        1: "A supervisor must be on site.",
        2: "A supervisor must be on site.",
        3: "A supervisor must be on site or reachable by phone.",
    }


@pytest.mark.parametrize(
    ("credential", "documents"),
    [
        (held("lcdc-intern", level=1), ALL_DOCUMENTS),
        (held("lcdc-intern", level=2), ALL_DOCUMENTS),
        (held("lcdc-intern", level=3), SIGNED_OFF),
        (held("lcdc-intern", level=4), SIGNED_OFF),
        (held("lpc-associate"), SIGNED_OFF),
        (held("lmsw"), SIGNED_OFF),
        (held("lmft-associate"), SIGNED_OFF),
        (held("lpc", "IL"), SIGNED_OFF),
        (held("lsw", "IL"), SIGNED_OFF),
        (held("lpc"), set()),
        (held("lcpc", "IL"), set()),
        (held("physician"), set()),
        (held("rn"), SIGNED_OFF),
    ],
)
def test_the_documents_that_need_a_second_signature(
    credential: CredentialFact, documents: set[str]
) -> None:
    assert cosigned(credential) == documents


def test_a_nurse_may_sign_notes_but_no_plan() -> None:
    assert signs(held("rn")) == {"group_note", "individual_note"}
    assert may_sign([held("rn")], document="treatment_plan", state="TX", on=DAY).reasons == (
        "RN 123 (TX) does not allow signing a treatment plan.",
    )


def test_a_co_signature_names_the_rules_it_rests_on() -> None:
    verdict = may_sign(
        [held("lcdc-intern", level=3)], document="treatment_plan", state="TX", on=DAY
    )
    assert verdict == Verdict(
        allowed=True,
        needs_cosign=True,
        reasons=(
            "CI-III 123 (TX) is in force.",
            "A supervisor must be on site or reachable by phone.",
            "A treatment plan needs a co-signature (25 TAC 140.422).",
        ),
        citation="25 TAC 140.422, now in 26 TAC chapter 562; 26 TAC 564.804(e); 25 TAC 140.422",
        reviewed=False,
    )


def test_a_clinic_may_ask_for_more_co_signatures_but_not_fewer() -> None:
    intern = [held("lcdc-intern", level=3)]
    key = "intern.level3.cosign_documents"
    wishes = {
        "more": (*sorted(SIGNED_OFF), "group_note"),
        "fewer": ("group_note",),
    }
    asked = {
        name: {
            document
            for document in Document
            if needs_cosign(
                intern,
                document=document,
                state="TX",
                on=DAY,
                house={key: HouseValue(wish, date(2026, 1, 1), "new team", "Dana Lee")},
            )
        }
        for name, wish in wishes.items()
    }
    assert asked == {"more": {*SIGNED_OFF, "group_note"}, "fewer": SIGNED_OFF}


def test_without_a_rule_a_supervised_signature_is_co_signed() -> None:
    early = replace(held("lpc-associate"), issued_on=date(2023, 1, 1))
    verdict = may_sign([early], document="group_note", state="TX", on=date(2024, 4, 29))
    assert (verdict.allowed, verdict.needs_cosign, verdict.reviewed) == (True, True, False)
    assert verdict.reasons[-2:] == (
        "Not reviewed: no value is recorded for associate.cosign_documents in TX on 2024-04-29.",
        "A supervised signature is co-signed until then.",
    )


def test_the_better_of_two_credentials_counts() -> None:
    both = [held("lcdc-intern", level=1), held("lcdc", number="77")]
    assert may_sign(both, document="assessment", state="TX", on=DAY).reasons == (
        "LCDC 77 (TX) is in force.",
    )


@pytest.mark.parametrize(
    ("credentials", "reason"),
    [
        ([], "No credential is recorded for this person."),
        (
            [replace(held("lcdc"), expires_on=date(2026, 3, 3))],
            "LCDC 123 (TX) expired on 2026-03-03.",
        ),
        (
            [replace(held("lcdc"), issued_on=date(2026, 3, 5))],
            "LCDC 123 (TX) begins only on 2026-03-05.",
        ),
        (
            [replace(held("lcdc"), verified=False)],
            "LCDC 123 (TX) has not been verified with its board.",
        ),
        ([held("cadc", "IL")], "CADC 123 (IL) does not count in TX."),
        (
            [held("wizard")],
            "Not reviewed: nothing is recorded about WIZARD 123 (TX) on that day.",
        ),
    ],
)
def test_a_refusal_names_the_lapse(credentials: list[CredentialFact], reason: str) -> None:
    led = may_facilitate(credentials, block_kind="counseling", state="TX", on=DAY)
    signed = may_sign(credentials, document="group_note", state="TX", on=DAY)
    assert (led.allowed, led.reasons) == (False, (reason,))
    assert (signed.allowed, signed.reasons) == (False, (reason,))
    assert needs_cosign(credentials, document="group_note", state="TX", on=DAY) is True


def test_the_first_and_the_last_day_both_count() -> None:
    credential = replace(held("lcdc"), issued_on=DAY, expires_on=DAY)
    days = (DAY - timedelta(days=1), DAY, DAY + timedelta(days=1))
    assert [lapse(credential, day) == "" for day in days] == [False, True, False]


def test_a_credential_that_ends_on_a_leap_day_holds_that_day() -> None:
    credential = replace(held("lcdc"), issued_on=date(2022, 2, 28), expires_on=date(2024, 2, 29))
    assert lapse(credential, date(2024, 2, 29)) == ""
    assert lapse(credential, date(2024, 3, 1)) == "LCDC 123 (TX) expired on 2024-02-29."


def cosigning(
    cosigner: CredentialFact, author: CredentialFact, signed_on: date | None = None
) -> tuple[bool, tuple[str, ...]]:
    verdict = may_cosign(
        [cosigner],
        [author],
        document="assessment",
        state=author.state,
        on=DAY,
        signed_on=signed_on,
    )
    return verdict.allowed, verdict.reasons


def test_a_qualified_counselor_co_signs_for_an_intern() -> None:
    intern = held("lcdc-intern", level=1)
    assert cosigning(held("lcdc", number="9"), intern) == (True, ("LCDC 9 (TX) is in force.",))


def test_a_condition_on_the_license_is_told() -> None:
    assert cosigning(held("lpc", number="9"), held("lcdc-intern", level=1)) == (
        True,
        (
            "LPC 9 (TX) is in force.",
            "Counts as a qualified credentialed counselor with documented addiction competence.",
        ),
    )


def test_one_intern_does_not_co_sign_for_another() -> None:
    other = held("lcdc-intern", level=3, number="9")
    assert cosigning(other, held("lcdc-intern", level=1)) == (
        False,
        ("CI-III 9 (TX) is not qualified to co-sign for others.",),
    )


def test_nobody_co_signs_their_own_document() -> None:
    assert cosigning(held("lcdc"), held("lcdc")) == (
        False,
        ("Nobody co-signs a document of their own.",),
    )


def test_a_co_signer_is_judged_on_the_day_of_the_second_signature() -> None:
    lapsed = replace(held("lcdc", number="9"), expires_on=date(2026, 3, 3))
    intern = held("lcdc-intern", level=1)
    assert cosigning(lapsed, intern, signed_on=date(2026, 3, 2)) == (
        False,
        ("LCDC 9 (TX) expired on 2026-03-03.",),
    )


def test_an_author_is_judged_on_the_day_of_the_first_signature() -> None:
    left = replace(held("lcdc-intern", level=1), expires_on=date(2026, 3, 2))
    supervisor = held("lcdc", number="9")
    assert cosigning(supervisor, left, signed_on=date(2026, 3, 2))[0] is True
    assert cosigning(supervisor, left, signed_on=date(2026, 3, 3)) == (
        False,
        ("The author could not sign it: CI-I 123 (TX) expired on 2026-03-02.",),
    )


def test_a_note_signed_in_a_lapse_is_found_and_a_renewal_heals_it() -> None:
    first = replace(held("lcdc"), expires_on=date(2026, 2, 27))
    second = replace(held("lcdc", number="124"), issued_on=date(2026, 3, 2))
    late = date(2026, 3, 1)
    assert signed_in_lapse(late, [first, second], document="group_note", state="TX") == (
        "LCDC 123 (TX) expired on 2026-02-27. LCDC 124 (TX) begins only on 2026-03-02."
    )
    renewed = replace(second, issued_on=date(2026, 2, 28))
    assert signed_in_lapse(late, [first, renewed], document="group_note", state="TX") == ""


@pytest.mark.parametrize(
    ("left", "stage"),
    [(91, None), (90, 90), (61, 90), (60, 60), (31, 60), (30, 30), (0, 30), (-1, 0)],
)
def test_alerts_come_at_ninety_sixty_and_thirty_days(left: int, stage: int | None) -> None:
    last = DAY + timedelta(days=left)
    found = expiring([replace(held("lcdc"), expires_on=last)], DAY)
    expected = () if stage is None else (Alert("LCDC 123 (TX)", last, left, stage),)
    assert found == expected


def test_what_was_renewed_or_never_expires_is_silent() -> None:
    old = replace(held("lcdc"), expires_on=date(2026, 2, 1))
    assert expiring([held("lcdc", number="124"), old], DAY) == ()
    assert expiring([replace(held("lcdc"), expires_on=None), old], DAY) == ()


def test_trainings_and_exclusion_checks_expire_in_the_same_list() -> None:
    check = TrainingFact("Exclusion check", date(2026, 2, 1), date(2026, 3, 1))
    aid = TrainingFact("First aid", date(2025, 3, 10), date(2026, 3, 10))
    license_ = replace(held("lcdc"), expires_on=date(2026, 4, 30))
    assert [(alert.label, alert.stage) for alert in expiring([license_, aid, check], DAY)] == [
        ("Exclusion check", 0),
        ("First aid", 30),
        ("LCDC 123 (TX)", 60),
    ]


kinds = st.sampled_from([(entry.state, entry.kind, entry.level) for entry in credential_kinds()])
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
facts = st.builds(
    lambda kind, number, issued, span, verified: CredentialFact(
        kind[1], kind[0], str(number), issued, issued + timedelta(days=span), kind[2], verified
    ),
    kinds,
    st.integers(1, 9),
    days,
    st.integers(0, 900),
    st.booleans(),
)


@given(
    credentials=st.lists(facts, max_size=4),
    document=st.sampled_from(list(Document)),
    state=st.sampled_from(["TX", "IL"]),
    on=days,
)
def test_nobody_signs_without_a_verified_credential_of_that_state_on_that_day(
    credentials: list[CredentialFact], document: Document, state: str, on: date
) -> None:
    good = [
        c
        for c in credentials
        if c.state == state and c.verified and c.expires_on and c.issued_on <= on <= c.expires_on
    ]
    verdict = may_sign(credentials, document=document, state=state, on=on)
    assert verdict.allowed is (
        may_sign(good, document=document, state=state, on=on).allowed if good else False
    )
    assert verdict.reasons != ()


@given(
    credentials=st.lists(facts, min_size=1, max_size=3),
    extra=facts,
    document=st.sampled_from(list(Document)),
    on=days,
)
def test_one_more_credential_never_takes_a_right_away(
    credentials: list[CredentialFact], extra: CredentialFact, document: Document, on: date
) -> None:
    before = may_sign(credentials, document=document, state="TX", on=on)
    after = may_sign([*credentials, extra], document=document, state="TX", on=on)
    assert (after.allowed, not after.needs_cosign) >= (before.allowed, not before.needs_cosign)
