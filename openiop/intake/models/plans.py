"""The first plan: what somebody and their counselor set out to do before the first group."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from openiop.access.scope import RecordRow
from openiop.intake.models.admission import Admission
from openiop.intake.models.append_only import append_only


class InitialPlan(RecordRow):
    """A signed initial plan; never changed, the newest one holds until the treatment plan. At least
    one objective, in the person's own words where they gave them."""

    admission = models.ForeignKey(Admission, models.PROTECT, related_name="plans")
    objectives = ArrayField(models.CharField(max_length=300))
    steps = models.CharField(max_length=1000, blank=True)
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    credentials = models.CharField(max_length=200)
    needs_cosign = models.BooleanField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(objectives__len__gt=0), name="initial_plan_has_an_objective"
            ),
        ]
        indexes = [models.Index(fields=["admission", "-id"], name="initial_plan_newest")]
        triggers = append_only("initial_plan")


class InitialPlanCosign(RecordRow):
    """The second signature of an initial plan."""

    plan = models.OneToOneField(InitialPlan, models.PROTECT, related_name="cosign")
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    credentials = models.CharField(max_length=200)
    signed_at = models.DateTimeField()

    class Meta:
        triggers = append_only("initial_plan_cosign")
