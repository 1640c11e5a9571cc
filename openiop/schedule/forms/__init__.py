"""Forms of `schedule`: input into clean values."""
