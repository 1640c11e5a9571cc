"""Decisions of intake: facts in, values and reasons out."""
