"""Decisions about who a person is: how they are found and when two records look the same."""
