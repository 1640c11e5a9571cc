"""Questionnaires taken, and what answers about safety ask for."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from openiop.access.scope import CareRow


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """Triggers that let a table only grow."""
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=f"RAISE EXCEPTION '{name} only grows' USING ERRCODE='23514',"
            f" CONSTRAINT='{name}'; RETURN NULL;",
        )
    ]


class Response(CareRow):
    """One questionnaire as answered: never edited; a correction is a new row that `supersedes`.

    `answers` by item number, None where left open; `facts` what was asked beside. Without a score
    `unscored` says why, or the instrument has none. `danger`: a clinician must look at it now.
    """

    MODES = [("paper", "On paper"), ("screen", "On a staff screen"), ("link", "On their phone")]
    instrument = models.CharField(max_length=30)
    version = models.CharField(max_length=80)
    answers = models.JSONField()
    facts = models.JSONField(default=dict)
    score = models.SmallIntegerField(null=True)
    band = models.CharField(max_length=40, blank=True)
    subscores = models.JSONField(default=dict)
    alerts = ArrayField(models.CharField(max_length=120), default=list)
    unscored = models.CharField(max_length=300, blank=True)
    danger = models.BooleanField(default=False)
    mode = models.CharField(max_length=6, choices=MODES)
    taken_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(reason=""), name="correction_says_why"
            ),
            models.CheckConstraint(
                condition=Q(unscored="") | Q(score__isnull=True, band=""), name="unscored_is_bare"
            ),
        ]
        indexes = [models.Index(fields=["record", "-taken_at"], name="response_record")]
        triggers = append_only("response_kept")


class SafetyConcern(CareRow):
    """Answers of one person that ask for a clinician, until an evaluation, or two people who cancel
    it, close it; the database lets nothing else. `alerts` are the calls made for it."""

    first = models.ForeignKey(Response, models.PROTECT, related_name="+")
    latest = models.ForeignKey(Response, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    escalate_at = models.DateTimeField()
    alerts = ArrayField(models.BigIntegerField(), default=list)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "record", condition=Q(closed_at__isnull=True), name="one_open_concern_a_person"
            ),
        ]
        indexes = [
            models.Index(
                fields=["escalate_at"], condition=Q(closed_at__isnull=True), name="concern_open"
            ),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Trigger(
                name="concern_closed_by_evaluation",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__closed_at__isnull=False),
                func="""
                    IF NOT EXISTS (SELECT FROM assessments_safetyevaluation done
                                    WHERE done.concern_id = NEW.id)
                       AND (SELECT count(DISTINCT staff_id) FROM assessments_safetycancel cancel
                             WHERE cancel.concern_id = NEW.id) < 2 THEN
                      RAISE EXCEPTION 'a concern is closed by an evaluation'
                        USING ERRCODE='23514', CONSTRAINT='concern_closed_by_evaluation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="concern_stays_closed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
                func="RAISE EXCEPTION 'this concern is closed' USING ERRCODE='23514',"
                " CONSTRAINT='concern_stays_closed'; RETURN NULL;",
            ),
            pgtrigger.Protect(name="concern_kept", operation=pgtrigger.Delete),
        ]


class SafetyEvaluation(CareRow):
    """What a clinician found and did about a concern; the credentials as they stood that day."""

    concern = models.OneToOneField(SafetyConcern, models.PROTECT, related_name="evaluation")
    found = models.TextField()
    disposition = models.CharField(max_length=10)
    plan = models.TextField(blank=True)
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    credentials = models.CharField(max_length=120)
    evaluated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(found="") & ~Q(credentials="") & ~Q(disposition=""),
                name="evaluation_is_complete",
            ),
        ]
        triggers = append_only("evaluation_kept")


class SafetyCancel(CareRow):
    """One of the two people it takes to close a concern without an evaluation, and why."""

    concern = models.ForeignKey(SafetyConcern, models.PROTECT, related_name="cancels")
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    cancelled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("concern", "staff", name="cancelled_once_each"),
            models.CheckConstraint(condition=~Q(reason=""), name="cancel_says_why"),
        ]
        triggers = append_only("cancel_kept")


class Asked(CareRow):
    """A questionnaire that somebody answers by a secret link, one question at a time. `draft` holds
    what they gave so far, by item number or name of a fact; it is dropped once it is sent."""

    instrument = models.CharField(max_length=30)
    link = models.OneToOneField("access.Link", models.PROTECT, null=True, related_name="+")
    draft = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    response = models.OneToOneField(Response, models.PROTECT, null=True, related_name="asked")

    class Meta:
        indexes = [models.Index(fields=["record", "-asked_at"], name="asked_record")]
        constraints = [
            models.CheckConstraint(
                condition=Q(response__isnull=True) | Q(draft={}), name="sent_leaves_no_draft"
            ),
        ]


class NeedProfile(CareRow):
    """What a person needs by one edition's areas, each rated on its own, signed; never edited and
    never added up. A reason stands where the level given is not the one recommended."""

    edition = models.CharField(max_length=4)
    version = models.CharField(max_length=12)
    risks = models.JSONField()
    notes = models.JSONField(default=dict)
    recommended = models.CharField(max_length=4)
    actual = models.CharField(max_length=4)
    differs = models.CharField(max_length=12, blank=True)
    interim = models.TextField(blank=True)
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    credentials = models.CharField(max_length=120)
    needs_cosign = models.BooleanField()
    signed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["record", "-signed_at"], name="need_record")]
        constraints = [
            models.CheckConstraint(
                condition=Q(recommended=models.F("actual"), differs="")
                | ~Q(recommended=models.F("actual")) & ~Q(differs=""),
                name="another_level_says_why",
            ),
        ]
        triggers = append_only("need_kept")


class NeedCosign(CareRow):
    """The second signature under a need profile."""

    profile = models.OneToOneField(NeedProfile, models.PROTECT, related_name="cosign")
    staff = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    credentials = models.CharField(max_length=120)
    signed_at = models.DateTimeField()

    class Meta:
        triggers = append_only("need_cosign_kept")


class Biopsychosocial(CareRow):
    """The biopsychosocial assessment: one draft a person, kept as it is typed, until it is signed;
    then never changed. `screen` answers "yes", "no" or "unsure" by question; nothing is added up.
    `saved` counts the times it was kept, so that two windows do not overwrite each other."""

    version = models.CharField(max_length=12)
    texts = models.JSONField(default=dict)
    screen = models.JSONField(default=dict)
    saved = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    credentials = models.CharField(max_length=120, blank=True)
    needs_cosign = models.BooleanField(default=False)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "record", condition=Q(signed_at__isnull=True), name="one_biopsychosocial_draft"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(staff__isnull=False) & ~Q(credentials=""),
                name="biopsychosocial_signed_by",
            ),
        ]
        indexes = [models.Index(fields=["record", "-id"], name="biopsychosocial_record")]
        triggers = [
            pgtrigger.Trigger(
                name="biopsychosocial_kept", when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="IF OLD.signed_at IS NOT NULL THEN RAISE EXCEPTION 'a signed assessment stays'"
                " USING ERRCODE='23514', CONSTRAINT='biopsychosocial_kept'; END IF;"
                " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
            )
        ]  # fmt: skip
