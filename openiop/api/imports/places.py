"""Where imported people go: the organization, and the clinic or the queue of the imported."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from openiop.access.door import opened_for_job
from openiop.access.queries import clinics, organization_ids
from openiop.kernel.permits import Refused

ACTOR = "command:import"
LOOK = "access.network.read"


@dataclass(frozen=True)
class Place:
    """An organization with its clinics by code; `clinic` is where people go who name none, and
    `queue` says that they wait there for one of their own."""

    organization: int
    codes: dict[str, int]
    clinic: int
    queue: str

    def opened(self, act: str) -> Any:
        """A permit of the import, in all clinics."""
        return opened_for_job(act, self.organization, actor=ACTOR)


def place(code: str | None) -> Place:
    """The place a command names by a clinic's code, or the only organization's first clinic.

    Raises Refused when the code is unknown, or none is given and there are several organizations.
    """
    organizations = organization_ids()
    known = {each: _codes(each) for each in organizations}
    if code is not None:
        for organization, codes in known.items():
            if code in codes:
                return Place(organization, codes, codes[code], "")
        raise Refused("clinic", _("No clinic has the code %(code)s.") % {"code": code})
    if len(organizations) != 1 or not known[organizations[0]]:
        raise Refused("clinic", _("Name a clinic with --clinic: there is not just one network."))
    codes = known[organizations[0]]
    return Place(organizations[0], codes, min(codes.values()), "imported")


def _codes(organization: int) -> dict[str, int]:
    with opened_for_job(LOOK, organization, actor=ACTOR) as permit:
        return {each.code: each.id for each in clinics(permit)}
