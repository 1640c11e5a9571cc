"""Tables of `publishing`, one file a subject. Nothing here is about a person in care."""

from openiop.publishing.models.articles import Article, ArticleStep, ArticleVersion, Citation
from openiop.publishing.models.clinics import ClinicFacts, ClinicPhoto, PageCount
from openiop.publishing.models.pages import PageText
from openiop.publishing.models.questions import Question, QuestionStep, Reply

__all__ = [
    "Article", "ArticleStep", "ArticleVersion", "Citation", "ClinicFacts", "ClinicPhoto",
    "PageCount", "PageText", "Question", "QuestionStep", "Reply",
]  # fmt: skip
