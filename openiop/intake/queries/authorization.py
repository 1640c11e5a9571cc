"""Where the authorization behind an admission stands."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404

from openiop.intake.models import Admission
from openiop.intake.rules.authorization import NEXT, shown
from openiop.kernel.permits import Permit


@dataclass(frozen=True)
class Step:
    """A step, as it was taken; the first is that of the admission itself."""

    state: str
    at: datetime
    by: str
    reference: str = ""
    accepted_by: str = ""
    until_on: date | None = None
    days: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Authorization:
    """`state` as it was set, `shown` as it stands today ("at_risk" before it ends); `next` the
    states that may follow; `steps` the newest first."""

    record: int
    state: str
    shown: str
    next: tuple[str, ...]
    steps: tuple[Step, ...]


def authorization(permit: Permit, inquiry: int, today: date) -> Authorization:
    """The authorization behind an inquiry's admission, or Http404; two statements."""
    row = Admission.objects.filter(
        inquiry_id=inquiry, clinic_id__in=permit.clinics
    ).select_related("admitted_by").first()  # fmt: skip
    if row is None:
        raise Http404("No such admission.")
    lines = row.authorizations.select_related("by").order_by("-id")
    steps = [
        Step(each.state, each.at, each.by.name, each.reference, each.accepted_by, each.until_on,
             each.days, each.note)
        for each in lines
    ]  # fmt: skip
    steps.append(Step(row.authorization, row.admitted_at, row.admitted_by.name))
    now = steps[0]
    permit.note(
        permit.act.name, record=row.record_id, table="intake_authorizationstep", kind="read"
    )
    return Authorization(
        row.record_id, now.state, shown(now.state, now.until_on, today), NEXT[now.state],
        tuple(steps),
    )  # fmt: skip
