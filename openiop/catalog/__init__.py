"""Knowledge as data: dated laws, payer rules, house defaults, credentials; curricula.

Owns the files and their pure readers. Knows no database, no clinic, no patient and no Django:
a caller brings the state, the day, the payer and the clinic's own values.
"""

from openiop.catalog.appointment_types import VisitType, visit_types
from openiop.catalog.credential_kinds import CredentialKind, credential_kind, credential_kinds
from openiop.catalog.curriculum import Curriculum, Topic, curricula, curriculum
from openiop.catalog.files import CatalogError
from openiop.catalog.precedence import (
    Answer,
    HouseValue,
    changes,
    law_loosened_by,
    resolve,
)
from openiop.catalog.prescreen import PreScreen, prescreen
from openiop.catalog.reader import Regulation, keys, payers, regulation, sources, titles

__all__ = [
    "Answer",
    "CatalogError",
    "CredentialKind",
    "Curriculum",
    "HouseValue",
    "PreScreen",
    "Regulation",
    "Topic",
    "VisitType",
    "changes",
    "credential_kind",
    "credential_kinds",
    "curricula",
    "curriculum",
    "keys",
    "law_loosened_by",
    "payers",
    "prescreen",
    "regulation",
    "resolve",
    "sources",
    "titles",
    "visit_types",
]
