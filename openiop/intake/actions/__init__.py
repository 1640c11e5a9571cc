"""Every write of `intake`, a file a subject."""
