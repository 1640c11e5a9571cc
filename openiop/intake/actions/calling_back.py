"""A stranger leaves a way to be reached and asks for a call."""

from typing import Any

from openiop.access.door import writes
from openiop.intake.actions.inquiries import open_inquiry
from openiop.kernel.permits import Permit

ASK = "intake.call.ask"


@writes(ASK)
def ask_for_call(permit: Permit, *, clinic: int, **facts: Any) -> int:
    """An inquiry from the site at a clinic the permit reaches, with what is safe; its id. Whoever
    does intake there finds it on the board, with its clock. `facts` as of an inquiry."""
    return open_inquiry(permit, clinic=clinic, channel="web", **facts)
