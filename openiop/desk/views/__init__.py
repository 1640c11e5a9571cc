"""Pages of the staff face, one file a page."""
