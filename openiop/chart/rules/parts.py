"""What a note holds, and what it still lacks before it can be signed."""

from dataclasses import dataclass, fields
from enum import StrEnum

from openiop.access.credential_rules import Document

gettext_noop = str  # marks a sentence for translation; rules know no Django


class NoteKind(StrEnum):
    """Why a note stands in a chart. Only `GROUP` and `OUTREACH` are clinical accounts."""

    GROUP = "group"
    OUTREACH = "outreach"
    CLOSING = "closing"
    UNSIGNED_DRAFT = "unsigned_draft"


class Participation(StrEnum):
    """How somebody took part, as seen; `LISTENED` is neutral and needs an observation."""

    ACTIVE = "active"
    SOME = "some"
    LISTENED = "listened"
    DISTRACTED = "distracted"
    LEFT = "left"


class Risk(StrEnum):
    """The risk statement; anything but `NONE` needs words."""

    NONE = "none"
    PRESENT = "present"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True)
class Part:
    """One person's part of a note, as typed. Everything starts empty."""

    participation: str = ""
    observation: str = ""
    response: str = ""
    objective: str = ""
    progress: str = ""
    next_step: str = ""
    risk: str = ""
    risk_detail: str = ""

    @property
    def untouched(self) -> bool:
        """Nobody has written anything yet."""
        return all(not getattr(self, name) for name in PART_FIELDS)


@dataclass(frozen=True, slots=True)
class Shared:
    """What is written once for the session. `next_step` stands for everyone without an own one."""

    topic: str = ""
    interventions: str = ""
    narrative: str = ""
    next_step: str = ""


PART_FIELDS = tuple(field.name for field in fields(Part))
SHARED_FIELDS = tuple(field.name for field in fields(Shared))


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that must be filled before signing, and what to do about it."""

    field: str
    sentence: str


def missing_in_part(
    kind: str, part: Part, shared: Shared, *, came: bool = True
) -> tuple[Missing, ...]:
    """What this part lacks, in the order of the screen; empty: it can be signed.

    Nobody who did not take part (`came` False, perhaps by a later correction) gets a group note.

    Elements of a group note: domain reference, section 6 (participation, response, progress on a
    named objective, risk statement, plan). Somebody who listened is described by what was seen, so
    the observation is then the response. A closing statement claims nothing that was seen.
    """
    if kind == NoteKind.CLOSING:
        return _lacking((not part.response.strip(), "response", WRITE_CLOSING))
    detail = (bool(part.risk) and part.risk != Risk.NONE and _empty(part.risk_detail),
              "risk_detail", SAY_RISK)  # fmt: skip
    if kind == NoteKind.OUTREACH:
        return _lacking(
            (not part.risk, "risk", CHOOSE_RISK), detail,
            (_empty(part.response), "response", WRITE_OUTREACH),
        )  # fmt: skip
    listened = part.participation == Participation.LISTENED
    return _lacking(
        (not came, "attendance", NOT_THERE),
        (not part.participation, "participation", CHOOSE_PARTICIPATION),
        (not part.risk, "risk", CHOOSE_RISK),
        detail,
        (listened and _empty(part.observation), "observation", SAY_WHAT_YOU_SAW),
        (not listened and _empty(part.response), "response", WRITE_RESPONSE),
        (not _empty(part.objective) and _empty(part.progress), "progress", WRITE_PROGRESS),
        (_empty(part.next_step) and _empty(shared.next_step), "next_step", WRITE_NEXT_STEP),
    )


def missing_in_shared(shared: Shared) -> tuple[Missing, ...]:
    """What the shared part lacks before any note of the session can be signed."""
    return _lacking(
        (_empty(shared.topic), "topic", WRITE_TOPIC),
        (_empty(shared.interventions), "interventions", WRITE_INTERVENTIONS),
        (_empty(shared.narrative), "narrative", WRITE_NARRATIVE),
    )


def document_of(kind: str) -> Document:
    """As which document credential rules see a note of this kind."""
    return Document.GROUP_NOTE if kind == NoteKind.GROUP else Document.INDIVIDUAL_NOTE


def next_to_write(records: list[int], to_write: set[int], after: int | None) -> int | None:
    """Who comes next on the roster: the first to write behind `after`, else from the top."""
    start = records.index(after) + 1 if after in records else 0
    return next((each for each in records[start:] + records[:start] if each in to_write), None)


def _lacking(*asked: tuple[bool, str, str]) -> tuple[Missing, ...]:
    return tuple(Missing(field, sentence) for wanting, field, sentence in asked if wanting)


def _empty(text: str) -> bool:
    return not text.strip()


NOT_THERE = gettext_noop(
    "Attendance says that this person did not take part: correct it, or set this text aside."
)
CHOOSE_PARTICIPATION = gettext_noop("Choose how this person took part.")
CHOOSE_RISK = gettext_noop("Choose a risk statement.")
SAY_RISK = gettext_noop("Say what the risk is and what was done, or why it was not assessed.")
SAY_WHAT_YOU_SAW = gettext_noop("Say what you saw that shows they listened.")
WRITE_RESPONSE = gettext_noop("Write how this person responded.")
WRITE_PROGRESS = gettext_noop("Write the progress on the objective, or clear the objective.")
WRITE_NEXT_STEP = gettext_noop("Write the next step here, or one for everyone.")
WRITE_OUTREACH = gettext_noop("Write what happened and what was done.")
WRITE_CLOSING = gettext_noop("Write the closing statement.")
WRITE_TOPIC = gettext_noop("Write the topic of the session.")
WRITE_INTERVENTIONS = gettext_noop("Write what was done in the session.")
WRITE_NARRATIVE = gettext_noop("Write how the session went, without names.")
