"""Pages of `schedule`."""
