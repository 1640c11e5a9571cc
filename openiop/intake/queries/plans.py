"""Initial plans as they were signed."""

from dataclasses import dataclass
from datetime import datetime

from openiop.intake.models import InitialPlan
from openiop.kernel.permits import Permit


@dataclass(frozen=True)
class Plan:
    """A signed plan; `waits`: it lacks its second signature."""

    id: int
    objectives: tuple[str, ...]
    steps: str
    signed_at: datetime
    by: str
    cosigned_at: datetime | None
    cosigned_by: str
    waits: bool


def plans(permit: Permit, inquiry: int) -> list[Plan]:
    """Plans of the admission an inquiry led to, the newest first; one statement."""
    rows = InitialPlan.objects.filter(admission__inquiry_id=inquiry).order_by("-id")
    return [_plan(row) for row in rows.select_related("staff", "cosign__staff")]


def _plan(row: InitialPlan) -> Plan:
    second = getattr(row, "cosign", None)
    return Plan(
        row.id, tuple(row.objectives), row.steps, row.signed_at,
        f"{row.staff.name}, {row.credentials}", second.signed_at if second else None,
        f"{second.staff.name}, {second.credentials}" if second else "",
        row.needs_cosign and second is None,
    )  # fmt: skip
