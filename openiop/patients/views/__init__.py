"""Pages about who people are, one file a subject."""
