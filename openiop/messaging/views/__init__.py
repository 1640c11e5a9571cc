"""Pages of `messaging`."""
