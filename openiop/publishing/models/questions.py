"""Questions strangers left under an article, and what staff answered."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from openiop.access.scope import OrganizationRow, history
from openiop.publishing.models.append_only import append_only
from openiop.publishing.models.articles import Article


class Question(OrganizationRow):
    """What somebody asked, under a name of their choice. `shown` is the text others read, `sealed`
    an e-mail address only the machine can read, `found` what the guard saw in it.

    Kept in place and without history: who asks us to delete it has it deleted.
    """

    STATES = [("waiting", "Waiting"), ("shown", "Shown"), ("declined", "Declined"),
              ("deleted", "Deleted")]  # fmt: skip
    article = models.ForeignKey(Article, models.PROTECT, related_name="questions")
    thread = models.ForeignKey("self", models.PROTECT, null=True, related_name="follow_ups")
    alias = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=2000, blank=True)
    shown = models.CharField(max_length=2000, blank=True)
    sealed = models.BinaryField(null=True)
    token_hash = models.BinaryField(unique=True)
    found = ArrayField(models.CharField(max_length=20), default=list)
    crisis = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="shown") | ~Q(shown=""), name="question_shown_has_text"
            ),
            models.CheckConstraint(
                condition=~Q(state="deleted") | Q(alias="", text="", shown="", sealed__isnull=True),
                name="question_deleted_is_empty",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "asked_at"], name="question_state"),
            models.Index(fields=["article", "state"], name="question_article"),
        ]


class QuestionStep(OrganizationRow):
    """What was done with a question, by whom and why; never its words."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="steps")
    what = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        triggers = [append_only("question_step")]


@history
class Reply(OrganizationRow):
    """What a colleague answered, with the role they answered in."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="replies")
    text = models.CharField(max_length=2000)
    by = models.ForeignKey("access.Staff", models.PROTECT, related_name="+")
    role = models.CharField(max_length=60)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
