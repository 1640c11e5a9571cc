"""The face for machines: imports of FHIR and CSV. Owns no table."""
