"""What a FHIR R4 resource says, as plain facts; every word of others is kept as they wrote it.

Read with US Core (extensions for birth sex, sex, pronouns, interpreter) and Synthea in mind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from openiop.access.actions.outside import Outsider
from openiop.api.imports.nodes import Node, Wrong
from openiop.messaging.actions.importing import NewPoint
from openiop.patients.actions.importing import CloseOne, Key

GENDERS = {"male", "female", "other", "unknown"}
COVERAGE_STATES = {"active", "cancelled", "draft", "entered-in-error"}
SEXES = {"M": "male", "F": "female", "UNK": "unknown", "male": "male", "female": "female",
         "248153007": "male", "248152002": "female"}  # fmt: skip
YES = {"373066001", "yes", "Y"}  # SNOMED CT "Yes" and what systems write instead
SOCIAL_SECURITY = "http://hl7.org/fhir/sid/us-ssn"
EMERGENCY = {"C", "emergency"}
MOST = 200
DAY = timedelta(days=1)


@dataclass(frozen=True)
class PatientFacts:
    """Facts for `Incoming`, and remarks: what was given and could not be kept whole."""

    facts: dict[str, Any]
    identifiers: tuple[Key, ...]
    points: tuple[NewPoint, ...]
    close: tuple[CloseOne, ...]
    remarks: tuple[Wrong, ...]


def patient(body: dict[str, Any]) -> PatientFacts:
    """Who a Patient is. Raises Wrong for what cannot be taken."""
    node = Node(body)
    remarks: list[Wrong] = []
    facts = _names(node) | {
        "gender": node.get("gender").code(GENDERS),
        "birth_on": _birth(node.get("birthDate"), remarks),
        "died_on": node.get("deceasedDateTime").day(),
        "legal_sex": _sex(node),
        "pronouns": _coded(node.extension("/individual-pronouns"), 30),
        "languages": _languages(node),
    }
    facts["interpreter"] = _interpreter(node, facts["languages"])
    if node.get("deceasedBoolean").value is True:
        remarks.append(Wrong(("deceasedBoolean",), "Died, but no day is given: write it down."))
    return PatientFacts(
        facts, identifiers(node), tuple(_points(node)), tuple(_close(node)), tuple(remarks)
    )


def _names(node: Node) -> dict[str, Any]:
    """Names by use: official (else usual, else any) is legal, a nickname is preferred."""
    names = [name for name in node.each("name") if name.get("use").text(20) != "anonymous"]
    ranks = {"official": 0, "usual": 1, "": 2, "temp": 3, "maiden": 4, "nickname": 5, "old": 6}
    names.sort(key=lambda name: ranks.get(name.get("use").text(20), 3))
    full = [(*_name(name), name.get("use").text(20)) for name in names]
    if not full or not any(full[0][:3]):
        raise Wrong(("name",), "This patient has no name.")
    first, middle, last, use = full[0]
    called = next((one for one, _m, _l, use in full if use == "nickname" and one), "")
    if use == "official" and not called:
        called = next((one for one, _m, _l, use in full if use == "usual" and one != first), "")
    others = {" ".join(filter(None, parts)) for *parts, use in full[1:] if use != "nickname"}
    legal = " ".join(filter(None, (first, middle, last)))
    return {
        "legal_first": first, "legal_middle": middle, "legal_last": last,
        "preferred_name": called, "other_names": sorted(others - {legal, ""}),
    }  # fmt: skip


def _name(name: Node) -> tuple[str, str, str]:
    """First, middle and last; a name given only as text is split before its last word."""
    given = [each.text(80) for each in name.each("given")]
    family = name.get("family").text(80)
    if not family and not any(given):
        words = name.get("text").text(160).split()
        if words and max(map(len, words)) > 80:
            raise Wrong((*name.path, "text"), "This is longer than 80 characters.")
        given, family = words[:1] if len(words) > 1 else [], words[-1] if words else ""
        given += [" ".join(words[1:-1])] if len(words) > 2 else []
    middle = " ".join(given[1:])
    if len(middle) > 80:
        raise Wrong((*name.path, "given"), "This is longer than 80 characters.")
    return (given[0] if given else "", middle, family)


def _birth(node: Node, remarks: list[Wrong]) -> date | None:
    born = node.day()
    if node and node.value and born is None:
        remarks.append(Wrong(node.path, "No whole birth date is given: loaded without one."))
    return born


def _sex(node: Node) -> str:
    """Sex at birth or on record, by US Core's extensions."""
    for ending in ("/us-core-birthsex", "/us-core-sex", "/us-core-individual-sex"):
        extension = node.extension(ending)
        said = extension.get("valueCode").text(20)
        said = said or extension.get("valueCoding").get("code").text(20)
        if said:
            return SEXES.get(said, "unknown")
    return ""


def _languages(node: Node) -> list[str]:
    """Codes of languages, the preferred one first; words where no code is given."""
    told = sorted(
        node.each("communication"), key=lambda each: each.get("preferred").value is not True
    )
    said = [_code(each.get("language"), 20) for each in told]
    return list(dict.fromkeys(filter(None, said)))


def _interpreter(node: Node, languages: list[str]) -> str:
    extension = node.extension("/us-core-interpreter-needed")
    needed = extension.get("valueCoding").get("code").text(40) in YES
    if not needed and node.extension("/patient-interpreterRequired").get("valueBoolean").value:
        needed = True
    return (languages[0] if languages else "yes") if needed else ""


def identifiers(node: Node) -> tuple[Key, ...]:
    """System and value of each number that tells people apart; social security numbers are not
    taken, since files share made-up ones, nor numbers without a system or in error."""
    found: dict[Key, None] = {}
    for each in node.each("identifier"):
        system, value = each.get("system").text(MOST), each.get("value").text(MOST)
        kinds = {coding.get("code").text(40) for coding in each.get("type").each("coding")}
        telling = system != SOCIAL_SECURITY and "SS" not in kinds and each.get("use").value != "old"
        if system and value and telling:
            found[(system, value)] = None
    return tuple(found)


def _points(node: Node) -> Iterator[NewPoint]:
    """Numbers and addresses in use; none is safe until the person says so."""
    for each in node.each("telecom"):
        kind = {"phone": "phone", "sms": "phone", "email": "email"}.get(each.get("system").text(20))
        value, use = each.get("value").text(MOST), each.get("use").text(20)
        if kind and value and use != "old":
            yield NewPoint(kind, value, use)
    for each in node.each("address"):
        value = address(each)
        if value and each.get("use").text(20) != "old":
            yield NewPoint("address", value, each.get("use").text(20))


def address(node: Node) -> str:
    """An address in one line, as its text or from its parts."""
    text = node.get("text").text(MOST)
    if text:
        return text
    street = [each.text(MOST) for each in node.each("line")]
    place = " ".join(
        filter(None, (node.get(part).text(100) for part in ("city", "state", "postalCode")))
    )
    return ", ".join(filter(None, (*street, place)))[:MOST]


def _close(node: Node) -> Iterator[CloseOne]:
    for each in node.each("contact"):
        name = _whole_name(each.get("name"))[:120]
        if not name:
            continue
        kinds = each.each("relationship")
        codes = {coding.get("code").text(40) for kind in kinds for coding in kind.each("coding")}
        words = _concept(kinds[0], 40) if kinds else ""
        phones = [
            point.get("value").text(MOST)
            for point in each.each("telecom")
            if point.get("system").text(20) == "phone"
        ]
        yield CloseOne(
            name, words or "contact", phones[0] if phones else "", bool(codes & EMERGENCY)
        )


def _whole_name(name: Node) -> str:
    text = name.get("text").text(MOST)
    parts = [*(each.text(80) for each in name.each("given")), name.get("family").text(80)]
    return text or " ".join(filter(None, parts))


def _concept(node: Node, most: int) -> str:
    """A CodeableConcept in its own words: text, else a display, else a code."""
    text = node.get("text").text(most)
    for coding in [] if text else node.each("coding"):
        text = text or coding.get("display").text(most) or coding.get("code").text(most)
    return text


def _code(node: Node, most: int) -> str:
    codes = (coding.get("code").text(most) for coding in node.each("coding"))
    return next((code for code in codes if code), "") or node.get("text").text(most)


def _coded(extension: Node, most: int) -> str:
    """The words of an extension, whether a concept, a coding or text."""
    inner = next(iter(extension.extensions("value")), extension)
    return (
        _concept(inner.get("valueCodeableConcept"), most)
        or inner.get("valueCoding").get("display").text(most)
        or inner.get("valueString").text(most)
    )


# --- what points to a patient ------------------------------------------------------------------


@dataclass(frozen=True)
class Reference:
    """Where a resource points: an address or `Type/id`, perhaps an identifier, and its words."""

    to: str
    identifier: Key | None
    display: str


def reference(node: Node) -> Reference:
    number = node.get("identifier")
    key = (number.get("system").text(MOST), number.get("value").text(MOST))
    return Reference(
        node.get("reference").text(500), key if all(key) else None, node.get("display").text(160)
    )


@dataclass(frozen=True)
class CoverageFacts:
    """A Coverage; `payor` may point to an organization, contained ones under "#id"."""

    beneficiary: Reference
    payor: Reference
    contained: dict[str, str]
    facts: dict[str, Any]
    left: bool


def coverage(body: dict[str, Any]) -> CoverageFacts:
    """What covers whom. Raises Wrong for what cannot be taken."""
    node = Node(body)
    state = node.get("status").code(COVERAGE_STATES)
    payors = node.each("payor")
    if not payors:
        raise Wrong(("payor",), "This coverage names no payer.")
    plan = [
        each.get("name").text(160) or each.get("value").text(160)
        for each in node.each("class")
        if _code(each.get("type"), 40) == "plan"
    ]
    rank = node.get("order").value
    return CoverageFacts(
        reference(node.get("beneficiary")), reference(payors[0]),
        {"#" + one.get("id").text(64): _own_name(one) for one in node.each("contained")},
        {
            "member_number": _member(node),
            "plan_name": (plan[0] if plan else "") or _concept(node.get("type"), 160),
            "relationship": _code(node.get("relationship"), 20) or "self",
            "rank": rank if isinstance(rank, int) and 0 < rank < 100 else 1,
            "during": _period(node.get("period")),
        },
        state in {"cancelled", "entered-in-error"},
    )  # fmt: skip


def _own_name(contained: Node) -> str:
    """The name of a contained organization; other contained resources have none to tell."""
    organization = contained.get("resourceType").value == "Organization"
    return contained.get("name").text(160) if organization else ""


def _member(node: Node) -> str:
    own = node.get("subscriberId").text(60)
    numbers = [each.get("value").text(60) for each in node.each("identifier")]
    return own or next(filter(None, numbers), "")


def _period(node: Node) -> tuple[date | None, date | None] | None:
    start, end = node.get("start").day(), node.get("end").day()
    if start and end and end < start:
        raise Wrong(node.path, "This period ends before it begins.")
    return (start, end and end + DAY) if start or end else None


@dataclass(frozen=True)
class ConditionFacts:
    """A Condition in its own words."""

    subject: Reference
    system: str
    code: str
    text: str
    status: str
    onset_on: date | None
    left: bool


def condition(body: dict[str, Any]) -> ConditionFacts:
    """What somebody else found. Raises Wrong for what cannot be taken."""
    node = Node(body)
    concept = node.get("code")
    coding = next((each for each in concept.each("coding") if each.get("code")), Node(None))
    text = _concept(concept, 300)
    if not text:
        raise Wrong(("code",), "This condition does not say what it is.")
    verified = _code(node.get("verificationStatus"), 40)
    onset = node.get("onsetDateTime").day() or node.get("onsetPeriod").get("start").day()
    return ConditionFacts(
        reference(node.get("subject")), coding.get("system").text(100),
        coding.get("code").text(30), text, _code(node.get("clinicalStatus"), 20) or "unknown",
        onset, verified in {"entered-in-error", "refuted"},
    )  # fmt: skip


# --- outside -----------------------------------------------------------------------------------


def practitioner(body: dict[str, Any]) -> Outsider:
    """Somebody outside. Raises Wrong without a name."""
    node = Node(body)
    names = [_titled(name) for name in node.each("name")]
    name = next(filter(None, names), "")
    return _outsider(node, "Practitioner", name, "")


def _titled(name: Node) -> str:
    """A name with its title as it stands: Dr. Felicitas Kub."""
    titles = " ".join(each.text(40) for each in name.each("prefix"))
    return name.get("text").text(MOST) or f"{titles} {_whole_name(name)}".strip()


def organization(body: dict[str, Any]) -> Outsider:
    """An organization outside. Raises Wrong without a name."""
    node = Node(body)
    kinds = [_concept(each, 60) for each in node.each("type")]
    return _outsider(node, "Organization", node.get("name").text(MOST), next(iter(kinds), ""))


def _outsider(node: Node, kind: str, name: str, what: str) -> Outsider:
    if not name:
        raise Wrong(("name",), "This has no name.")
    keys = identifiers(node)
    phones = [
        each.get("value").text(40)
        for each in node.each("telecom")
        if each.get("system").text(20) == "phone"
    ]
    places = [address(each) for each in node.each("address")]
    own = "|".join(keys[0]) if keys else f"{kind}/{node.get('id').text(64)}|{name}"
    return Outsider(
        own[:MOST], name, [{"system": system, "value": value} for system, value in keys],
        next(iter(phones), ""), what, next(iter(places), ""),
    )  # fmt: skip
