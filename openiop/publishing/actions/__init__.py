"""What can be changed in `publishing`, one file a subject."""
