"""Pages of `access`, one file a subject."""
