"""Every change of who a person is, a verb each."""

from openiop.patients.actions.identity import PatientRef, register, register_many

__all__ = ["PatientRef", "register", "register_many"]
