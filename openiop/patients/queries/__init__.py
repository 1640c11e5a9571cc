"""Every read about who a person is."""

from openiop.patients.queries.apart import apart_from, records_of
from openiop.patients.queries.people import Person, people, person, rule_packs

__all__ = ["Person", "apart_from", "people", "person", "records_of", "rule_packs"]
