"""The clinical record: group and individual notes, signatures, addenda, diagnoses.

Must not know billing."""
