"""How an inquiry goes from stage to stage, and when its clock stops."""

from dataclasses import dataclass

NEW, CONTACTED, BENEFITS, SCREENED, SCHEDULED = (
    "new", "contacted", "benefits", "screened", "scheduled",
)  # fmt: skip
ADMITTED, LOST, REFERRED_OUT = "admitted", "lost", "referred_out"
OPEN = (NEW, CONTACTED, BENEFITS, SCREENED, SCHEDULED)
CLOSED = (ADMITTED, LOST, REFERRED_OUT)
STAGES = (*OPEN, *CLOSED)
HAS_SCREEN = {SCREENED, SCHEDULED, ADMITTED}
LOST_REASONS = (
    "no_answer", "not_now", "elsewhere", "cost", "not_covered", "hours", "distance", "fit",
    "double", "other",
)  # fmt: skip
CHANNELS = (
    "phone", "walk_in", "web", "email", "text", "provider", "hospital", "court", "employer",
    "friend", "event", "other",
)  # fmt: skip
WAYS = ("call", "text", "email", "in_person", "letter")
OUTCOMES = ("reached", "message", "no_answer", "called_us")


@dataclass(frozen=True)
class Move:
    """What a move to a stage sets: `screened` stops the clock, `closes` ends the inquiry."""

    screened: bool
    closes: bool


def refusal(stage: str, to: str) -> str:
    """Why an inquiry cannot be moved by hand: "", "same", "closed", "by_admission", "by_loss".

    An admission, a loss and a referral out are actions with words of their own, never a choice
    in a list; what is closed is opened again first.
    """
    if stage in CLOSED:
        return "closed"
    if to == ADMITTED:
        return "by_admission"
    if to in (LOST, REFERRED_OUT):
        return "by_loss"
    return "same" if stage == to else ""


def move(to: str) -> Move:
    """What follows from being at a stage."""
    return Move(screened=to in HAS_SCREEN, closes=to in CLOSED)


def after_contact(stage: str, outcome: str) -> str:
    """The stage after talking: whoever was reached the first time is no longer new."""
    return CONTACTED if stage == NEW and outcome in ("reached", "called_us") else stage
