"""Files of others, loaded: recognized, never doubled, every bad line named; safe to repeat."""

from openiop.api.imports.fhir import import_fhir
from openiop.api.imports.report import Problem, Report
from openiop.api.imports.tables import import_csv

__all__ = ["Problem", "Report", "import_csv", "import_fhir"]
