"""Every read about who a person is."""

from openiop.patients.queries.apart import (
    ApartRow,
    apart_from,
    apart_list,
    apart_pairs,
    records_of,
)
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
from openiop.patients.queries.names import OnFile, names_on_file
from openiop.patients.queries.people import Person, people, person, rule_packs
from openiop.patients.queries.records import (
    CoverageRow,
    Edit,
    MergeNotice,
    coverage,
    coverages,
    edits,
    identity,
    merged_here,
    merged_into,
    records_by_identifier,
)

__all__ = [
    "Alike",
    "ApartRow",
    "CoverageRow",
    "Edit",
    "Elsewhere",
    "Found",
    "MergeNotice",
    "OnFile",
    "Pair",
    "Person",
    "alike",
    "apart_from",
    "apart_list",
    "apart_pairs",
    "coverage",
    "coverages",
    "edits",
    "elsewhere",
    "identity",
    "in_queue",
    "likely_twice",
    "merged_here",
    "merged_into",
    "names_on_file",
    "newest",
    "people",
    "person",
    "records_by_identifier",
    "records_of",
    "rule_packs",
    "search",
]
