"""Decisions on sessions, seats, attendance and weeks: frozen facts in, values and reasons out."""
