"""Every change of who a person is, a verb each."""

from openiop.patients.actions.apart import end_apart, keep_apart
from openiop.patients.actions.contacts import change_point, end_point, reach_other, reach_self
from openiop.patients.actions.coverage import add_coverage, change_coverage, end_coverage
from openiop.patients.actions.identity import (
    PatientRef,
    refresh_keys,
    register,
    register_many,
    register_once,
    update_identity,
)
from openiop.patients.actions.importing import assign_clinic
from openiop.patients.actions.merging import merge, tell_apart, undo_merge

__all__ = [
    "PatientRef",
    "add_coverage",
    "assign_clinic",
    "change_coverage",
    "change_point",
    "end_apart",
    "end_coverage",
    "end_point",
    "keep_apart",
    "merge",
    "reach_other",
    "reach_self",
    "refresh_keys",
    "register",
    "register_many",
    "register_once",
    "tell_apart",
    "undo_merge",
    "update_identity",
]
