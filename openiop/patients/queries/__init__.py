"""Every read about who a person is."""

from openiop.patients.queries.apart import apart_from, apart_pairs, records_of
from openiop.patients.queries.finding import (
    Alike,
    Elsewhere,
    Found,
    Pair,
    alike,
    elsewhere,
    in_queue,
    likely_twice,
    newest,
    search,
)
from openiop.patients.queries.people import Person, people, person, rule_packs

__all__ = [
    "Alike",
    "Elsewhere",
    "Found",
    "Pair",
    "Person",
    "alike",
    "apart_from",
    "apart_pairs",
    "elsewhere",
    "in_queue",
    "likely_twice",
    "newest",
    "people",
    "person",
    "records_of",
    "rule_packs",
    "search",
]
