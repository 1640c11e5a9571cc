"""Jobs of intake."""

from openiop.intake.actions.consent_ends import REMIND, ask_about_endings
from openiop.intake.queries.consenting import ending_soon
from openiop.kernel.permits import Permit
from openiop.messaging.jobs import each_organization


@each_organization("20 9 * * *", REMIND)
def ask_about_consents(permit: Permit) -> None:
    """Each morning: consents that end soon. A look that finds none is no line in the audit."""
    if ending_soon(permit):
        ask_about_endings(permit)
