"""People from files: those who came without a clinic are given one."""

from collections.abc import Iterable

from django.http import Http404

from openiop.access.actions import rehome_records
from openiop.access.door import writes
from openiop.kernel.permits import Permit
from openiop.patients.models import Coverage, Identifier, Patient, SearchKey

IMPORT = "patients.import"


@writes(IMPORT)
def assign_clinic(permit: Permit, records: Iterable[int], clinic: int) -> int:
    """Give imported people a clinic of their own; how many. Their files move there, and what other
    rooms keep about them is seen there."""
    if clinic not in permit.clinics:
        raise Http404("No such clinic.")
    waiting = Patient.objects.filter(record_id__in=list(records), queue="imported")
    moved = list(waiting.values_list("record_id", flat=True))
    rehome_records(permit, moved, clinic, IMPORT)
    for model in (SearchKey, Identifier, Coverage):
        model._default_manager.filter(record_id__in=moved).update(clinic=clinic)
    Patient.objects.filter(record_id__in=moved).update(
        clinic=clinic, queue="", changed_at=permit.now, changed_by=permit.staff
    )
    for record in moved:
        permit.note(IMPORT, record=record, table="patients_patient", fields=("clinic", "queue"))
    return len(moved)
