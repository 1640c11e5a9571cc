"""Every read about assessments."""

from openiop.assessments.queries.responses import ResponseRow, response, responses_of
from openiop.assessments.queries.safety import (
    Concern,
    concern,
    open_concern,
    open_concerns,
    overdue_concern,
)

__all__ = [
    "Concern", "ResponseRow", "concern", "open_concern", "open_concerns", "overdue_concern",
    "response", "responses_of",
]  # fmt: skip
