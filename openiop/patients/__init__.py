"""Who a person is: names, birth date, languages, living situation, coverage, keep-apart pairs,
merges, and search. Must not know programs, sessions or notes."""
