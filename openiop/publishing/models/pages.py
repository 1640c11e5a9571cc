"""What staff changed in the text of the site's pages."""

from django.db import models

from openiop.access.scope import OrganizationRow
from openiop.publishing.models.append_only import append_only


class PageText(OrganizationRow):
    """A version of a page's text; the newest is shown, and "" is the shipped one again."""

    key = models.SlugField(max_length=40)
    language = models.CharField(max_length=8, default="en")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    written_at = models.DateTimeField()
    by = models.ForeignKey("access.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization", "key", "language", "number", name="page_text_once"
            ),
        ]
        triggers = [append_only("page_text")]
