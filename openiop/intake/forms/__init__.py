"""Input of `intake`, turned into clean values."""
