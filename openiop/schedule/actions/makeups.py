"""Book a make-up that fits, in one act."""

from datetime import date

from django.utils.translation import gettext as _

from openiop.access.actions import open_record_at
from openiop.access.door import admit, everywhere, writes
from openiop.kernel.permits import Permit, Refused
from openiop.patients.queries import elsewhere, person
from openiop.schedule.actions.enrollment import take_makeup_seat
from openiop.schedule.queries.weeks import makeup_obstacle

WRITE, SEARCH = "schedule.makeup.write", "patients.search.elsewhere"


@writes(WRITE)
def book(permit: Permit, *, record: int, session: int, for_day: date) -> int:
    """A make-up seat in a session for the payer's week that holds `for_day`; the seat's id.

    Refused with the rule that stands in the way. Whoever must be kept apart from somebody in that
    session is sent elsewhere with the words used for any session that does not suit.
    """
    person(permit, record)
    code = makeup_obstacle(permit, record, session, for_day)
    if code:
        raise Refused(CODES.get(code, code), _sentence(code), _("Choose another."), field="session")
    return take_makeup_seat(permit, record=record, session=session)


@writes(WRITE)
def bring(permit: Permit, *, first: str, last: str, birth_on: date, clinic: int) -> int:
    """Open the record of a person of another clinic here, for a make-up; the record's id.

    Found only by full name and birth date, and only when exactly one person fits.
    """
    found = elsewhere(permit, first, last, birth_on)
    if len(found) != 1:
        raise Refused(
            "not_found", _("Nobody at another clinic has this name and birth date."),
            _("Check the spelling, or call the other clinic."), field="last",
        )  # fmt: skip
    with everywhere(permit, SEARCH):
        record = admit(permit, found[0].number, act=WRITE).id
    open_record_at(permit, record, clinic, "make-up", guest=True)
    return record


CODES = {"apart": "choose_another", "unknown": "choose_another", "over": "session_over"}


def _sentence(code: str) -> str:
    sentences = {
        "over": _("This session has begun or was cancelled."),
        "booked": _("This person is expected in this session already."),
        "week": _("This session is not in the payer's week of the absence."),
        "kind": _("This session belongs to another kind of program."),
        "virtual": _("The payer does not accept a virtual session."),
        "unit": _("This person has a full program day on that day."),
        "education": _("Of three make-ups only one may be education alone."),
        "clash": _("This person is somewhere else at that time."),
        "full": _("No seat is free in this session."),
    }
    return sentences.get(code, _("This group does not suit this person."))
